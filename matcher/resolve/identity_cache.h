// Decoded identity rows, kept in memory: records with common names are compared with the same few hundred others again
// and again. Private to matcher/resolve.
//
// The cache holds what the store held at one version. Follow brings it to the version that a transaction reads, by
// dropping the rows that commits have written since. A row that is taken from the cache becomes a precondition of the
// transaction (Transaction::Assume), as if it had been read. So any number of transactions, of several threads, may use
// one cache, and other writers may change the store. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "matcher/record_key.h"
#include "matcher/resolve/index_rows.h"
#include "storage/transaction.h"

namespace relief::matcher {

class IdentityCache {
 public:
  struct Remembered {
    std::shared_ptr<const IdentityRow> identity_row;  // null: the row is not in memory
    storage::Version version = 0;                     // of its row
  };

  // Keeps the most recently used rows: at least half of `most`, and never more than `most`. 0 keeps none.
  explicit IdentityCache(size_t most) : generation_(most / 2) {}

  // Drops the rows that changed up to the version that `txn` reads. Requires: called before Find and Add for this
  // transaction.
  void Follow(const storage::Transaction& txn);

  // The row as it is at the version `read_at` of the store.
  Remembered Find(RecordKey record, storage::Version read_at);
  // Requires: the row was read at `read_at`.
  void Add(RecordKey record, Remembered row, storage::Version read_at);
  void Clear();

 private:
  using Rows = absl::flat_hash_map<RecordKey, Remembered, RecordKeyHash>;
  void AddLocked(RecordKey record, Remembered row);

  const size_t generation_;  // when this many rows are young, the old ones are dropped
  std::mutex mutex_;
  storage::Version as_of_ = 0;  // the rows here are as the store held them at this version
  Rows young_, old_;
};

}  // namespace relief::matcher
