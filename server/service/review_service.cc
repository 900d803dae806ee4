#include "relief/v1/review_service.grpc.pb.h"
#include "server/report/person_view.h"
#include "server/review/decisions.h"
#include "server/review/explanation.h"
#include "server/security/transport.h"
#include "server/service/answer.h"
#include "server/service/services.h"

namespace relief::server {
namespace {

class ReviewService final : public v1::ReviewService::Service {
 public:
  explicit ReviewService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status ListConflicts(grpc::ServerContext*, const v1::ListConflictsRequest* request,
                             v1::ListConflictsResponse* response) override {
    return Answer(server::ListConflicts(*hub_.store().Snapshot(), hub_.model(), *request), response);
  }
  grpc::Status GetConflict(grpc::ServerContext*, const v1::GetConflictRequest* request,
                           v1::Conflict* response) override {
    return Answer(server::GetConflict(*hub_.store().Snapshot(), hub_.model(), request->conflict_id()),
                  response);
  }
  grpc::Status DecideConflict(grpc::ServerContext* context, const v1::DecideConflictRequest* request,
                              v1::Decision* response) override {
    return Answer(server::DecideConflict(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status UndoDecision(grpc::ServerContext* context, const v1::UndoDecisionRequest* request,
                            v1::Decision* response) override {
    return Answer(server::UndoDecision(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status ListDecisions(grpc::ServerContext*, const v1::ListDecisionsRequest* request,
                             v1::ListDecisionsResponse* response) override {
    return Answer(server::ListDecisions(hub_.store(), *request), response);
  }
  grpc::Status ExplainPair(grpc::ServerContext* context, const v1::ExplainPairRequest* request,
                           v1::MatchExplanation* response) override {
    if (absl::Status status = CheckPurpose(request->purpose()); !status.ok()) return ToGrpc(status);
    const std::string what = request->record_a().record_id() + " " + request->record_b().record_id();
    if (absl::Status status = Audit(*context, what, request->purpose()); !status.ok()) return ToGrpc(status);
    return Answer(
        server::ExplainPair(*hub_.store().Snapshot(), hub_.model(), request->record_a(), request->record_b()),
        response);
  }
  grpc::Status ExplainPerson(grpc::ServerContext* context, const v1::ExplainPersonRequest* request,
                             v1::PersonExplanation* response) override {
    if (absl::Status status = CheckPurpose(request->purpose()); !status.ok()) return ToGrpc(status);
    if (absl::Status status = Audit(*context, request->person_id(), request->purpose()); !status.ok())
      return ToGrpc(status);
    return Answer(server::ExplainPerson(*hub_.store().Snapshot(), hub_.model(), request->person_id()),
                  response);
  }

 private:
  absl::Status Audit(const grpc::ServerContext& context, const std::string& what,
                     const v1::Purpose& purpose) {
    return hub_
        .Write([&](WriteContext& write) {
          write.Audit({CallerOf(context), "review.explain", what, v1::Purpose::Kind_Name(purpose.kind()),
                       purpose.case_number(), ""});
          return absl::OkStatus();
        })
        .status();
  }

  Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReviewService(const ServiceContext& context) {
  return std::make_unique<ReviewService>(context);
}

}  // namespace relief::server
