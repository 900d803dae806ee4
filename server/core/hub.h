// The hub's core: one writer through which every change goes, so that records, persons, findings, notices and
// audit entries change together, in one commit, or not at all. Knows nothing of gRPC.
//
// Work is handed to the writer as a function over a transaction. The writer runs many of them as one group,
// judges the persons that they touched, fills the outboxes, and commits once; each caller gets its answer
// after its effects are on disk. Reads go to the store directly and see whole commits.
//
// Write and Submit may be called from any thread. The queue is bounded: Submit blocks while it is full.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/resolve/resolver.h"
#include "server/core/hub_counts.h"
#include "server/core/stored.pb.h"
#include "server/coverage/coverage.h"
#include "server/review/review_policy.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::referrals {
struct ReferralSettings;
}  // namespace relief::server::referrals

namespace relief::server::core {

// Microseconds since 1970 (UTC). Handed in, so that tests own the clock.
using Clock = std::function<int64_t()>;
int64_t SystemClock();

struct AuditEvent {
  std::string actor;
  std::string action;
  std::string subject;
  std::string purpose;
  std::string case_number;
  std::string detail;
};

// What one piece of work may do. Valid during the call only.
class WriteContext {
 public:
  storage::Transaction& txn;
  const int64_t now_us;
  const matcher::CivilDate as_of;
  const matcher::Resolver& resolver;

  // Matcher changes; the persons that they touch are judged at the end of the group.
  absl::Status ApplyIdentities(std::span<const matcher::Change> changes);
  // An officer's constraint.
  absl::Status Constrain(matcher::RecordKey a, matcher::RecordKey b, std::optional<matcher::Verdict> verdict);
  // Judge this person at the end of the group.
  void Touch(matcher::PersonId person) { touched_.insert(person); }
  // The same for the person of a record, after its identity was applied.
  void TouchPersonOf(matcher::RecordKey key) { touched_records_.insert(key); }
  // The same for everybody whom a source counts into this household (Identity::household) when it is called.
  absl::Status TouchHousehold(const std::string& household);
  // Adds to the number of live records.
  void CountLiveRecords(int64_t difference) {
    counters_.set_live_records(counters_.live_records() + difference);
  }
  // Adds to the number of open findings: for decisions; what the rules open and close is counted by itself.
  void CountOpenFindings(int64_t difference) {
    counters_.set_open_findings(counters_.open_findings() + difference);
  }
  // One entry of the audit chain, in the same commit.
  void Audit(AuditEvent event) { audit_.push_back(std::move(event)); }

 private:
  friend class Hub;
  WriteContext(storage::Transaction& txn, int64_t now_us, matcher::CivilDate as_of,
               const matcher::Resolver& resolver)
      : txn(txn), now_us(now_us), as_of(as_of), resolver(resolver) {}

  absl::Status Follow(absl::StatusOr<matcher::ResolveDelta> delta);

  absl::Status RememberPast(const matcher::ResolveDelta& delta);
  // Touched persons, those of touched records included.
  absl::StatusOr<std::set<matcher::PersonId>> Touched() const;

  std::set<matcher::PersonId> touched_;
  std::set<matcher::RecordKey> touched_records_;
  std::set<std::pair<matcher::RecordKey, matcher::RecordKey>> conflicts_changed_;
  bool remember_ = true;     // persons' members before a change, for "as known on that day"
  bool look_ahead_ = false;  // work out when to judge the touched persons again
  stored::Counters counters_;
  std::vector<AuditEvent> audit_;
};

// Returns an error to refuse: everything that this work wrote is taken back, the group goes on without it.
// May be run again from the beginning if the commit meets a conflict, so what it captures by reference must
// bear that.
using Work = std::function<absl::Status(WriteContext&)>;

class Hub {
 public:
  struct Options {
    std::optional<matcher::CivilDate> as_of;  // fixed day to judge for; none: today by the clock, in UTC+8
    Clock clock = SystemClock;
    size_t queue_limit = 64;           // pieces of work waiting
    size_t group_records = 2000;       // stop adding work to a group beyond this weight
    size_t remembered_records = 2000;  // matcher::Resolver
    bool may_upgrade = true;           // rewrite derived rows of an older format
    bool auto_register_sources = false;
    int snapshot_shrink_limit_percent = 20;  // a snapshot that would end more of a source is held
    // Asked before a batch is taken: RESOURCE_EXHAUSTED refuses it. Nothing: every batch is taken.
    std::function<absl::Status()> admit;
    int64_t notice_retention = 10'000;  // notices kept behind the acknowledged one, for each subscription
    v1::ReviewPolicy review_policy = review::DefaultReviewPolicy();
    std::shared_ptr<const referrals::ReferralSettings>
        referrals;  // none: the defaults of server/referrals/settings.h
  };

  // Where the model, the rules or the format differ from those the store was written with, derives persons
  // and findings again from the records before it returns. FAILED_PRECONDITION: the store's format is newer
  // than this program.
  static absl::StatusOr<std::unique_ptr<Hub>> Open(Options options, std::unique_ptr<storage::Store> store,
                                                   std::shared_ptr<const matcher::Model> model,
                                                   std::shared_ptr<const coverage::RuleSet> rules);
  ~Hub();  // drains the queue

  // Runs `work` and waits until it is durable. Returns the position (version) of its commit.
  absl::StatusOr<int64_t> Write(Work work, size_t weight = 1);
  // What `work` would do, with all that follows from it: done in a transaction that `look` sees and that is
  // thrown away. On the caller's thread, over one snapshot; the writer does not wait.
  absl::Status Foresee(const Work& work, const std::function<absl::Status(storage::Transaction&)>& look);
  // The same without waiting. UNAVAILABLE from the future once the hub shuts down.
  std::future<absl::StatusOr<int64_t>> Submit(Work work, size_t weight = 1);

  // Judges everybody by other rules, in steps between other work; returns how many findings that opened and
  // closed.
  struct RuleChange {
    int64_t opened = 0, closed = 0;
  };
  absl::StatusOr<RuleChange> ReplaceRules(std::shared_ptr<const coverage::RuleSet> rules);

  // Stops taking work, finishes what was taken, closes the writer. Called by the destructor too.
  void Shutdown();

  // Gives back memory that only saves time.
  void ReleaseMemory() const { resolver_.Forget(); }

  const storage::Store& store() const { return *store_; }
  // nullptr: the store is kept in memory.
  storage::Maintenance* maintenance() { return store_->maintenance(); }
  const matcher::Model& model() const { return resolver_.model(); }
  std::shared_ptr<const coverage::RuleSet> rules() const;
  matcher::CivilDate as_of() const;
  int64_t position() const;  // of the last commit
  size_t queued() const;     // pieces of work that wait for the writer
  HubCounts& counts() const { return counts_; }
  const Options& options() const { return options_; }

  // Waits until the store's version is beyond `seen`, the deadline passes, or the hub shuts down; returns the
  // version.
  int64_t WaitForCommit(int64_t seen, std::chrono::milliseconds timeout) const;

 private:
  struct Item {
    Work work;
    size_t weight = 1;
    std::promise<absl::StatusOr<int64_t>> done;
  };
  // Judging everybody again, a page of persons at a time.
  // Judges again: everybody, or only those whose timer is due.
  struct Sweep {
    bool due_only = false;
    bool persons_done = false;
    std::optional<matcher::PersonId> after, page_end;
    RuleChange change;
    std::vector<std::promise<absl::StatusOr<RuleChange>>> waiting;
  };

  Hub(Options options, std::unique_ptr<storage::Store> store, std::shared_ptr<const matcher::Model> model,
      std::shared_ptr<const coverage::RuleSet> rules);

  absl::StatusOr<bool> SweepDuePage(Sweep& sweep);
  absl::Status EndSweep(WriteContext& context, bool* last) const;
  absl::Status WriteBasis(WriteContext& context) const;
  absl::Status PrepareStore();
  absl::Status RebuildIndex();
  absl::Status RememberAllPersons();
  matcher::CivilDate Today() const;
  void WriterLoop();
  void RunGroup(std::vector<Item>& items);
  // One transaction: the works, then what follows from them. Fills an outcome for each work; fails as a whole
  // if the commit does.
  absl::StatusOr<int64_t> CommitTogether(std::span<Work* const> works, std::vector<absl::Status>& outcomes,
                                         RuleChange* change);
  // Judges the touched persons, fills the outboxes, chains the audit entries, stores the counters.
  absl::Status FinishGroup(WriteContext& context, RuleChange* change);
  absl::StatusOr<bool> SweepPage(Sweep& sweep);  // true when it was the last

  const Options options_;
  const std::unique_ptr<storage::Store> store_;
  const matcher::Resolver resolver_;   // the writer's
  const matcher::Resolver foresight_;  // of whoever asks what would be: remembers nothing

  mutable HubCounts counts_;
  mutable std::mutex mutex_;
  mutable std::condition_variable queue_changed_, room_, committed_;
  std::deque<Item> queue_;
  bool stopping_ = false;
  int64_t position_ = 0;
  std::shared_ptr<const coverage::RuleSet> rules_;
  matcher::CivilDate as_of_;
  std::unique_ptr<Sweep> sweep_;
  std::thread writer_;
};

}  // namespace relief::server::core
