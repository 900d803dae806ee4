// The effect that a decision would have: computed by carrying it out, with all that follows from it, in a transaction that is
// thrown away.
//
// Callable from any thread; the writer is not asked and does not wait.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::review {

absl::StatusOr<v1::Effect> PreviewEffect(core::Hub& hub,
                                         const std::vector<v1::Decision::Constraint>& constraints);

}  // namespace relief::server::review
