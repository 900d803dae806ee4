// Rows of sources and records, as ingest reads and writes them. Private to server/ingest.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "relief/v1/feed_service.pb.h"
#include "server/core/write_context.h"
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

// In a piece of work: checks that `actor` may push to the source, and registers it where `may_register`.
absl::StatusOr<stored::Source> OpenSourceIn(core::WriteContext& context, const v1::Open& open,
                                            const std::string& actor, bool may_register);
// Begins a snapshot, or goes on with the one that is open.
absl::StatusOr<v1::SnapshotBegun> BeginSnapshotIn(core::WriteContext& context, const std::string& source_id,
                                                  const std::string& actor, const v1::BeginSnapshot& begin);
// Ends at once, in one piece of work, whatever the open snapshot does not mention; returns how many.
absl::StatusOr<int64_t> EndSnapshotIn(core::WriteContext& context, const std::string& source_id,
                                      const std::string& actor, const std::string& load_id);

}  // namespace relief::server::ingest
