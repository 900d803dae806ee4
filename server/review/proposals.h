// Four eyes: what one person proposes, another one approves (proposal_ending.h). Nothing changes before.
//
// Propose and CountPending belong to the writer; the rest is callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/queue.h"
#include "server/review/review_policy.h"
#include "server/review/review_rows.pb.h"

namespace relief::server::review {

// `proposal` says what and why; the rest is filled in. The case, if it is about one, waits. Returns the
// proposal's id.
absl::StatusOr<std::string> Propose(core::WriteContext& context, v1::Proposal proposal,
                                    const Officer& officer);

absl::StatusOr<v1::ListProposalsResponse> ListProposals(const ReviewView& view,
                                                        const v1::ListProposalsRequest& request);
absl::StatusOr<v1::Proposal> GetProposal(const ReviewView& view, const std::string& proposal_id);

// For those who end a proposal. NOT_FOUND: there is none of this id.
absl::StatusOr<stored::Proposal> ReadProposal(const storage::Reader& reader, const std::string& id);
v1::Proposal ShowProposal(const stored::Proposal& stored, const Officer& officer);
// Of the history of the case that it is about.
v1::CaseEvent ProposalEvent(v1::CaseEvent::Kind kind, const v1::Proposal& proposal,
                            const std::string& comment);
// The subject of its entries in the audit chain: the proposal, and the records that it is about.
std::string ProposalSubject(const v1::Proposal& proposal);
absl::Status CountPending(storage::Transaction& txn, int64_t difference);

}  // namespace relief::server::review
