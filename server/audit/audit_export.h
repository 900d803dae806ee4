// The audit chain as lines for a file (server/audit/audit.proto). Callable from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "storage/store.h"

namespace relief::server::audit {

// Lines, whole ones, some at a time. Returns false to stop.
using TakeAuditLines = std::function<bool(std::string lines)>;

// The format, the signed beginning if there is one, and every entry, each with its head behind it if it has
// one. `reader` is a snapshot. DATA_LOSS: a row cannot be read; whole rows with wrong content are exported as
// they are.
absl::Status ExportAuditChain(const storage::Reader& reader, const TakeAuditLines& take);

// The signed heads of entries after this one.
absl::Status ExportAuditHeads(const storage::Reader& reader, int64_t after_sequence,
                              const TakeAuditLines& take);

}  // namespace relief::server::audit
