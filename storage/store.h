// An ordered, durable key-value store with guarded commits: what the rest of the hub knows of a database.
//
// The interface is the smallest that RocksDB, PostgreSQL and their like can all keep (ARCHITECTURE.md, "The
// store"): read rows with their versions, scan a prefix in memcmp order, and commit writes that hold only if
// the rows and ranges that the decision was based on are as they were. A commit is atomic, and durable before
// Apply returns OK: kill -9 after that loses nothing.
//
// Most callers read and write through a Transaction (transaction.h), which keeps the preconditions. By hand:
//
//   const auto snapshot = store.Snapshot();
//   const std::string key = "counter";
//   RELIEF_ASSIGN_OR_RETURN(const auto rows, snapshot->MultiGet({&key, 1}));
//   Commit commit;
//   commit.read_at = snapshot->version();
//   commit.preconditions = {{key, rows[0].version}};
//   commit.puts = {{key, Next(rows[0].value)}};
//   RELIEF_ASSIGN_OR_RETURN(const CommitResult result, store.Apply(commit));
//   if (!result.committed()) ...  // another writer was faster: begin again
//
// Every method may be called from any thread. Any number of threads may commit at once. Whether several
// processes may, too, is the implementation's: a RocksDB directory belongs to one process.
//
// Keys and values are arbitrary bytes, 0x00 and 0xFF included; values may be empty.
// Requires: a key is at most 4 KiB, a value at most 64 MiB.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
struct Precondition {
  std::string key;
  Version expected = 0;
};

// "I decided on the basis of what the keys from `from` to before `to` held": nothing in there was written,
// added or deleted since Commit::read_at.
struct RangePrecondition {
  std::string from;
  std::string to;     // empty: there is no end
  uint64_t rows = 0;  // how many rows it held; tells a store that keeps no history of a deletion
};

struct Put {
  std::string key;
  std::string value;
};

// While it lives, the commits of others wait: for a transaction that conflicts again and again. Requires: it is
// taken before the transaction begins, held briefly, and destroyed before the store.
class ExclusiveTurn {
 public:
  virtual ~ExclusiveTurn() = default;
};

// Requires: a key is in `puts` or `deletes` at most once.
struct Commit {
  std::vector<Precondition> preconditions;
  std::vector<Put> puts;
  std::vector<std::string> deletes;
  // The version of the store that `preconditions` and `ranges` were read at. A store that is still there need
  // not look at them; one that remembers what was written since looks there.
  // 0: not known (or an empty store); every precondition is looked at. Ranges are then those of an empty
  // store.
  Version read_at = 0;
  std::vector<RangePrecondition> ranges = {};
  // Like `preconditions`, of rows that were read at another version than read_at, or remembered: the store
  // always looks at them.
  std::vector<Precondition> assumptions = {};
  const ExclusiveTurn* turn = nullptr;  // under which this commit is made
};

struct CommitResult {
  // The version that all written rows have now; unchanged and 0 on conflict.
  Version version = 0;
  // Not empty: nothing was written. The keys whose preconditions or assumptions do not hold; for a range, one
  // key that was written in it, or its beginning where the store does not know which. A row that was written
  // and is as before may be among them.
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
  // Writes all or nothing, if every precondition holds. A conflict is a result, not an error.
  // RESOURCE_EXHAUSTED: the disk has less than the configured free space; nothing was written.
  // UNAVAILABLE: nothing is known to be written; read back before trying again.
  virtual absl::StatusOr<CommitResult> Apply(const Commit& commit) = 0;

  // A reading that stays as it is while commits go on. Waits for no commit in flight. A store that cannot be
  // read gives a snapshot whose every method says so. Requires: the store outlives it.
  virtual std::unique_ptr<Reader> Snapshot() const = 0;

  // The keys with this prefix that commits after version `after`, up to version `to`, wrote or deleted, so
  // that memory of rows as they were at `after` can be brought to `to`. Nothing: the store does not remember
  // that far back; anything may have changed.
  virtual std::optional<std::vector<std::string>> ChangedKeys(std::string_view /*prefix*/, Version /*after*/,
                                                              Version /*to*/) const {
    return std::nullopt;
  }

  // Waits for the commits under way, and keeps the commits of others waiting until the turn is destroyed.
  // nullptr: this store has no turns.
  virtual std::unique_ptr<ExclusiveTurn> TakeTurn() { return nullptr; }

  // Bytes on disk (0 for memory).
  virtual uint64_t DiskBytes() const = 0;

  // nullptr: there is nothing to maintain (a store in memory).
  virtual Maintenance* maintenance() { return nullptr; }
};

}  // namespace relief::storage
