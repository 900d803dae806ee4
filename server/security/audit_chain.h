// The audit chain: each entry holds the hash of the one before, so that nothing can be changed, left out or
// put in between without breaking it.
//
// Callable from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "server/stored.pb.h"
#include "storage/store.h"

namespace relief::server {

// SHA-256 over the deterministic serialisation of the entry without its hash.
std::string AuditHash(const stored::AuditEntry& entry);

// Walks the chain from its first entry to its head; returns how many there are. DATA_LOSS names the first
// entry that is wrong or missing.
absl::StatusOr<int64_t> CheckAuditChain(const storage::Reader& store);

}  // namespace relief::server
