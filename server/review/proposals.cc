#include "server/review/proposals.h"

#include <algorithm>

#include "server/base/time.h"
#include "server/review/case_history.h"
#include "server/review/deciding.h"
#include "server/review/review_rows.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kScanPage = 512;

}  // namespace

absl::StatusOr<stored::Proposal> ReadProposal(const storage::Reader& reader, const std::string& id) {
  return review_rows::ReadRow<stored::Proposal>(reader, review_rows::ProposalRow(id), "proposal");
}

v1::Proposal ShowProposal(const stored::Proposal& stored, const Officer& officer) {
  v1::Proposal shown = stored.proposal();
  shown.set_mine(stored.proposer_person() == officer.person);
  return shown;
}

v1::CaseEvent ProposalEvent(v1::CaseEvent::Kind kind, const v1::Proposal& proposal,
                            const std::string& comment) {
  v1::CaseEvent event;
  event.set_kind(kind);
  event.set_proposal_id(proposal.proposal_id());
  event.set_detail(v1::Decision::Verdict_Name(proposal.decide().verdict()));
  event.set_comment(comment);
  return event;
}

absl::Status CountPending(storage::Transaction& txn, int64_t difference) {
  RELIEF_ASSIGN_OR_RETURN(auto counters,
                          review_rows::ReadOrEmpty<stored::ReviewCounters>(
                              storage::TransactionReader(txn), std::string(review_rows::kCountersRow)));
  counters.set_proposals_pending(counters.proposals_pending() + difference);
  txn.Put(review_rows::kCountersRow, counters.SerializeAsString());
  return absl::OkStatus();
}

// What the audit chain calls it: the proposal, and whom it is about.
std::string ProposalSubject(const v1::Proposal& proposal) {
  std::string subject = proposal.proposal_id();
  for (const std::string& about : {proposal.decide().conflict_id(), proposal.undo().decision_id()})
    if (!about.empty()) subject += " " + about;
  for (const v1::ClusterDecision::Group& group : proposal.cluster().groups())
    for (const v1::RecordName& name : group.records())
      subject += " " + core::RecordToken(matcher::RecordKey::Of(name.source_id(), name.record_id()));
  return subject;
}

absl::StatusOr<std::string> Propose(core::WriteContext& context, v1::Proposal proposal,
                                    const Officer& officer) {
  auto number =
      NextNumber(context.txn, &stored::ReviewCounters::proposals, &stored::ReviewCounters::set_proposals);
  if (!number.ok()) return number.status();
  std::string id = review_rows::Numbered('R', *number);
  proposal.set_proposal_id(id);
  proposal.set_state(v1::Proposal::PENDING);
  proposal.set_proposer(officer.name);
  *proposal.mutable_create_time() = ToTimestamp(context.now_us);
  stored::Proposal stored;
  stored.set_proposer_person(officer.person);
  *stored.mutable_proposal() = proposal;
  context.txn.Put(review_rows::ProposalRow(id), stored.SerializeAsString());
  context.Audit({officer.name, "review.propose", ProposalSubject(proposal), "", "",
                 v1::Proposal::Ground_Name(proposal.ground())});
  RELIEF_RETURN_IF_ERROR(CountPending(context.txn, 1));
  if (!proposal.has_decide()) return id;
  const std::string& conflict = proposal.decide().conflict_id();
  if (absl::Status status = RecordOnCase(
          context, conflict, ProposalEvent(v1::CaseEvent::PROPOSED, proposal, proposal.decide().comment()),
          officer.name);
      !status.ok())
    return status;
  RELIEF_RETURN_IF_ERROR(SetWorkState(context, conflict, v1::WorkItem::PROPOSED, id));
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
    RELIEF_ASSIGN_OR_RETURN(auto rows, snapshot->Scan(review_rows::kProposalPrefix, from, kScanPage));
    for (const storage::KeyRow& row : rows) {
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
      *response.add_proposals() = ShowProposal(stored, view.officer);
    }
    if (rows.size() < kScanPage) return response;
    from = rows.back().key + std::string(1, '\0');
  }
}

absl::StatusOr<v1::Proposal> GetProposal(const ReviewView& view, const std::string& proposal_id) {
  RELIEF_ASSIGN_OR_RETURN(auto stored, ReadProposal(*view.hub.store().Snapshot(), proposal_id));
  return ShowProposal(stored, view.officer);
}

}  // namespace relief::server::review
