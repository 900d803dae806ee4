// Four eyes: what one person proposes, another one approves. The hub compares persons, not accounts; nothing
// changes before.
//
// Propose belongs to the writer; the rest is callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/queue.h"
#include "server/review/review_policy.h"

namespace relief::server::review {

// `proposal` says what and why; the rest is filled in. The case, if it is about one, waits. Returns the
// proposal's id.
absl::StatusOr<std::string> Propose(core::WriteContext& context, v1::Proposal proposal,
                                    const Officer& officer);

absl::StatusOr<v1::ListProposalsResponse> ListProposals(const ReviewView& view,
                                                        const v1::ListProposalsRequest& request);
absl::StatusOr<v1::Proposal> GetProposal(const ReviewView& view, const std::string& proposal_id);

// Does what was proposed, in the same commit. PERMISSION_DENIED: the same person. ABORTED: what it was about
// changed; the proposal is STALE then, and its case back in the queue. FAILED_PRECONDITION: not pending.
absl::StatusOr<v1::Proposal> ApproveProposal(core::Hub& hub, const v1::ApproveProposalRequest& request,
                                             const Officer& officer);
absl::StatusOr<v1::Proposal> RejectProposal(core::Hub& hub, const v1::RejectProposalRequest& request,
                                            const Officer& officer);
absl::StatusOr<v1::Proposal> WithdrawProposal(core::Hub& hub, const v1::WithdrawProposalRequest& request,
                                              const Officer& officer);

}  // namespace relief::server::review
