#include "storage/transaction.h"

namespace relief::storage {

absl::StatusOr<std::vector<Row>> Transaction::MultiGet(std::span<const std::string> keys) {
  std::vector<Row> rows(keys.size());
  if (absl::Status status = Visit(keys, [&](size_t i, const Row& row) { rows[i] = row; }); !status.ok())
    return status;
  return rows;
}

absl::Status Transaction::Visit(std::span<const std::string> keys,
                                absl::FunctionRef<void(size_t, const Row&)> take) {
  if (absl::Status status = Prefetch(keys); !status.ok()) return status;
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
  auto rows = MultiGet({&copy, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return std::optional<std::string>();
  return std::optional(std::move((*rows)[0].value));
}

absl::Status Transaction::Prefetch(std::span<const std::string> keys) {
  std::vector<std::string> missing;
  for (const std::string& key : keys)
    if (!writes_.contains(key) && !read_.contains(key)) missing.push_back(key);
  if (missing.empty()) return absl::OkStatus();
  auto rows = store_.MultiGet(missing);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < missing.size(); ++i) read_.emplace(std::move(missing[i]), std::move((*rows)[i]));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KeyRow>> Transaction::Scan(std::string_view prefix, std::string_view from,
                                                      size_t limit) {
  const std::string begin = std::max(std::string(prefix), std::string(from));
  std::vector<KeyRow> merged;
  auto write = writes_.lower_bound(begin);
  const auto pending = [&] { return write != writes_.end() && write->first.starts_with(prefix); };
  std::string next = begin;
  bool store_done = false;
  std::vector<KeyRow> page;
  size_t at = 0;
  while (merged.size() < limit) {
    if (at == page.size() && !store_done) {
      auto read = store_.Scan(prefix, next, limit);
      if (!read.ok()) return read.status();
      page = *std::move(read);
      at = 0;
      store_done = page.size() < limit;
      if (!page.empty()) next = page.back().key + std::string(1, '\0');
    }
    const bool stored = at < page.size();
    if (!stored && !pending()) break;
    if (!pending() || (stored && page[at].key < write->first)) {
      merged.push_back(std::move(page[at++]));
      continue;
    }
    if (stored && page[at].key == write->first) ++at;
    if (write->second) merged.push_back({write->first, {*write->second, kPending}});
    ++write;
  }
  return merged;
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

storage::Commit Transaction::Build() const {
  storage::Commit commit;
  commit.read_at = read_at_;
  commit.guards.reserve(read_.size());
  commit.puts.reserve(writes_.size());
  for (const auto& [key, row] : read_) commit.guards.push_back({key, row.version});
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
  storage::Commit commit;
  commit.read_at = read_at_;
  commit.guards.reserve(read_.size());
  for (const auto& [key, row] : read_) commit.guards.push_back({key, row.version});
  read_.clear();
  while (!writes_.empty()) {
    auto row = writes_.extract(writes_.begin());
    if (row.mapped()) {
      commit.puts.push_back({std::move(row.key()), *std::move(row.mapped())});
    } else {
      commit.deletes.push_back(std::move(row.key()));
    }
  }
  auto result = store_.Apply(commit);
  if (!result.ok()) return result.status();
  if (!result->committed()) return absl::AbortedError("a row that was read has changed");
  return result->version;
}

}  // namespace relief::storage
