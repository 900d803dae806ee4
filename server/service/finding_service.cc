#include "relief/v1/finding_service.grpc.pb.h"
#include "server/notice/finding_answers.h"
#include "server/notice/finding_life.h"
#include "server/notice/finding_store.h"
#include "server/security/transport.h"
#include "server/service/answer.h"
#include "server/service/services.h"

namespace relief::server {
namespace {

class FindingService final : public v1::FindingService::Service {
 public:
  explicit FindingService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status ListFindings(grpc::ServerContext*, const v1::ListFindingsRequest* request,
                            v1::ListFindingsResponse* response) override {
    return Answer(server::ListFindings(*hub_.store().Snapshot(), *request), response);
  }
  grpc::Status GetFinding(grpc::ServerContext*, const v1::GetFindingRequest* request,
                          v1::Finding* response) override {
    if (!request->has_as_known_at())
      return Answer(server::GetFinding(hub_.store(), request->finding_id()), response);
    const int64_t time_us = request->as_known_at().seconds() * 1'000'000 + request->as_known_at().nanos() / 1000;
    return Answer(FindingAsKnownAt(*hub_.store().Snapshot(), request->finding_id(), time_us), response);
  }
  grpc::Status StreamFindings(grpc::ServerContext*, const v1::StreamFindingsRequest* request,
                              grpc::ServerWriter<v1::Finding>* writer) override {
    const auto send = [&](const v1::Finding& finding) { return writer->Write(finding); };
    const auto snapshot = hub_.store().Snapshot();
    if (!request->has_as_known_at()) return ToGrpc(ForEachFinding(*snapshot, request->filter(), send));
    const int64_t time_us = request->as_known_at().seconds() * 1'000'000 + request->as_known_at().nanos() / 1000;
    return ToGrpc(ForEachFindingAsKnownAt(*snapshot, request->filter(), time_us, send));
  }
  grpc::Status AddDisposition(grpc::ServerContext* context, const v1::AddDispositionRequest* request,
                              v1::Finding* response) override {
    return Answer(server::AddDisposition(hub_, *request, CallerOf(*context)), response);
  }

  grpc::Status Deliberate(grpc::ServerContext* context, const v1::DeliberateRequest* request,
                          v1::Finding* response) override {
    return Answer(server::Deliberate(hub_, *request, CallerOf(*context)), response);
  }

  grpc::Status ListFindingEvents(grpc::ServerContext*, const v1::ListFindingEventsRequest* request,
                                 v1::ListFindingEventsResponse* response) override {
    return Answer(server::ListFindingEvents(*hub_.store().Snapshot(), *request), response);
  }

 private:
  Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFindingService(const ServiceContext& context) {
  return std::make_unique<FindingService>(context);
}

}  // namespace relief::server
