#include "storage/memory_store.h"

#include <map>
#include <mutex>
#include <shared_mutex>

namespace relief::storage {
namespace {

using Rows = std::map<std::string, Row, std::less<>>;

std::vector<Row> Read(const Rows& rows, std::span<const std::string> keys) {
  std::vector<Row> result;
  result.reserve(keys.size());
  for (const std::string& key : keys) {
    const auto found = rows.find(key);
    result.push_back(found == rows.end() ? Row{} : found->second);
  }
  return result;
}

std::vector<KeyRow> ReadRange(const Rows& rows, std::string_view prefix, std::string_view from,
                              size_t limit) {
  std::vector<KeyRow> result;
  for (auto row = rows.lower_bound(std::max(prefix, from));
       row != rows.end() && result.size() < limit && row->first.starts_with(prefix); ++row)
    result.push_back({row->first, row->second});
  return result;
}

class MemorySnapshot final : public Reader {
 public:
  MemorySnapshot(Rows rows, Version version) : rows_(std::move(rows)), version_(version) {}
  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return Read(rows_, keys);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return ReadRange(rows_, prefix, from, limit);
  }
  Version version() const override { return version_; }

 private:
  const Rows rows_;
  const Version version_;
};

class MemoryStore final : public Store {
 public:
  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    std::shared_lock lock(mutex_);
    return Read(rows_, keys);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    std::shared_lock lock(mutex_);
    return ReadRange(rows_, prefix, from, limit);
  }
  Version version() const override {
    std::shared_lock lock(mutex_);
    return version_;
  }
  absl::StatusOr<CommitResult> Apply(const Commit& commit) override {
    std::unique_lock lock(mutex_);
    CommitResult result;
    for (const Guard& guard : commit.guards) {
      const auto found = rows_.find(guard.key);
      if ((found == rows_.end() ? 0 : found->second.version) != guard.expected)
        result.conflicting_keys.push_back(guard.key);
    }
    if (!result.committed()) return result;
    result.version = ++version_;
    for (const Put& put : commit.puts) rows_.insert_or_assign(put.key, Row{put.value, version_});
    for (const std::string& key : commit.deletes) rows_.erase(key);
    return result;
  }
  std::unique_ptr<Reader> Snapshot() const override {
    std::shared_lock lock(mutex_);
    return std::make_unique<MemorySnapshot>(rows_, version_);
  }
  uint64_t DiskBytes() const override { return 0; }

 private:
  mutable std::shared_mutex mutex_;
  Rows rows_;
  Version version_ = 0;
};

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace relief::storage
