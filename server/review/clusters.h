// Several records at once: who of them is one person, by an officer's word. Move, split, keep: sets of
// constraints in one decision.
//
// DecideClusterNow belongs to the writer; the rest is callable from any thread.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/deciding.h"
#include "server/review/queue.h"

namespace relief::server::review {

// NOT_FOUND: nobody has this id, or ever had.
absl::StatusOr<v1::Cluster> ReadCluster(const ReviewView& view, const std::string& person_id);

// The constraints that a decision asks for. INVALID_ARGUMENT: groups that do not fit the operation or the
// persons as they are.
absl::StatusOr<std::vector<v1::Decision::Constraint>> ConstraintsOf(const storage::Reader& reader,
                                                                    const v1::ClusterDecision& decision);

absl::StatusOr<v1::Effect> PreviewCluster(core::Hub& hub, const v1::ClusterDecision& decision);

// As DecideConflict: at once, or a proposal where the policy asks for a second person.
absl::StatusOr<v1::Decision> DecideCluster(core::Hub& hub, const v1::ClusterDecision& decision,
                                           const Officer& officer);

// ABORTED: one of the persons is not what `decision.etag` saw.
absl::StatusOr<v1::Decision> DecideClusterNow(core::WriteContext& context,
                                              const v1::ClusterDecision& decision, const Attribution& by);

}  // namespace relief::server::review
