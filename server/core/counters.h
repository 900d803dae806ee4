// The counts that every commit keeps. Callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"

namespace relief::server::core {

absl::StatusOr<stored::Counters> ReadCounters(const storage::Reader& reader);

}  // namespace relief::server::core
