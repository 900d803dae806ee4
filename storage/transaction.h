// Reads and writes that become one guarded commit.
//
// A transaction reads through to the store, sees its own writes, and turns every row it read from the store
// into a guard: if any of them changed meanwhile, Commit reports the conflict and nothing is written. Scan
// does not guard the rows that are absent; whoever decides on a scan also reads (and so guards) the head row
// that every writer of that prefix writes.
//
// Not thread-safe: one transaction, one thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "storage/store.h"

namespace relief::storage {

class Transaction {
 public:
  explicit Transaction(Store& store) : store_(store), read_at_(store.version()) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The rows as this transaction sees them: a row written here has the version kPending, a row deleted here
  // is absent.
  static constexpr Version kPending = ~Version{0};
  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys);

  // The same without copies: each row with its position, in that order. `take` must not touch the
  // transaction.
  absl::Status Visit(std::span<const std::string> keys, absl::FunctionRef<void(size_t, const Row&)> take);

  // One value, or no value if the row is absent.
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key);

  // Makes later Get and MultiGet of these keys memory look-ups.
  absl::Status Prefetch(std::span<const std::string> keys);

  // Rows of the store merged with the writes of this transaction.
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from, size_t limit);

  void Put(std::string_view key, std::string value);
  void Delete(std::string_view key);

  // A point to come back to: RollbackTo takes back every write since Mark, reads stay guards.
  size_t Mark() const { return undo_.size(); }
  void RollbackTo(size_t mark);

  bool empty() const { return writes_.empty(); }
  size_t write_count() const { return writes_.size(); }

  // The commit so far; the transaction may go on.
  storage::Commit Build() const;

  // Applies the commit, and ends the transaction. ABORTED: a guarded row changed; begin again.
  absl::StatusOr<Version> Commit();

 private:
  struct Undo {
    std::string key;
    bool existed;
    std::optional<std::string> before;
  };
  void Write(std::string_view key, std::optional<std::string> value);

  Store& store_;
  const Version read_at_;
  std::vector<Undo> undo_;
  absl::flat_hash_map<std::string, Row> read_;
  std::map<std::string, std::optional<std::string>, std::less<>> writes_;  // no value: deleted
};

}  // namespace relief::storage
