// A store under a hub that lets another writer get in the way. For tests only.
#pragma once

#include <atomic>
#include <functional>

#include "tests/server/hub_fixture.h"

namespace relief::server {

class ContestedStore final : public BorrowedStore {
 public:
  using BorrowedStore::BorrowedStore;

  absl::StatusOr<storage::CommitResult> Apply(const storage::Commit& commit) override {
    if (conflicts_to_tell > 0) {
      --conflicts_to_tell;
      return storage::CommitResult{0, {"made up"}};
    }
    if (before_commit && !commit.turn && !busy_.exchange(true)) {
      before_commit(commit);
      busy_ = false;
    }
    ++commits_tried;
    auto result = BorrowedStore::Apply(commit);
    if (result.ok() && !result->committed()) ++conflicts;
    return result;
  }

  // Runs between the readings of a transaction and its commit: here another hub may write. Not under an
  // exclusive turn, which the other would wait for without end. Set while the hub is at rest.
  std::function<void(const storage::Commit&)> before_commit;
  // So many commits are told that a row has changed.
  std::atomic<int> conflicts_to_tell = 0;
  std::atomic<int> commits_tried = 0, conflicts = 0;

 private:
  std::atomic<bool> busy_ = false;
};

// Whether the commit holds only if nothing changes at this key.
inline bool IsGuarded(const storage::Commit& commit, std::string_view key) {
  for (const storage::Precondition& row : commit.preconditions)
    if (row.key == key) return true;
  for (const storage::RangePrecondition& range : commit.ranges)
    if (range.from <= key && (range.to.empty() || key < range.to)) return true;
  return false;
}

}  // namespace relief::server
