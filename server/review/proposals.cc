#include "server/review/proposals.h"

#include <algorithm>

#include "server/review/case_history.h"
#include "server/review/clusters.h"
#include "server/review/deciding.h"
#include "server/review/jobs.h"
#include "server/review/review_rows.h"
#include "server/review/work_items.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kScanPage = 512;

absl::StatusOr<stored::Proposal> Read(const storage::Reader& reader, const std::string& id) {
  return review_rows::ReadRow<stored::Proposal>(reader, review_rows::ProposalRow(id), "proposal");
}

v1::Proposal Show(const stored::Proposal& stored, const Officer& officer) {
  v1::Proposal shown = stored.proposal();
  shown.set_mine(stored.proposer_person() == officer.person);
  return shown;
}

v1::CaseEvent Event(v1::CaseEvent::Kind kind, const v1::Proposal& proposal, const std::string& comment) {
  v1::CaseEvent event;
  event.set_kind(kind);
  event.set_proposal_id(proposal.proposal_id());
  event.set_detail(v1::Decision::Verdict_Name(proposal.decide().verdict()));
  event.set_comment(comment);
  return event;
}

absl::Status Count(storage::Transaction& txn, int64_t difference) {
  auto counters = review_rows::ReadOrEmpty<stored::ReviewCounters>(storage::TransactionReader(txn),
                                                                   std::string(review_rows::kCountersRow));
  if (!counters.ok()) return counters.status();
  counters->set_proposals_pending(counters->proposals_pending() + difference);
  txn.Put(review_rows::kCountersRow, counters->SerializeAsString());
  return absl::OkStatus();
}

// What the audit chain calls it: the proposal, and whom it is about.
std::string SubjectOf(const v1::Proposal& proposal) {
  std::string subject = proposal.proposal_id();
  for (const std::string& about : {proposal.decide().conflict_id(), proposal.undo().decision_id()})
    if (!about.empty()) subject += " " + about;
  for (const v1::ClusterDecision::Group& group : proposal.cluster().groups())
    for (const v1::RecordName& name : group.records())
      subject += " " + core::RecordToken(matcher::RecordKey::Of(name.source_id(), name.record_id()));
  return subject;
}

// Ends a pending proposal in `state`; the case goes back to the queue unless it was decided.
absl::Status End(core::WriteContext& context, stored::Proposal* stored, v1::Proposal::State state,
                 const Officer& officer) {
  v1::Proposal& proposal = *stored->mutable_proposal();
  proposal.set_state(state);
  *proposal.mutable_end_time() = ToTime(context.now_us);
  if (state != v1::Proposal::WITHDRAWN) proposal.set_approver(officer.name);
  context.txn.Put(review_rows::ProposalRow(proposal.proposal_id()), stored->SerializeAsString());
  context.Audit(
      {officer.name, "review.proposal", SubjectOf(proposal), "", "", v1::Proposal::State_Name(state)});
  if (absl::Status status = Count(context.txn, -1); !status.ok()) return status;
  if (!proposal.has_decide()) return absl::OkStatus();
  const std::string& id = proposal.decide().conflict_id();
  const auto kind = state == v1::Proposal::APPROVED    ? v1::CaseEvent::APPROVED
                    : state == v1::Proposal::WITHDRAWN ? v1::CaseEvent::WITHDRAWN
                                                       : v1::CaseEvent::REJECTED;
  if (absl::Status status = RecordOnCase(context, id, Event(kind, proposal, proposal.reason()), officer.name);
      !status.ok())
    return status;
  return state == v1::Proposal::APPROVED ? absl::OkStatus()
                                         : SetWorkState(context, id, v1::WorkItem::WAITING);
}

// Does it.
absl::Status Carry(core::WriteContext& context, stored::Proposal* stored, const Officer& approver) {
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
    auto stored = Read(storage::TransactionReader(context.txn), id);
    if (!stored.ok()) return stored.status();
    if (stored->proposal().state() != v1::Proposal::PENDING)
      return absl::FailedPreconditionError("the proposal is not pending any more");
    if (absl::Status status = step(context, *stored); !status.ok()) return status;
    shown = Show(*stored, officer);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return shown;
}

}  // namespace

absl::StatusOr<std::string> Propose(core::WriteContext& context, v1::Proposal proposal,
                                    const Officer& officer) {
  auto number =
      NextNumber(context.txn, &stored::ReviewCounters::proposals, &stored::ReviewCounters::set_proposals);
  if (!number.ok()) return number.status();
  std::string id = review_rows::Numbered('R', *number);
  proposal.set_proposal_id(id);
  proposal.set_state(v1::Proposal::PENDING);
  proposal.set_proposer(officer.name);
  *proposal.mutable_create_time() = ToTime(context.now_us);
  stored::Proposal stored;
  stored.set_proposer_person(officer.person);
  *stored.mutable_proposal() = proposal;
  context.txn.Put(review_rows::ProposalRow(id), stored.SerializeAsString());
  context.Audit({officer.name, "review.propose", SubjectOf(proposal), "", "",
                 v1::Proposal::Ground_Name(proposal.ground())});
  if (absl::Status status = Count(context.txn, 1); !status.ok()) return status;
  if (!proposal.has_decide()) return id;
  const std::string& conflict = proposal.decide().conflict_id();
  if (absl::Status status =
          RecordOnCase(context, conflict,
                       Event(v1::CaseEvent::PROPOSED, proposal, proposal.decide().comment()), officer.name);
      !status.ok())
    return status;
  if (absl::Status status = SetWorkState(context, conflict, v1::WorkItem::PROPOSED, id); !status.ok())
    return status;
  return id;
}

absl::StatusOr<v1::ListProposalsResponse> ListProposals(const ReviewView& view,
                                                        const v1::ListProposalsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  std::string from;
  if (!request.page_token().empty())
    from = review_rows::ProposalRow(request.page_token()) + std::string(1, '\0');
  const auto snapshot = view.hub.store().Snapshot();
  v1::ListProposalsResponse response;
  while (true) {
    auto rows = snapshot->Scan(review_rows::kProposalPrefix, from, kScanPage);
    if (!rows.ok()) return rows.status();
    for (const storage::KeyRow& row : *rows) {
      stored::Proposal stored;
      if (!stored.ParseFromString(row.row.value))
        return absl::DataLossError("the row of a proposal is damaged");
      const auto state = stored.proposal().state();
      const bool wanted =
          request.states().empty()
              ? state == v1::Proposal::PENDING
              : std::find(request.states().begin(), request.states().end(), state) != request.states().end();
      if (!wanted) continue;
      if (response.proposals_size() == size) {
        response.set_next_page_token(response.proposals(size - 1).proposal_id());
        return response;
      }
      *response.add_proposals() = Show(stored, view.officer);
    }
    if (rows->size() < kScanPage) return response;
    from = rows->back().key + std::string(1, '\0');
  }
}

absl::StatusOr<v1::Proposal> GetProposal(const ReviewView& view, const std::string& proposal_id) {
  auto stored = Read(*view.hub.store().Snapshot(), proposal_id);
  if (!stored.ok()) return stored.status();
  return Show(*stored, view.officer);
}

absl::StatusOr<v1::Proposal> ApproveProposal(core::Hub& hub, const v1::ApproveProposalRequest& request,
                                             const Officer& officer) {
  if (absl::Status status = CheckComment(request.comment(), "comment"); !status.ok()) return status;
  absl::Status stale;
  auto proposal = OnPending(
      hub, request.proposal_id(), officer,
      [&](core::WriteContext& context, stored::Proposal& stored) -> absl::Status {
        stale = absl::OkStatus();
        if (stored.proposer_person() == officer.person)
          return absl::PermissionDeniedError("a proposal is approved by another person than proposed it");
        stored.mutable_proposal()->set_reason(request.comment());
        stale = Carry(context, &stored, officer);
        // Nothing was written yet: what it was about is looked at first.
        if (absl::IsAborted(stale) || absl::IsNotFound(stale) || absl::IsFailedPrecondition(stale))
          return End(context, &stored, v1::Proposal::STALE, officer);
        if (!stale.ok()) return stale;
        return End(context, &stored, v1::Proposal::APPROVED, officer);
      });
  if (!proposal.ok()) return proposal;
  if (!stale.ok()) return stale;
  return proposal;
}

absl::StatusOr<v1::Proposal> RejectProposal(core::Hub& hub, const v1::RejectProposalRequest& request,
                                            const Officer& officer) {
  if (absl::Status status = CheckComment(request.reason(), "reason", true); !status.ok()) return status;
  return OnPending(hub, request.proposal_id(), officer,
                   [&](core::WriteContext& context, stored::Proposal& stored) -> absl::Status {
                     if (stored.proposer_person() == officer.person)
                       return absl::PermissionDeniedError("your own proposal: withdraw it");
                     stored.mutable_proposal()->set_reason(request.reason());
                     if (absl::Status status = DropJob(context, stored.proposal().job_id()); !status.ok())
                       return status;
                     return End(context, &stored, v1::Proposal::REJECTED, officer);
                   });
}

absl::StatusOr<v1::Proposal> WithdrawProposal(core::Hub& hub, const v1::WithdrawProposalRequest& request,
                                              const Officer& officer) {
  return OnPending(hub, request.proposal_id(), officer,
                   [&](core::WriteContext& context, stored::Proposal& stored) -> absl::Status {
                     if (stored.proposer_person() != officer.person)
                       return absl::PermissionDeniedError("only who proposed it may withdraw it");
                     if (absl::Status status = DropJob(context, stored.proposal().job_id()); !status.ok())
                       return status;
                     return End(context, &stored, v1::Proposal::WITHDRAWN, officer);
                   });
}

}  // namespace relief::server::review
