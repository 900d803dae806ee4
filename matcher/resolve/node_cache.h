// Nodes that were read from the store, decoded: records with common names are compared with the same few
// hundred others again and again. Private to matcher/resolve.
//
// Holds what was committed when it was read; whoever writes a node forgets it here first, so that the next
// reading asks the store. That is right as long as one writer at a time works with it: a resolver's rule.
// Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "matcher/record_key.h"
#include "matcher/resolve/index_rows.h"

namespace relief::matcher {

class NodeCache {
 public:
  // Between half of `most` nodes and `most`, the last used ones; 0: none.
  explicit NodeCache(size_t most) : generation_(most / 2) {}

  // Null: not here.
  std::shared_ptr<const Node> Find(RecordKey record);
  void Add(RecordKey record, std::shared_ptr<const Node> node);
  void Forget(RecordKey record);
  void Clear();

 private:
  using Nodes = absl::flat_hash_map<RecordKey, std::shared_ptr<const Node>, RecordKeyHash>;
  void AddLocked(RecordKey record, std::shared_ptr<const Node> node);

  const size_t generation_;  // when so many are young, the old ones go
  std::mutex mutex_;
  Nodes young_, old_;
};

}  // namespace relief::matcher
