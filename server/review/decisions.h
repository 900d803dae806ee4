// The decisions of officers on conflicts, and how they are taken back.
//
// A decision is a constraint between two records that later feeds cannot undo; taking it back lifts the
// constraint, unless another decision on the same pair still stands. Where the policy asks for a second
// person, both make a proposal instead and change nothing. Callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/queue.h"
#include "server/review/review_policy.h"
#include "storage/store.h"

namespace relief::server::review {

// ABORTED: the conflict changed since the etag was read, or is no more; the StaleDecision says how.
// FAILED_PRECONDITION: a proposal on the case waits.
absl::StatusOr<v1::Decision> DecideConflict(core::Hub& hub, const v1::DecideConflictRequest& request,
                                            const Officer& officer);

// A decision that needed two people needs two people to be taken back.
absl::StatusOr<v1::Decision> UndoDecision(core::Hub& hub, const v1::UndoDecisionRequest& request,
                                          const Officer& officer);

// The newest first.
absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(const ReviewView& view,
                                                        const v1::ListDecisionsRequest& request);

}  // namespace relief::server::review
