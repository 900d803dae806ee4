#include "matcher/resolve/node_cache.h"

#include <utility>

namespace relief::matcher {

std::shared_ptr<const Node> NodeCache::Find(RecordKey record) {
  std::lock_guard lock(mutex_);
  if (const auto found = young_.find(record); found != young_.end()) return found->second;
  const auto found = old_.find(record);
  if (found == old_.end()) return nullptr;
  std::shared_ptr<const Node> node = std::move(found->second);
  old_.erase(found);
  AddLocked(record, node);
  return node;
}

void NodeCache::Add(RecordKey record, std::shared_ptr<const Node> node) {
  if (generation_ == 0) return;
  std::lock_guard lock(mutex_);
  AddLocked(record, std::move(node));
}

void NodeCache::AddLocked(RecordKey record, std::shared_ptr<const Node> node) {
  if (young_.size() >= generation_) old_ = std::exchange(young_, {});
  young_.insert_or_assign(record, std::move(node));
}

void NodeCache::Forget(RecordKey record) {
  std::lock_guard lock(mutex_);
  young_.erase(record);
  old_.erase(record);
}

void NodeCache::Clear() {
  std::lock_guard lock(mutex_);
  young_ = {};
  old_ = {};
}

}  // namespace relief::matcher
