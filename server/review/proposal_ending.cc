#include "server/review/proposal_ending.h"

#include <functional>
#include <string>

#include "server/base/time.h"
#include "server/review/case_history.h"
#include "server/review/clusters.h"
#include "server/review/deciding.h"
#include "server/review/jobs.h"
#include "server/review/proposals.h"
#include "server/review/review_rows.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

// Ends a pending proposal in `state`; the case goes back to the queue unless it was decided.
absl::Status End(core::WriteContext& context, stored::Proposal* stored, v1::Proposal::State state,
                 const Officer& officer) {
  v1::Proposal& proposal = *stored->mutable_proposal();
  proposal.set_state(state);
  *proposal.mutable_end_time() = ToTimestamp(context.now_us);
  if (state != v1::Proposal::WITHDRAWN) proposal.set_approver(officer.name);
  context.txn.Put(review_rows::ProposalRow(proposal.proposal_id()), stored->SerializeAsString());
  context.Audit(
      {officer.name, "review.proposal", ProposalSubject(proposal), "", "", v1::Proposal::State_Name(state)});
  RELIEF_RETURN_IF_ERROR(CountPending(context.txn, -1));
  if (!proposal.has_decide()) return absl::OkStatus();
  const std::string& id = proposal.decide().conflict_id();
  const auto kind = state == v1::Proposal::APPROVED    ? v1::CaseEvent::APPROVED
                    : state == v1::Proposal::WITHDRAWN ? v1::CaseEvent::WITHDRAWN
                                                       : v1::CaseEvent::REJECTED;
  RELIEF_RETURN_IF_ERROR(
      RecordOnCase(context, id, ProposalEvent(kind, proposal, proposal.reason()), officer.name));
  return state == v1::Proposal::APPROVED ? absl::OkStatus()
                                         : SetWorkState(context, id, v1::WorkItem::WAITING);
}

// Carries out an approved proposal.
absl::Status Execute(core::WriteContext& context, stored::Proposal* stored, const Officer& approver) {
  v1::Proposal& proposal = *stored->mutable_proposal();
  const Attribution by{proposal.proposer(), stored->proposer_person(), approver.name, proposal.proposal_id(),
                       ""};
  absl::StatusOr<v1::Decision> decision = v1::Decision();
  switch (proposal.what_case()) {
    case v1::Proposal::kDecide:
      decision = DecidePairNow(context, proposal.decide(), by);
      break;
    case v1::Proposal::kCluster:
      decision = DecideClusterNow(context, proposal.cluster(), by);
      break;
    case v1::Proposal::kUndo:
      decision = UndoNow(context, proposal.undo(), by);
      break;
    case v1::Proposal::kBulk:
    case v1::Proposal::kRevert:
      return BeginJob(context, proposal.job_id(), approver);
    default:
      return absl::DataLossError("the row of a proposal is damaged");
  }
  if (!decision.ok()) return decision.status();
  proposal.set_decision_id(decision->decision_id());
  return absl::OkStatus();
}

using Step = std::function<absl::Status(core::WriteContext&, stored::Proposal&)>;

absl::StatusOr<v1::Proposal> OnPending(core::Hub& hub, const std::string& id, const Officer& officer,
                                       const Step& step) {
  v1::Proposal shown;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto stored, ReadProposal(storage::TransactionReader(context.txn), id));
    if (stored.proposal().state() != v1::Proposal::PENDING)
      return absl::FailedPreconditionError("the proposal is not pending any more");
    RELIEF_RETURN_IF_ERROR(step(context, stored));
    shown = ShowProposal(stored, officer);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return shown;
}

}  // namespace

absl::StatusOr<v1::Proposal> ApproveProposal(core::Hub& hub, const v1::ApproveProposalRequest& request,
                                             const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckComment(request.comment(), "comment"));
  absl::Status stale;
  auto proposal = OnPending(
      hub, request.proposal_id(), officer,
      [&](core::WriteContext& context, stored::Proposal& stored) -> absl::Status {
        stale = absl::OkStatus();
        if (stored.proposer_person() == officer.person)
          return absl::PermissionDeniedError("a proposal is approved by another person than proposed it");
        stored.mutable_proposal()->set_reason(request.comment());
        const stored::Proposal before = stored;
        const core::WriteContext::Mark mark = context.TakeMark();
        stale = Execute(context, &stored, officer);
        if (absl::IsAborted(stale) || absl::IsNotFound(stale) || absl::IsFailedPrecondition(stale)) {
          context.RollbackTo(mark);
          stored = before;
          return End(context, &stored, v1::Proposal::STALE, officer);
        }
        if (!stale.ok()) return stale;
        return End(context, &stored, v1::Proposal::APPROVED, officer);
      });
  if (!proposal.ok()) return proposal;
  if (!stale.ok()) return stale;
  return proposal;
}

absl::StatusOr<v1::Proposal> RejectProposal(core::Hub& hub, const v1::RejectProposalRequest& request,
                                            const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckComment(request.reason(), "reason", true));
  return OnPending(hub, request.proposal_id(), officer,
                   [&](core::WriteContext& context, stored::Proposal& stored) -> absl::Status {
                     if (stored.proposer_person() == officer.person)
                       return absl::PermissionDeniedError("your own proposal: withdraw it");
                     stored.mutable_proposal()->set_reason(request.reason());
                     RELIEF_RETURN_IF_ERROR(DropJob(context, stored.proposal().job_id()));
                     return End(context, &stored, v1::Proposal::REJECTED, officer);
                   });
}

absl::StatusOr<v1::Proposal> WithdrawProposal(core::Hub& hub, const v1::WithdrawProposalRequest& request,
                                              const Officer& officer) {
  return OnPending(hub, request.proposal_id(), officer,
                   [&](core::WriteContext& context, stored::Proposal& stored) -> absl::Status {
                     if (stored.proposer_person() != officer.person)
                       return absl::PermissionDeniedError("only who proposed it may withdraw it");
                     RELIEF_RETURN_IF_ERROR(DropJob(context, stored.proposal().job_id()));
                     return End(context, &stored, v1::Proposal::WITHDRAWN, officer);
                   });
}

}  // namespace relief::server::review
