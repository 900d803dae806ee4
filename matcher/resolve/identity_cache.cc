#include "matcher/resolve/identity_cache.h"

#include <string>
#include <utility>

namespace relief::matcher {

void IdentityCache::Follow(const storage::Transaction& txn) {
  if (generation_ == 0) return;
  std::lock_guard lock(mutex_);
  if (txn.read_at() <= as_of_) return;
  if (const auto changed = txn.ChangedKeys(kIdentityPrefix, as_of_)) {
    for (const std::string& key : *changed) {
      const auto record = RecordKey::FromBytes(key.data() + kIdentityPrefix.size());
      young_.erase(record);
      old_.erase(record);
    }
  } else {
    young_ = {};
    old_ = {};
  }
  as_of_ = txn.read_at();
}

IdentityCache::Remembered IdentityCache::Find(RecordKey record, storage::Version read_at) {
  if (generation_ == 0) return {};
  std::lock_guard lock(mutex_);
  // A transaction that reads an older version than this memory is at takes only what was the same then.
  const auto usable = [&](const Remembered& row) { return row.version <= read_at && read_at <= as_of_; };
  if (const auto found = young_.find(record); found != young_.end())
    return usable(found->second) ? found->second : Remembered();
  const auto found = old_.find(record);
  if (found == old_.end() || !usable(found->second)) return {};
  Remembered row = std::move(found->second);
  old_.erase(found);
  AddLocked(record, row);
  return row;
}

void IdentityCache::Add(RecordKey record, Remembered row, storage::Version read_at) {
  if (generation_ == 0) return;
  std::lock_guard lock(mutex_);
  if (read_at == as_of_) AddLocked(record, std::move(row));  // otherwise it may have changed since
}

void IdentityCache::AddLocked(RecordKey record, Remembered row) {
  if (young_.size() >= generation_) old_ = std::exchange(young_, {});
  young_.insert_or_assign(record, std::move(row));
}

void IdentityCache::Clear() {
  std::lock_guard lock(mutex_);
  young_ = {};
  old_ = {};
}

}  // namespace relief::matcher
