// How a proposal ends: another person approves or rejects it, or the proposer withdraws it. The hub compares
// persons, not accounts.
//
// Callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/review_policy.h"

namespace relief::server::review {

// Does what was proposed, in the same commit, whole or not at all. PERMISSION_DENIED: the same person. ABORTED: what it was about
// changed; the proposal is STALE then, and its case back in the queue. FAILED_PRECONDITION: not pending.
absl::StatusOr<v1::Proposal> ApproveProposal(core::Hub& hub, const v1::ApproveProposalRequest& request,
                                             const Officer& officer);
absl::StatusOr<v1::Proposal> RejectProposal(core::Hub& hub, const v1::RejectProposalRequest& request,
                                            const Officer& officer);
absl::StatusOr<v1::Proposal> WithdrawProposal(core::Hub& hub, const v1::WithdrawProposalRequest& request,
                                              const Officer& officer);

}  // namespace relief::server::review
