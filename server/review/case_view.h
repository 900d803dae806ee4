// A case whole: both records and their persons, field by field, what depends on it and what each decision
// would do. Masked. Callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/review/queue.h"

namespace relief::server::review {

// NOT_FOUND: not open, or not the officer's to see.
absl::StatusOr<v1::Case> ReadCase(core::Hub& hub, const Officer& officer, const std::string& conflict_id);

}  // namespace relief::server::review
