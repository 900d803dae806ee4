// Reads and writes that become one guarded commit.
//
// A transaction reads everything from one snapshot, taken when it begins, and sees its own writes on top.
// Whatever it read, the rows, the absent rows, the scanned ranges with the gaps in them, becomes a
// precondition: if any of it changed before Commit, nothing is written and Commit returns ABORTED. So
// transactions that commit are as if they had run one after the other.
//
//   Transaction txn(store);
//   RELIEF_ASSIGN_OR_RETURN(const auto count, txn.Get("count"));
//   txn.Put("count", Next(count));
//   const auto version = txn.Commit();
//   if (absl::IsAborted(version.status())) ...  // begin again, with a new transaction
//
// Not thread-safe: one transaction, one thread.
#pragma once

#include <map>
#include <memory>
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
  // Requires: the store and the turn, if there is one, outlive the transaction.
  explicit Transaction(Store& store, const ExclusiveTurn* turn = nullptr)
      : store_(&store), turn_(turn), snapshot_(store.Snapshot()) {}
  // A dry run: the same readings and writings over a snapshot, and nothing to commit to.
  explicit Transaction(std::unique_ptr<const Reader> snapshot)
      : store_(nullptr), turn_(nullptr), snapshot_(std::move(snapshot)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The version of the store that this transaction reads.
  Version read_at() const { return snapshot_->version(); }
  // The store as this transaction found it, without its writes. Reading here guards nothing.
  const Reader& snapshot() const { return *snapshot_; }

  // The rows as this transaction sees them: a row written here has the version kPending, a row deleted here
  // is absent.
  static constexpr Version kPending = ~Version{0};
  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys);

  // The same without copies: each row with its position, in that order. Requires: `take` does not touch the
  // transaction.
  absl::Status Visit(std::span<const std::string> keys, absl::FunctionRef<void(size_t, const Row&)> take);

  // One value, or no value if the row is absent.
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key);

  // Makes later Get and MultiGet of these keys memory look-ups.
  absl::Status Prefetch(std::span<const std::string> keys);

  // Rows of the store merged with the writes of this transaction. What is guarded ends with the last row that
  // is returned, if there are `limit` of them, and with the prefix otherwise.
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from, size_t limit);

  // "I remember this row from the version `known_at` of the store, and act on that memory": a precondition
  // without a reading. Requires: this transaction has not written the row. `expected` is the row's own version (0: it was absent). A memory that was brought to
  // read_at() (see ChangedKeys) costs no more than a reading at the commit; an older one is looked at there.
  void Assume(std::string_view key, Version expected, Version known_at);
  // Store::ChangedKeys from `after` to read_at(): what a memory of rows must forget before it is used here.
  std::optional<std::vector<std::string>> ChangedKeys(std::string_view prefix, Version after) const;

  void Put(std::string_view key, std::string value);
  void Delete(std::string_view key);

  // A point to come back to: RollbackTo takes back every write since Mark, reads stay preconditions.
  size_t Mark() const { return undo_.size(); }
  void RollbackTo(size_t mark);

  bool empty() const { return writes_.empty(); }
  // Whether this transaction has written or deleted the row.
  bool wrote(std::string_view key) const { return writes_.contains(key); }
  size_t write_count() const { return writes_.size(); }

  // The commit so far; the transaction may go on.
  storage::Commit Build() const;

  // Applies the commit, and ends the transaction. ABORTED: something that was read has changed; begin again.
  // FAILED_PRECONDITION: this is a dry run.
  absl::StatusOr<Version> Commit();

  // After Commit returned ABORTED: which rows changed (CommitResult::conflicting_keys).
  const std::vector<std::string>& conflicting_keys() const { return conflicting_keys_; }

 private:
  struct Undo {
    std::string key;
    bool existed;
    std::optional<std::string> before;
  };
  struct Seen {
    std::string to;  // empty: there is no end
    uint64_t rows = 0;
  };
  void Write(std::string_view key, std::optional<std::string> value);
  void SawRange(std::string from, std::string to, uint64_t rows);
  storage::Commit Preconditions() const;

  Store* const store_;  // nullptr: a dry run
  const ExclusiveTurn* const turn_;
  const std::unique_ptr<const Reader> snapshot_;
  std::vector<Undo> undo_;
  absl::flat_hash_map<std::string, Row> read_;
  std::map<std::string, Seen, std::less<>> seen_;  // scanned ranges of the store, by their beginning
  absl::flat_hash_map<std::string, Version> assumed_now_, assumed_before_;
  // Second versions of rows that were assumed twice, differently: they let no commit through.
  std::vector<Precondition> contradictions_;
  std::map<std::string, std::optional<std::string>, std::less<>> writes_;  // no value: deleted
  std::vector<std::string> conflicting_keys_;
};

}  // namespace relief::storage
