#include "relief/v1/finding_service.grpc.pb.h"
#include "server/findings/finding_answers.h"
#include "server/findings/finding_life.h"
#include "server/findings/finding_store.h"
#include "server/network/transport.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class FindingService final : public v1::FindingService::Service {
 public:
  explicit FindingService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status ListFindings(grpc::ServerContext*, const v1::ListFindingsRequest* request,
                            v1::ListFindingsResponse* response) override {
    return Answer(server::findings::ListFindings(*hub_.store().Snapshot(), *request), response);
  }
  grpc::Status GetFinding(grpc::ServerContext*, const v1::GetFindingRequest* request,
                          v1::Finding* response) override {
    const int64_t time_us =
        request->as_known_at().seconds() * 1'000'000 + request->as_known_at().nanos() / 1000;
    auto finding = request->has_as_known_at()
                       ? findings::FindingAsKnownAt(*hub_.store().Snapshot(), request->finding_id(), time_us)
                       : server::findings::GetFinding(hub_.store(), request->finding_id());
    return Answer(std::move(finding), response);
  }
  grpc::Status StreamFindings(grpc::ServerContext*, const v1::StreamFindingsRequest* request,
                              grpc::ServerWriter<v1::Finding>* writer) override {
    const auto send = [&](const v1::Finding& finding) { return writer->Write(finding); };
    const auto snapshot = hub_.store().Snapshot();
    if (!request->has_as_known_at())
      return network::ToGrpc(findings::ForEachFinding(*snapshot, request->filter(), send));
    const int64_t time_us =
        request->as_known_at().seconds() * 1'000'000 + request->as_known_at().nanos() / 1000;
    return network::ToGrpc(findings::ForEachFindingAsKnownAt(*snapshot, request->filter(), time_us, send));
  }
  grpc::Status AddDisposition(grpc::ServerContext* context, const v1::AddDispositionRequest* request,
                              v1::Finding* response) override {
    return Answer(server::findings::AddDisposition(hub_, *request, network::CallerOf(*context)), response);
  }

  grpc::Status Deliberate(grpc::ServerContext* context, const v1::DeliberateRequest* request,
                          v1::Finding* response) override {
    return Answer(server::findings::Deliberate(hub_, *request, network::CallerOf(*context)), response);
  }

  grpc::Status ListFindingEvents(grpc::ServerContext*, const v1::ListFindingEventsRequest* request,
                                 v1::ListFindingEventsResponse* response) override {
    return Answer(server::findings::ListFindingEvents(*hub_.store().Snapshot(), *request), response);
  }

 private:
  core::Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFindingService(const ServiceContext& context) {
  return std::make_unique<FindingService>(context);
}

}  // namespace relief::server::rpc
