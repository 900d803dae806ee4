// Conflicts and what officers decide of them.
//
// A decision is a constraint between two records that later feeds cannot undo; taking it back lifts the
// constraint, unless another decision on the same pair still stands. Callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/hub.h"
#include "storage/store.h"

namespace relief::server {

absl::StatusOr<v1::Conflict> GetConflict(const storage::Reader& reader, const matcher::Model& model,
                                         const std::string& conflict_id);
absl::StatusOr<v1::ListConflictsResponse> ListConflicts(const storage::Reader& reader,
                                                        const matcher::Model& model,
                                                        const v1::ListConflictsRequest& request);

// ABORTED: the conflict changed since the etag was read, or is no more.
absl::StatusOr<v1::Decision> DecideConflict(Hub& hub, const v1::DecideConflictRequest& request,
                                            const std::string& officer);
absl::StatusOr<v1::Decision> UndoDecision(Hub& hub, const v1::UndoDecisionRequest& request,
                                          const std::string& officer);
absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(const storage::Reader& reader,
                                                        const v1::ListDecisionsRequest& request);

}  // namespace relief::server
