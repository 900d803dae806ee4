#include "storage/recent_writes.h"

#include <algorithm>

namespace relief::storage {

void RecentWrites::Add(Version version, const Commit& commit) {
  std::vector<std::string_view> keys;
  keys.reserve(commit.puts.size() + commit.deletes.size());
  for (const Put& put : commit.puts) keys.push_back(put.key);
  const auto deletes = static_cast<std::ptrdiff_t>(keys.size());
  for (const std::string& key : commit.deletes) keys.push_back(key);
  // A transaction's are in order already, puts and deletes each.
  if (const auto middle = keys.begin() + deletes;
      std::is_sorted(keys.begin(), middle) && std::is_sorted(middle, keys.end())) {
    std::inplace_merge(keys.begin(), middle, keys.end());
  } else {
    std::sort(keys.begin(), keys.end());
  }
  Entry entry;
  entry.version = version;
  size_t bytes = 0;
  for (const std::string_view key : keys) bytes += key.size();
  entry.bytes.reserve(bytes);
  entry.ends.reserve(keys.size());
  for (const std::string_view key : keys) {
    entry.bytes.append(key);
    entry.ends.push_back(static_cast<uint32_t>(entry.bytes.size()));
  }
  bytes_ += entry.Cost();
  newest_ = version;
  entries_.push_back(std::move(entry));
}

void RecentWrites::Trim() {
  while (bytes_ > max_bytes_ && !entries_.empty()) {
    bytes_ -= entries_.front().Cost();
    forgotten_ = entries_.front().version;
    entries_.pop_front();
  }
}

size_t RecentWrites::Entry::LowerBound(std::string_view key) const {
  size_t low = 0, high = size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (this->key(middle) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::deque<RecentWrites::Entry>::const_iterator RecentWrites::After(Version since) const {
  return std::upper_bound(entries_.begin(), entries_.end(), since,
                          [](Version version, const Entry& entry) { return version < entry.version; });
}

size_t RecentWrites::CountSince(Version since) const {
  size_t count = 0;
  for (auto entry = After(since); entry != entries_.end(); ++entry) count += entry->size();
  return count;
}

bool RecentWrites::WroteSince(Version since, std::string_view key) const {
  for (auto entry = After(since); entry != entries_.end(); ++entry)
    if (const size_t at = entry->LowerBound(key); at < entry->size() && entry->key(at) == key) return true;
  return false;
}

std::optional<std::string_view> RecentWrites::FirstWriteSince(Version since, std::string_view from,
                                                              std::string_view to) const {
  for (auto entry = After(since); entry != entries_.end(); ++entry)
    if (const size_t at = entry->LowerBound(from); at < entry->size() && (to.empty() || entry->key(at) < to))
      return entry->key(at);
  return std::nullopt;
}

absl::flat_hash_map<std::string_view, Version> RecentWrites::LastWritesSince(Version since) const {
  absl::flat_hash_map<std::string_view, Version> writes;
  writes.reserve(CountSince(since));
  for (auto entry = After(since); entry != entries_.end(); ++entry)
    for (size_t i = 0; i < entry->size(); ++i) writes[entry->key(i)] = entry->version;
  return writes;
}

std::vector<std::string> RecentWrites::Keys(std::string_view prefix, Version after, Version to) const {
  std::vector<std::string> keys;
  for (auto entry = After(after); entry != entries_.end() && entry->version <= to; ++entry)
    for (size_t i = entry->LowerBound(prefix); i < entry->size() && entry->key(i).starts_with(prefix); ++i)
      keys.emplace_back(entry->key(i));
  return keys;
}

}  // namespace relief::storage
