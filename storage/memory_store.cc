#include "storage/memory_store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "storage/commit_turns.h"
#include "storage/recent_writes.h"

namespace relief::storage {
namespace {

// The state of a row from a commit on; a version without a value is a deletion.
struct State {
  Version version = 0;
  std::optional<std::string> value;
};

// Rows with their past, as far back as the oldest snapshot needs it. Shared by the store and its snapshots.
class Rows {
 public:
  std::vector<Row> Read(std::span<const std::string> keys, Version at) const {
    std::shared_lock lock(mutex_);
    std::vector<Row> result;
    result.reserve(keys.size());
    for (const std::string& key : keys) {
      const auto found = states_.find(key);
      result.push_back(found == states_.end() ? Row{} : RowAt(found->second, at));
    }
    return result;
  }

  std::vector<KeyRow> ReadRange(std::string_view prefix, std::string_view from, size_t limit,
                                Version at) const {
    std::shared_lock lock(mutex_);
    std::vector<KeyRow> result;
    for (auto row = states_.lower_bound(std::max(prefix, from));
         row != states_.end() && result.size() < limit && row->first.starts_with(prefix); ++row)
      if (Row then = RowAt(row->second, at); then.present()) result.push_back({row->first, std::move(then)});
    return result;
  }

  Version version() const {
    std::shared_lock lock(mutex_);
    return version_;
  }

  CommitResult Apply(const Commit& commit) {
    std::unique_lock lock(mutex_);
    CommitResult result;
    result.conflicting_keys = Conflicts(commit);
    if (!result.committed()) return result;
    result.version = ++version_;
    for (const Put& put : commit.puts) Write(put.key, put.value);
    for (const std::string& key : commit.deletes) {
      Write(key, std::nullopt);
      deleted_.emplace_back(version_, key);
    }
    recent_.Add(version_, commit);
    recent_.Trim();
    DropOldDeletions();
    return result;
  }

  std::optional<std::vector<std::string>> ChangedKeys(std::string_view prefix, Version after,
                                                      Version to) const {
    std::shared_lock lock(mutex_);
    if (!recent_.Covers(after)) return std::nullopt;
    return recent_.Keys(prefix, after, to);
  }

  Version Hold() {
    std::unique_lock lock(mutex_);
    held_.insert(version_);
    return version_;
  }
  void Release(Version version) {
    std::unique_lock lock(mutex_);
    held_.erase(held_.find(version));
  }

 private:
  static Row RowAt(const std::vector<State>& states, Version at) {
    for (auto state = states.rbegin(); state != states.rend(); ++state)
      if (state->version <= at) return state->value ? Row{*state->value, state->version} : Row{};
    return {};
  }

  std::vector<std::string> Conflicts(const Commit& commit) const {
    std::vector<std::string> conflicts;
    for (const auto* preconditions : {&commit.preconditions, &commit.assumptions})
      for (const Precondition& precondition : *preconditions) {
        const auto found = states_.find(precondition.key);
        const Version now = found == states_.end() ? 0 : RowAt(found->second, version_).version;
        if (now != precondition.expected) conflicts.push_back(precondition.key);
      }
    for (const RangePrecondition& range : commit.ranges)
      if (const auto key = ChangeIn(range, commit.read_at)) conflicts.push_back(*key);
    return conflicts;
  }

  // A row that was written since has a newer version, and one that is gone is missing from the count.
  std::optional<std::string> ChangeIn(const RangePrecondition& range, Version since) const {
    uint64_t rows = 0;
    for (auto state = states_.lower_bound(range.from);
         state != states_.end() && (range.to.empty() || state->first < range.to); ++state) {
      const Row row = RowAt(state->second, version_);
      if (!row.present()) continue;
      if (row.version > since) return state->first;
      ++rows;
    }
    return rows == range.rows ? std::nullopt : std::optional(range.from);
  }

  Version oldest_held() const { return held_.empty() ? version_ : *held_.begin(); }

  void Write(const std::string& key, std::optional<std::string> value) {
    std::vector<State>& states = states_[key];
    const Version oldest = oldest_held();
    // Readers at `oldest` or later need the newest state at that version, and all later ones.
    while (states.size() > 1 && states[1].version <= oldest) states.erase(states.begin());
    if (states.size() == 1 && held_.empty()) states.clear();
    states.push_back({version_, std::move(value)});
  }

  void DropOldDeletions() {
    while (!deleted_.empty() && deleted_.front().first <= oldest_held()) {
      const auto row = states_.find(deleted_.front().second);
      if (row != states_.end() && !row->second.back().value && row->second.back().version <= oldest_held())
        states_.erase(row);
      deleted_.pop_front();
    }
  }

  mutable std::shared_mutex mutex_;
  std::map<std::string, std::vector<State>, std::less<>> states_;  // by version
  Version version_ = 0;
  RecentWrites recent_{0, size_t{4} << 20};
  std::multiset<Version> held_;  // of the snapshots
  std::deque<std::pair<Version, std::string>> deleted_;
};

class MemorySnapshot final : public Reader {
 public:
  explicit MemorySnapshot(std::shared_ptr<Rows> rows) : rows_(std::move(rows)), version_(rows_->Hold()) {}
  ~MemorySnapshot() override { rows_->Release(version_); }
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;

  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return rows_->Read(keys, version_);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return rows_->ReadRange(prefix, from, limit, version_);
  }
  Version version() const override { return version_; }

 private:
  const std::shared_ptr<Rows> rows_;
  const Version version_;
};

class MemoryStore final : public Store {
 public:
  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return rows_->Read(keys, kNewest);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return rows_->ReadRange(prefix, from, limit, kNewest);
  }
  Version version() const override { return rows_->version(); }
  absl::StatusOr<CommitResult> Apply(const Commit& commit) override {
    const CommitTurns::Pass pass(turns_, commit.turn);
    return rows_->Apply(commit);
  }
  std::unique_ptr<ExclusiveTurn> TakeTurn() override { return turns_.Take(); }
  std::unique_ptr<Reader> Snapshot() const override { return std::make_unique<MemorySnapshot>(rows_); }
  std::optional<std::vector<std::string>> ChangedKeys(std::string_view prefix, Version after,
                                                      Version to) const override {
    return rows_->ChangedKeys(prefix, after, to);
  }
  uint64_t DiskBytes() const override { return 0; }

 private:
  static constexpr Version kNewest = ~Version{0};
  const std::shared_ptr<Rows> rows_ = std::make_shared<Rows>();
  CommitTurns turns_;
};

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace relief::storage
