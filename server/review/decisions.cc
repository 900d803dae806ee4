#include "server/review/decisions.h"

#include <absl/strings/numbers.h>

#include <algorithm>

#include "server/review/deciding.h"
#include "server/review/proposals.h"
#include "server/review/review_rows.h"
#include "server/review/stake.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kScanPage = 512;

bool Passes(const v1::ListDecisionsRequest& request, const v1::Decision& decision, const Officer& officer) {
  if (!request.officer().empty() && decision.officer() != request.officer()) return false;
  if (request.only_mine() && decision.officer() != officer.name) return false;
  if (!request.conflict_id().empty() && decision.conflict_id() != request.conflict_id()) return false;
  if (!request.job_id().empty() && decision.job_id() != request.job_id()) return false;
  return !request.only_standing() || !decision.has_undo_time();
}

}  // namespace

absl::StatusOr<v1::Decision> DecideConflict(core::Hub& hub, const v1::DecideConflictRequest& request,
                                            const Officer& officer) {
  if (request.verdict() == v1::Decision::VERDICT_UNSPECIFIED ||
      !v1::Decision::Verdict_IsValid(request.verdict()))
    return absl::InvalidArgumentError("verdict: required");
  RELIEF_RETURN_IF_ERROR(CheckComment(request.comment(), "comment"));
  if (request.etag().empty()) return absl::InvalidArgumentError("etag: required, as the conflict was read");
  if (!matcher::MatchConflict::Parse(request.conflict_id()))
    return absl::InvalidArgumentError("conflict_id: not a conflict id");
  v1::Decision decision;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_RETURN_IF_ERROR(CheckCurrent(context, request));
    RELIEF_ASSIGN_OR_RETURN(auto item,
                            ReadWorkItem(storage::TransactionReader(context.txn), request.conflict_id()));
    if (!officer.Sees(item)) return absl::NotFoundError("no such open conflict");
    if (item.state() == v1::WorkItem::PROPOSED)
      return absl::FailedPreconditionError("a proposal on this case waits for a second person: " +
                                           item.proposal_id());
    auto made = DecidePairNow(context, request, Alone(officer));
    if (const auto ground = SecondPersonNeeded(made.status())) {
      v1::Proposal proposal;
      *proposal.mutable_decide() = request;
      proposal.set_ground(*ground);
      proposal.set_amount_fen(item.amount_fen());
      proposal.set_conflicts(1);
      RELIEF_ASSIGN_OR_RETURN(auto id, Propose(context, std::move(proposal), officer));
      decision.Clear();
      decision.set_conflict_id(request.conflict_id());
      decision.set_verdict(request.verdict());
      decision.set_officer(officer.name);
      decision.set_proposal_id(id);
      return absl::OkStatus();
    }
    if (!made.ok()) return made.status();
    decision = *std::move(made);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return decision;
}

absl::StatusOr<v1::Decision> UndoDecision(core::Hub& hub, const v1::UndoDecisionRequest& request,
                                          const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckComment(request.comment(), "comment"));
  v1::Decision undone;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto decision,
                            ReadDecision(storage::TransactionReader(context.txn), request.decision_id()));
    if (decision.has_undo_time()) return absl::FailedPreconditionError("the decision was taken back already");
    auto made = UndoNow(context, request, Alone(officer));
    if (const auto ground = SecondPersonNeeded(made.status())) {
      v1::Proposal proposal;
      *proposal.mutable_undo() = request;
      const bool of_two = !decision.approver().empty();
      proposal.set_ground(of_two && decision.operation() != v1::Decision::PAIR ? v1::Proposal::SPLIT
                                                                               : *ground);
      RELIEF_ASSIGN_OR_RETURN(auto id, Propose(context, std::move(proposal), officer));
      undone = std::move(decision);
      undone.clear_decision_id();
      undone.set_proposal_id(id);
      return absl::OkStatus();
    }
    if (!made.ok()) return made.status();
    undone = *std::move(made);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return undone;
}

absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(const ReviewView& view,
                                                        const v1::ListDecisionsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  std::string from;
  if (!request.page_token().empty()) {
    int64_t last = 0;
    if (!absl::SimpleAtoi(request.page_token(), &last) || last <= 0)
      return absl::InvalidArgumentError("page_token: not of this query");
    from = review_rows::DecisionOrderRow(last) + std::string(1, '\0');
  }
  const auto snapshot = view.hub.store().Snapshot();
  v1::ListDecisionsResponse response;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, snapshot->Scan(review_rows::kDecisionPrefix, from, kScanPage));
    for (const storage::KeyRow& row : rows) {
      RELIEF_ASSIGN_OR_RETURN(auto decision, ReadDecision(*snapshot, row.row.value));
      if (!Passes(request, decision, view.officer)) continue;
      if (response.decisions_size() == size) {
        response.set_next_page_token(std::to_string(response.decisions(size - 1).sequence()));
        return response;
      }
      *response.add_decisions() = std::move(decision);
    }
    if (rows.size() < kScanPage) return response;
    from = rows.back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::review
