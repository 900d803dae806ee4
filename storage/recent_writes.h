// The keys that the newest commits wrote: tells whether a row or a range has changed since a version without
// reading the store, and which rows a memory of them must forget.
//
// Bounded: the oldest commits are forgotten first, and Covers says how far back the memory goes. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "storage/store.h"

namespace relief::storage {

class RecentWrites {
 public:
  // `version`: of the store when this memory begins.
  RecentWrites(Version version, size_t max_bytes)
      : max_bytes_(max_bytes), forgotten_(version), newest_(version) {}

  // Requires: `version` is greater than newest().
  void Add(Version version, const Commit& commit);
  // Forgets the oldest commits until the rest fits the bound. Apart from Add, so that a group of commits can
  // be checked against each other whatever their size.
  void Trim();

  Version newest() const { return newest_; }
  // True: every write after `since` is known.
  bool Covers(Version since) const { return since >= forgotten_; }
  // How many keys were written after `since`.
  size_t CountSince(Version since) const;
  // Whether a commit after `since` wrote or deleted this row.
  bool WroteSince(Version since, std::string_view key) const;
  // A key from `from` to before `to` (empty: no end) that a commit after `since` wrote or deleted.
  std::optional<std::string_view> FirstWriteSince(Version since, std::string_view from,
                                                  std::string_view to) const;
  // The keys written after `since`, for many questions at once. Points into this object.
  absl::flat_hash_map<std::string_view, Version> LastWritesSince(Version since) const;
  // The keys with this prefix that commits after `after` and up to `to` wrote. Requires: Covers(after).
  std::vector<std::string> Keys(std::string_view prefix, Version after, Version to) const;

 private:
  // The keys of one commit, in order, in one piece of memory.
  struct Entry {
    Version version = 0;
    std::string bytes;
    std::vector<uint32_t> ends;

    size_t size() const { return ends.size(); }
    std::string_view key(size_t i) const {
      const uint32_t begin = i == 0 ? 0 : ends[i - 1];
      return std::string_view(bytes).substr(begin, ends[i] - begin);
    }
    size_t LowerBound(std::string_view key) const;
    size_t Cost() const { return sizeof(Entry) + bytes.size() + ends.size() * sizeof(uint32_t); }
  };
  // The first of the entries after `since`.
  std::deque<Entry>::const_iterator After(Version since) const;

  const size_t max_bytes_;
  size_t bytes_ = 0;
  Version forgotten_;  // commits up to this one are not known
  Version newest_;
  std::deque<Entry> entries_;
};

}  // namespace relief::storage
