// Rows of sources and records, as ingest reads and writes them. Private to server/ingest.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "server/records/stored.pb.h"
#include "storage/transaction.h"

namespace relief::server::ingest {

// NOT_FOUND: the hub does not know the source.
absl::StatusOr<stored::Source> ReadSource(storage::Transaction& txn, const std::string& source_id);
void WriteSource(storage::Transaction& txn, const stored::Source& source);

absl::StatusOr<std::optional<stored::Record>> ReadRecord(storage::Transaction& txn, matcher::RecordKey key);

// PERMISSION_DENIED if the source belongs to somebody else.
absl::Status CheckOwner(const stored::Source& source, const std::string& actor);

std::string SnapshotId(int64_t number);  // "S-7"

}  // namespace relief::server::ingest
