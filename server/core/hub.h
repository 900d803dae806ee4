// The hub's core: one writer through which every change goes, so that records, persons, findings, notices and
// audit entries change together, in one commit, or not at all. It knows nothing of gRPC, and no feature: what
// follows a change is registered with it (server/core/features.h).
//
// Work is handed to the writer as a function over a transaction. The writer runs many pieces as one group, runs
// the steps that follow, and commits once; each caller gets its answer after its effects are on disk. Reads go to
// the store directly and see whole commits.
//
// All functions may be called from any thread, unless they say otherwise. There are two lanes: batches of feeds,
// whose queue is bounded (Submit waits while it is full), and small work, which goes before them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/resolve/resolver.h"
#include "server/base/now.h"
#include "server/core/features.h"
#include "server/core/hub_counts.h"
#include "server/core/write_context.h"
#include "server/coverage/coverage.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::core {

class Hub {
 public:
  struct Options {
    std::optional<matcher::CivilDate> as_of;  // fixed day to judge for; none: today by the clock, in UTC+8
    NowFn clock = SystemNow;
    size_t queue_limit = 64;           // batches waiting
    size_t group_records = 2000;       // no batch is added to a group beyond this weight
    size_t remembered_records = 2000;  // matcher::Resolver
    bool may_upgrade = true;           // rewrite derived rows of an older format
    std::chrono::milliseconds sweep_retry = std::chrono::seconds(1);  // after the first failure; then doubled
    Features features;
  };

  // Where the model, the rules or the format differ from those the store was written with, derives persons
  // and findings again from the records before it returns. FAILED_PRECONDITION: the store's format is newer
  // than this program.
  static absl::StatusOr<std::unique_ptr<Hub>> Open(Options options, std::unique_ptr<storage::Store> store,
                                                   std::shared_ptr<const matcher::Model> model,
                                                   std::shared_ptr<const coverage::RuleSet> rules);
  ~Hub();  // drains the queue

  // Small work: a look, a click, a decision. Goes before batches that wait, and never waits for room. Returns
  // once it is durable, with the position (version) of its commit. RESOURCE_EXHAUSTED: too much small work waits.
  absl::StatusOr<int64_t> Write(Work work);
  // The same without waiting for the commit. UNAVAILABLE from the future once the hub shuts down.
  std::future<absl::StatusOr<int64_t>> Post(Work work);

  // A batch of a feed, of `weight` records. Waits while the queue is full. UNAVAILABLE from the future once the
  // hub shuts down.
  std::future<absl::StatusOr<int64_t>> Submit(Work work, size_t weight);

  // What `work` would do, with all that follows from it: done in a transaction that `look` sees and that is
  // thrown away. On the caller's thread, over one snapshot; the writer does not wait.
  absl::Status DryRun(const Work& work, const std::function<absl::Status(storage::Transaction&)>& look);

  // Judges everybody by other rules, in steps between other work; returns how many findings that opened and
  // closed. An error: a step failed. The rules are in force all the same, and the judging is tried again.
  absl::StatusOr<FindingChange> ReplaceRules(std::shared_ptr<const coverage::RuleSet> rules);

  // Stops taking work, finishes what was taken, closes the writer. Called by the destructor too.
  void Shutdown();

  // Gives back memory that only saves time.
  void ReleaseMemory() const { resolver_.Forget(); }

  const storage::Store& store() const { return *store_; }
  // nullptr: the store has nothing to maintain (it is kept in memory).
  storage::Maintenance* maintenance() { return store_->maintenance(); }
  const matcher::Model& model() const { return resolver_.model(); }
  std::shared_ptr<const coverage::RuleSet> rules() const;
  const Features& features() const { return options_.features; }
  int64_t Now() const { return options_.clock(); }

  // The day that changes are judged for.
  matcher::CivilDate as_of() const;
  // The day that everybody was judged for: behind as_of() until the work of a new day is done.
  matcher::CivilDate judged_for() const;
  int64_t position() const;  // of the last commit
  size_t queued() const;     // pieces of work that wait for the writer
  size_t queue_limit() const { return options_.queue_limit; }
  HubCounts& counts() const { return counts_; }

  // Waits until nobody is left to be judged again because of what changed for everybody (the day, the rules, what feeds can say),
  // or the time is over. False: it is.
  bool WaitUntilJudged(std::chrono::milliseconds timeout) const;

  // Waits until the store's version is beyond `seen`, the deadline passes, or the hub shuts down; returns the
  // version.
  int64_t WaitForCommit(int64_t seen, std::chrono::milliseconds timeout) const;

 private:
  struct Item {
    Work work;
    size_t weight = 1;
    bool small = false;
    std::promise<absl::StatusOr<int64_t>> done;
  };
  // Judging again, a page of persons at a time: everybody, or only those whose timer is due.
  struct Sweep {
    bool due_only = false;
    bool persons_done = false;
    std::optional<matcher::PersonId> after, page_end;
    FindingChange change;
    std::vector<std::promise<absl::StatusOr<FindingChange>>> waiting;
    int failures = 0;  // in a row
    std::chrono::steady_clock::time_point not_before;
  };

  Hub(Options options, std::unique_ptr<storage::Store> store, std::shared_ptr<const matcher::Model> model,
      std::shared_ptr<const coverage::RuleSet> rules);

  // hub_opening.cc
  absl::Status PrepareStore();
  absl::Status RebuildIndex();
  absl::Status RebuildRecords();
  absl::Status RememberAllPersons();

  // hub_sweep.cc. The pages return true when they were the last.
  absl::StatusOr<bool> SweepPage(Sweep& sweep);
  absl::StatusOr<bool> SweepEverybodyPage(Sweep& sweep);
  absl::StatusOr<bool> SweepDuePage(Sweep& sweep);
  absl::Status EndSweep(WriteContext& context, bool* last) const;
  absl::Status WriteBasis(WriteContext& context) const;
  void StartDay();            // Requires: mutex_ is held.
  void SweepEverybodySoon();  // Requires: mutex_ is held.
  void RunSweep(std::unique_ptr<Sweep> sweep);

  // hub.cc
  matcher::CivilDate Today() const;
  void WriterLoop();
  std::vector<Item> TakeGroup();  // Requires: mutex_ is held.
  void RunGroup(std::vector<Item> items);
  bool SmallWorkWaits() const;
  int64_t CommitTime(storage::Transaction& txn) const;
  // One transaction: the works, then what follows from them. Fills an outcome for each work that it did, and does
  // fewer than all where small work comes in between: outcomes.size() tells. Fails as a whole if the commit does.
  absl::StatusOr<int64_t> CommitTogether(std::span<Item> items, std::vector<absl::Status>& outcomes,
                                         FindingChange* change, bool look_ahead = false);
  absl::StatusOr<int64_t> CommitOne(Work work, FindingChange* change, bool look_ahead);

  const Options options_;
  const std::unique_ptr<storage::Store> store_;
  const matcher::Resolver resolver_;          // the writer's
  const matcher::Resolver dry_run_resolver_;  // remembers nothing, so that any thread may use it

  mutable HubCounts counts_;
  mutable std::mutex mutex_;
  mutable std::condition_variable queue_changed_, room_, committed_;
  std::deque<Item> small_, batches_;
  bool stopping_ = false;
  int64_t position_ = 0;
  std::shared_ptr<const coverage::RuleSet> rules_;
  matcher::CivilDate as_of_, judged_for_;
  std::unique_ptr<Sweep> sweep_;
  bool sweeping_ = false;  // a page of a sweep is being done
  std::thread writer_;
};

}  // namespace relief::server::core
