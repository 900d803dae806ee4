// An ordered, durable key-value store with guarded commits: what the rest of the hub knows of a database.
//
// The interface is the smallest that RocksDB, PostgreSQL and their like can all keep (ARCHITECTURE.md, "The
// store"): read rows with their versions, scan a prefix in memcmp order, and commit writes that hold only if
// every guarded row still has the version that was read. A commit is atomic, and durable before Apply returns
// OK: kill -9 after that loses nothing. A store is used by one process at a time; opening it twice fails with
// FAILED_PRECONDITION.
//
// Every method may be called from any thread. Keys and values are arbitrary bytes, 0x00 and 0xFF included;
// values may be empty. A key is at most 4 KiB, a value at most 64 MiB.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/maintenance.h"

namespace relief::storage {

// Opaque, compared for equality only; grows with every commit that writes the row. 0 says that the row is
// absent.
using Version = uint64_t;

struct Row {
  std::string value;
  Version version = 0;

  bool present() const { return version != 0; }
};

struct KeyRow {
  std::string key;
  Row row;
};

// "I decided on the basis of this row as it was at this version" (0: it was absent).
struct Guard {
  std::string key;
  Version expected = 0;
};

struct Put {
  std::string key;
  std::string value;
};

// A key is in `puts` or `deletes` at most once.
struct Commit {
  std::vector<Guard> guards;
  std::vector<Put> puts;
  std::vector<std::string> deletes;
  // Every guard was read when the store was at this version or later; a store that is still there need not
  // look. 0: not known.
  Version read_at = 0;
};

struct CommitResult {
  // The version that all written rows have now; unchanged and 0 on conflict.
  Version version = 0;
  // Guards that no longer hold. Not empty: nothing was written.
  std::vector<std::string> conflicting_keys;

  bool committed() const { return conflicting_keys.empty(); }
};

// A reading of the store. Each call sees whole commits only; a snapshot sees the same commits in every call.
class Reader {
 public:
  virtual ~Reader() = default;

  // One row for each key, in that order; absent keys give absent rows.
  // DATA_LOSS: a row is damaged. UNAVAILABLE: the store cannot be read.
  virtual absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const = 0;

  // Up to `limit` rows whose keys begin with `prefix` and are >= `from` (empty: from the beginning), in
  // memcmp order.
  virtual absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                                   size_t limit) const = 0;

  // The version of the newest commit that this reader sees; 0 for an empty store.
  virtual Version version() const = 0;
};

class Store : public Reader {
 public:
  // Writes all or nothing, if every guard holds. A conflict is a result, not an error.
  // RESOURCE_EXHAUSTED: the disk has less than the configured free space; nothing was written.
  // UNAVAILABLE: nothing is known to be written; read back before trying again.
  virtual absl::StatusOr<CommitResult> Apply(const Commit& commit) = 0;

  // A reading that stays as it is while commits go on.
  virtual std::unique_ptr<Reader> Snapshot() const = 0;

  // Bytes on disk (0 for memory).
  virtual uint64_t DiskBytes() const = 0;

  // nullptr: there is nothing to maintain (a store in memory).
  virtual Maintenance* maintenance() { return nullptr; }
};

}  // namespace relief::storage
