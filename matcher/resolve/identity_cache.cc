#include "matcher/resolve/identity_cache.h"

#include <utility>

namespace relief::matcher {

std::shared_ptr<const IdentityRow> IdentityCache::Find(RecordKey record) {
  std::lock_guard lock(mutex_);
  if (const auto found = young_.find(record); found != young_.end()) return found->second;
  const auto found = old_.find(record);
  if (found == old_.end()) return nullptr;
  std::shared_ptr<const IdentityRow> identity_row = std::move(found->second);
  old_.erase(found);
  AddLocked(record, identity_row);
  return identity_row;
}

void IdentityCache::Add(RecordKey record, std::shared_ptr<const IdentityRow> identity_row) {
  if (generation_ == 0) return;
  std::lock_guard lock(mutex_);
  AddLocked(record, std::move(identity_row));
}

void IdentityCache::AddLocked(RecordKey record, std::shared_ptr<const IdentityRow> identity_row) {
  if (young_.size() >= generation_) old_ = std::exchange(young_, {});
  young_.insert_or_assign(record, std::move(identity_row));
}

void IdentityCache::Forget(RecordKey record) {
  std::lock_guard lock(mutex_);
  young_.erase(record);
  old_.erase(record);
}

void IdentityCache::Clear() {
  std::lock_guard lock(mutex_);
  young_ = {};
  old_ = {};
}

}  // namespace relief::matcher
