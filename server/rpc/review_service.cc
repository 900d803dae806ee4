#include "relief/v1/review_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/registry/person_view.h"
#include "server/review/case_view.h"
#include "server/review/clusters.h"
#include "server/review/decisions.h"
#include "server/review/explanation.h"
#include "server/review/jobs.h"
#include "server/review/proposal_ending.h"
#include "server/review/proposals.h"
#include "server/review/quality.h"
#include "server/review/queue.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

constexpr int kMostCases = 10;

class ReviewService final : public v1::ReviewService::Service {
 public:
  explicit ReviewService(const ServiceContext& context)
      : hub_(context.hub), cases_seen_(context.cases_seen), jobs_(context.hub) {}

  // ---- The queue ----

  grpc::Status ListConflicts(grpc::ServerContext* context, const v1::ListConflictsRequest* request,
                             v1::ListConflictsResponse* response) override {
    return Answer(server::review::ListConflicts({hub_, OfficerOf(*context)}, *request), response);
  }
  grpc::Status GetConflict(grpc::ServerContext* context, const v1::GetConflictRequest* request,
                           v1::Conflict* response) override {
    return Answer(server::review::GetConflict({hub_, OfficerOf(*context)}, request->conflict_id()), response);
  }
  grpc::Status GetQueueSummary(grpc::ServerContext* context, const v1::GetQueueSummaryRequest* request,
                               v1::QueueSummary* response) override {
    return Answer(server::review::GetQueueSummary({hub_, OfficerOf(*context)}, request->filter()), response);
  }
  grpc::Status ClaimConflict(grpc::ServerContext* context, const v1::ClaimConflictRequest* request,
                             v1::WorkItem* response) override {
    return Answer(server::review::ClaimConflict(hub_, request->conflict_id(), OfficerOf(*context)), response);
  }
  grpc::Status ReleaseConflict(grpc::ServerContext* context, const v1::ReleaseConflictRequest* request,
                               v1::WorkItem* response) override {
    return Answer(server::review::ReleaseConflict(hub_, request->conflict_id(), OfficerOf(*context)),
                  response);
  }
  grpc::Status AssignConflicts(grpc::ServerContext* context, const v1::AssignConflictsRequest* request,
                               v1::AssignConflictsResponse* response) override {
    return Answer(server::review::AssignConflicts(hub_, *request, OfficerOf(*context)), response);
  }

  // ---- A case ----

  grpc::Status GetCase(grpc::ServerContext* context, const v1::GetCaseRequest* request,
                       v1::Case* response) override {
    return Answer(review::ReadCase(hub_, OfficerOf(*context), request->conflict_id()), response);
  }
  grpc::Status BatchGetCases(grpc::ServerContext* context, const v1::BatchGetCasesRequest* request,
                             v1::BatchGetCasesResponse* response) override {
    if (request->conflict_ids_size() > kMostCases)
      return network::ToGrpc(absl::InvalidArgumentError("conflict_ids: at most 10"));
    for (const std::string& id : request->conflict_ids()) {
      auto one = review::ReadCase(hub_, OfficerOf(*context), id);
      if (absl::IsNotFound(one.status())) continue;
      if (!one.ok()) return network::ToGrpc(one.status());
      *response->add_cases() = *std::move(one);
    }
    return grpc::Status::OK;
  }
  grpc::Status AddCaseComment(grpc::ServerContext* context, const v1::AddCaseCommentRequest* request,
                              v1::CaseEvent* response) override {
    return Answer(server::review::AddCaseComment(hub_, *request, OfficerOf(*context)), response);
  }
  grpc::Status ListCaseEvents(grpc::ServerContext* context, const v1::ListCaseEventsRequest* request,
                              v1::ListCaseEventsResponse* response) override {
    return Answer(server::review::ListCaseEvents({hub_, OfficerOf(*context)}, request->conflict_id()),
                  response);
  }

  // ---- Deciding ----

  grpc::Status DecideConflict(grpc::ServerContext* context, const v1::DecideConflictRequest* request,
                              v1::Decision* response) override {
    return Answer(server::review::DecideConflict(hub_, *request, OfficerOf(*context)), response);
  }
  grpc::Status UndoDecision(grpc::ServerContext* context, const v1::UndoDecisionRequest* request,
                            v1::Decision* response) override {
    return Answer(server::review::UndoDecision(hub_, *request, OfficerOf(*context)), response);
  }
  grpc::Status ListDecisions(grpc::ServerContext* context, const v1::ListDecisionsRequest* request,
                             v1::ListDecisionsResponse* response) override {
    return Answer(server::review::ListDecisions({hub_, OfficerOf(*context)}, *request), response);
  }
  grpc::Status GetCluster(grpc::ServerContext* context, const v1::GetClusterRequest* request,
                          v1::Cluster* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return Answer(review::ReadCluster({hub_, OfficerOf(*context)}, request->person_id()), response);
  }
  grpc::Status PreviewClusterDecision(grpc::ServerContext*, const v1::ClusterDecision* request,
                                      v1::Effect* response) override {
    return Answer(review::PreviewCluster(hub_, *request), response);
  }
  grpc::Status DecideCluster(grpc::ServerContext* context, const v1::ClusterDecision* request,
                             v1::Decision* response) override {
    return Answer(server::review::DecideCluster(hub_, *request, OfficerOf(*context)), response);
  }

  // ---- Many at once ----

  grpc::Status PreviewBulk(grpc::ServerContext* context, const v1::PreviewBulkRequest* request,
                           v1::BulkPreview* response) override {
    return Answer(jobs_.Preview(*request, OfficerOf(*context)), response);
  }
  grpc::Status StartBulk(grpc::ServerContext* context, const v1::StartBulkRequest* request,
                         v1::ReviewJob* response) override {
    return Answer(jobs_.Start(*request, OfficerOf(*context)), response);
  }
  grpc::Status GetReviewJob(grpc::ServerContext*, const v1::GetReviewJobRequest* request,
                            v1::ReviewJob* response) override {
    return Answer(server::review::GetReviewJob(hub_.store(), request->job_id()), response);
  }
  grpc::Status ListReviewJobs(grpc::ServerContext*, const v1::ListReviewJobsRequest* request,
                              v1::ListReviewJobsResponse* response) override {
    return Answer(server::review::ListReviewJobs(*hub_.store().Snapshot(), *request), response);
  }
  grpc::Status ListReviewJobItems(grpc::ServerContext*, const v1::ListReviewJobItemsRequest* request,
                                  v1::ListReviewJobItemsResponse* response) override {
    return Answer(server::review::ListReviewJobItems(*hub_.store().Snapshot(), *request), response);
  }
  grpc::Status CancelReviewJob(grpc::ServerContext* context, const v1::CancelReviewJobRequest* request,
                               v1::ReviewJob* response) override {
    return Answer(server::review::CancelReviewJob(hub_, request->job_id(), OfficerOf(*context)), response);
  }
  grpc::Status RevertReviewJob(grpc::ServerContext* context, const v1::RevertReviewJobRequest* request,
                               v1::ReviewJob* response) override {
    return Answer(jobs_.Revert(*request, OfficerOf(*context)), response);
  }

  // ---- Four eyes ----

  grpc::Status GetReviewPolicy(grpc::ServerContext*, const v1::GetReviewPolicyRequest*,
                               v1::ReviewPolicy* response) override {
    *response = hub_.features().Get<review::ReviewSettings>().policy;
    return grpc::Status::OK;
  }
  grpc::Status ListProposals(grpc::ServerContext* context, const v1::ListProposalsRequest* request,
                             v1::ListProposalsResponse* response) override {
    return Answer(server::review::ListProposals({hub_, OfficerOf(*context)}, *request), response);
  }
  grpc::Status GetProposal(grpc::ServerContext* context, const v1::GetProposalRequest* request,
                           v1::Proposal* response) override {
    return Answer(server::review::GetProposal({hub_, OfficerOf(*context)}, request->proposal_id()), response);
  }
  grpc::Status ApproveProposal(grpc::ServerContext* context, const v1::ApproveProposalRequest* request,
                               v1::Proposal* response) override {
    auto approved = server::review::ApproveProposal(hub_, *request, OfficerOf(*context));
    jobs_.Wake();
    return Answer(std::move(approved), response);
  }
  grpc::Status RejectProposal(grpc::ServerContext* context, const v1::RejectProposalRequest* request,
                              v1::Proposal* response) override {
    return Answer(server::review::RejectProposal(hub_, *request, OfficerOf(*context)), response);
  }
  grpc::Status WithdrawProposal(grpc::ServerContext* context, const v1::WithdrawProposalRequest* request,
                                v1::Proposal* response) override {
    return Answer(server::review::WithdrawProposal(hub_, *request, OfficerOf(*context)), response);
  }

  // ---- How good the machine is ----

  grpc::Status DrawQualitySample(grpc::ServerContext* context, const v1::DrawQualitySampleRequest* request,
                                 v1::QualitySample* response) override {
    return Answer(server::review::DrawQualitySample(hub_, *request, OfficerOf(*context)), response);
  }
  grpc::Status ListQualitySamples(grpc::ServerContext*, const v1::ListQualitySamplesRequest*,
                                  v1::ListQualitySamplesResponse* response) override {
    return Answer(server::review::ListQualitySamples(*hub_.store().Snapshot()), response);
  }
  grpc::Status NextQualityItem(grpc::ServerContext* context, const v1::NextQualityItemRequest* request,
                               v1::QualityItem* response) override {
    return Answer(server::review::NextQualityItem(hub_, request->sample_id(), OfficerOf(*context)), response);
  }
  grpc::Status JudgeQualityItem(grpc::ServerContext* context, const v1::JudgeQualityItemRequest* request,
                                v1::JudgeQualityItemResponse* response) override {
    return Answer(server::review::JudgeQualityItem(hub_, *request, OfficerOf(*context)), response);
  }
  grpc::Status GetQualityReport(grpc::ServerContext*, const v1::GetQualityReportRequest* request,
                                v1::QualityReport* response) override {
    return Answer(server::review::GetQualityReport(hub_, *request), response);
  }

  // ---- Why ----

  grpc::Status ExplainPair(grpc::ServerContext*, const v1::ExplainPairRequest* request,
                           v1::MatchExplanation* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return Answer(server::review::ExplainPair(*hub_.store().Snapshot(), hub_.model(), request->record_a(),
                                              request->record_b()),
                  response);
  }
  grpc::Status ExplainPerson(grpc::ServerContext*, const v1::ExplainPersonRequest* request,
                             v1::PersonExplanation* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return Answer(server::review::ExplainPerson(*hub_.store().Snapshot(), hub_.model(), request->person_id()),
                  response);
  }

 private:
  review::Officer OfficerOf(const grpc::ServerContext& context) const {
    return {network::CallerOf(context), network::PersonOf(context),
            cases_seen_ ? cases_seen_(context) : nullptr};
  }

  core::Hub& hub_;
  const std::function<std::function<bool(const v1::WorkItem&)>(const grpc::ServerContext&)> cases_seen_;
  review::ReviewJobs jobs_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReviewService(const ServiceContext& context) {
  return std::make_unique<ReviewService>(context);
}

}  // namespace relief::server::rpc
