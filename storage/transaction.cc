#include "storage/transaction.h"

#include <algorithm>
#include <utility>

#include "storage/key_encoding.h"
#include "storage/status_macros.h"

namespace relief::storage {

absl::StatusOr<std::vector<Row>> Transaction::MultiGet(std::span<const std::string> keys) {
  std::vector<Row> rows(keys.size());
  RELIEF_RETURN_IF_ERROR(Visit(keys, [&](size_t i, const Row& row) { rows[i] = row; }));
  return rows;
}

absl::Status Transaction::Visit(std::span<const std::string> keys,
                                absl::FunctionRef<void(size_t, const Row&)> take) {
  RELIEF_RETURN_IF_ERROR(Prefetch(keys));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (const auto written = writes_.find(keys[i]); written != writes_.end()) {
      take(i, written->second ? Row{*written->second, kPending} : Row{});
    } else {
      take(i, read_.find(keys[i])->second);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Transaction::Get(std::string_view key) {
  const std::string copy(key);
  RELIEF_ASSIGN_OR_RETURN(auto rows, MultiGet({&copy, 1}));
  if (!rows[0].present()) return std::optional<std::string>();
  return std::optional(std::move(rows[0].value));
}

absl::Status Transaction::Prefetch(std::span<const std::string> keys) {
  std::vector<std::string> missing;
  for (const std::string& key : keys)
    if (!writes_.contains(key) && !read_.contains(key)) missing.push_back(key);
  if (missing.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto rows, snapshot_->MultiGet(missing));
  for (size_t i = 0; i < missing.size(); ++i) read_.emplace(std::move(missing[i]), std::move(rows[i]));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KeyRow>> Transaction::Scan(std::string_view prefix, std::string_view from,
                                                      size_t limit) {
  const std::string begin(std::max(prefix, from));
  std::vector<KeyRow> merged;
  if (limit == 0 || !begin.starts_with(prefix)) return merged;
  auto write = writes_.lower_bound(begin);
  const auto pending = [&] { return write != writes_.end() && write->first.starts_with(prefix); };
  std::string next = begin;
  bool store_done = false;
  std::vector<KeyRow> page;
  size_t at = 0;
  uint64_t stored_rows = 0;
  while (merged.size() < limit) {
    if (at == page.size() && !store_done) {
      RELIEF_ASSIGN_OR_RETURN(auto read, snapshot_->Scan(prefix, next, limit));
      page = std::move(read);
      at = 0;
      store_done = page.size() < limit;
      if (!page.empty()) next = NextKey(page.back().key);
    }
    const bool stored = at < page.size();
    if (!stored && !pending()) break;
    if (!pending() || (stored && page[at].key < write->first)) {
      merged.push_back(std::move(page[at++]));
      ++stored_rows;
      continue;
    }
    if (stored && page[at].key == write->first) {
      ++at;
      ++stored_rows;
    }
    if (write->second) merged.push_back({write->first, {*write->second, kPending}});
    ++write;
  }
  // Every stored row up to the last row of the answer went by, and none behind it.
  SawRange(begin, merged.size() == limit ? NextKey(merged.back().key) : PrefixEnd(prefix), stored_rows);
  return merged;
}

void Transaction::SawRange(std::string from, std::string to, uint64_t rows) {
  const auto ends_before = [](const std::string& a, const std::string& b) {  // ends; empty: never
    return !a.empty() && (b.empty() || a < b);
  };
  if (auto before = seen_.upper_bound(from); before != seen_.begin()) {
    Seen& seen = (--before)->second;
    if (!ends_before(seen.to, to)) return;  // it is within what was seen
    if (seen.to == from || before->first == from) {
      // It goes on where the other ended, as the pages of a long scan do; or it is the longer one.
      seen.rows = seen.to == from ? seen.rows + rows : rows;
      seen.to = std::move(to);
      return;
    }
  }
  seen_.emplace(std::move(from), Seen{std::move(to), rows});
}

void Transaction::Assume(std::string_view key, Version expected, Version known_at) {
  const bool as_if_read = known_at >= read_at() && expected <= read_at();
  auto& assumed = as_if_read ? assumed_now_ : assumed_before_;
  const auto [known, added] = assumed.try_emplace(std::string(key), expected);
  if (added || known->second == expected) return;
  contradictions_.push_back({std::string(key), expected});
  contradictions_.push_back({std::string(key), known->second});
}

std::optional<std::vector<std::string>> Transaction::ChangedKeys(std::string_view prefix,
                                                                 Version after) const {
  if (after == read_at()) return std::vector<std::string>();
  if (store_ == nullptr || after > read_at()) return std::nullopt;
  return store_->ChangedKeys(prefix, after, read_at());
}

void Transaction::Put(std::string_view key, std::string value) { Write(key, std::move(value)); }
void Transaction::Delete(std::string_view key) { Write(key, std::nullopt); }

void Transaction::Write(std::string_view key, std::optional<std::string> value) {
  auto found = writes_.find(key);
  if (found == writes_.end()) {
    undo_.push_back({std::string(key), false, std::nullopt});
    writes_.emplace(key, std::move(value));
  } else {
    undo_.push_back({std::string(key), true, std::move(found->second)});
    found->second = std::move(value);
  }
}

void Transaction::RollbackTo(size_t mark) {
  while (undo_.size() > mark) {
    Undo& last = undo_.back();
    if (last.existed) {
      writes_.find(last.key)->second = std::move(last.before);
    } else {
      writes_.erase(last.key);
    }
    undo_.pop_back();
  }
}

storage::Commit Transaction::Preconditions() const {
  storage::Commit commit;
  commit.read_at = read_at();
  commit.turn = turn_;
  commit.preconditions.reserve(read_.size() + assumed_now_.size());
  for (const auto& [key, row] : read_) commit.preconditions.push_back({key, row.version});
  for (const auto& [key, version] : assumed_now_) commit.preconditions.push_back({key, version});
  for (const auto& [key, version] : assumed_before_) commit.assumptions.push_back({key, version});
  commit.assumptions.insert(commit.assumptions.end(), contradictions_.begin(), contradictions_.end());
  commit.ranges.reserve(seen_.size());
  for (const auto& [from, seen] : seen_) commit.ranges.push_back({from, seen.to, seen.rows});
  return commit;
}

storage::Commit Transaction::Build() const {
  storage::Commit commit = Preconditions();
  commit.puts.reserve(writes_.size());
  for (const auto& [key, value] : writes_) {
    if (value) {
      commit.puts.push_back({key, *value});
    } else {
      commit.deletes.push_back(key);
    }
  }
  return commit;
}

absl::StatusOr<Version> Transaction::Commit() {
  if (store_ == nullptr) return absl::FailedPreconditionError("a dry run commits nothing");
  storage::Commit commit = Preconditions();
  read_.clear();
  commit.puts.reserve(writes_.size());
  while (!writes_.empty()) {
    auto row = writes_.extract(writes_.begin());
    if (row.mapped()) {
      commit.puts.push_back({std::move(row.key()), *std::move(row.mapped())});
    } else {
      commit.deletes.push_back(std::move(row.key()));
    }
  }
  RELIEF_ASSIGN_OR_RETURN(auto result, store_->Apply(commit));
  conflicting_keys_ = std::move(result.conflicting_keys);
  if (!conflicting_keys_.empty()) return absl::AbortedError("a row that was read has changed");
  return result.version;
}

}  // namespace relief::storage
