// Decoded identity rows, kept in memory: records with common names are compared with the same few hundred others again
// and again. Private to matcher/resolve.
//
// An entry is what was committed when the row was read. A writer forgets a record here before it writes the record's row,
// so that the next reader asks the store. This is correct as long as one writer at a time uses the cache, which the
// resolver requires. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "matcher/record_key.h"
#include "matcher/resolve/index_rows.h"

namespace relief::matcher {

class IdentityCache {
 public:
  // Keeps the most recently used rows: at least half of `most`, and never more than `most`. 0 keeps none.
  explicit IdentityCache(size_t most) : generation_(most / 2) {}

  // Null if the row is not in memory.
  std::shared_ptr<const IdentityRow> Find(RecordKey record);
  void Add(RecordKey record, std::shared_ptr<const IdentityRow> identity_row);
  void Forget(RecordKey record);
  void Clear();

 private:
  using Rows = absl::flat_hash_map<RecordKey, std::shared_ptr<const IdentityRow>, RecordKeyHash>;
  void AddLocked(RecordKey record, std::shared_ptr<const IdentityRow> identity_row);

  const size_t generation_;  // when this many rows are young, the old ones are dropped
  std::mutex mutex_;
  Rows young_, old_;
};

}  // namespace relief::matcher
