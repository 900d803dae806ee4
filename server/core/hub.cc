#include "server/core/hub.h"

#include <algorithm>
#include <iterator>

#include "server/base/stored_row.h"
#include "server/base/time.h"
#include "server/core/schema.h"
#include "storage/run_transaction.h"
#include "storage/status_macros.h"

namespace relief::server::core {
namespace {

// A group that conflicts so often is split; one piece of work alone takes an exclusive turn in the end.
constexpr storage::Tries kTogether{3, 3}, kAlone{};
constexpr auto kDayCheck = std::chrono::seconds(20);
constexpr size_t kSmallLimit = 10'000;  // pieces of small work waiting
constexpr std::string_view kShuttingDown = "the hub is shutting down";

absl::Status ShuttingDown() { return absl::UnavailableError(std::string(kShuttingDown)); }

}  // namespace

Hub::Hub(Options options, std::unique_ptr<storage::Store> store, std::shared_ptr<const matcher::Model> model,
         std::shared_ptr<const coverage::RuleSet> rules)
    : options_(std::move(options)),
      store_(std::move(store)),
      resolver_(model, options_.remembered_records),
      dry_run_resolver_(std::move(model)),
      rules_(std::move(rules)) {}

absl::StatusOr<std::unique_ptr<Hub>> Hub::Open(Options options, std::unique_ptr<storage::Store> store,
                                               std::shared_ptr<const matcher::Model> model,
                                               std::shared_ptr<const coverage::RuleSet> rules) {
  std::unique_ptr<Hub> hub(new Hub(std::move(options), std::move(store), std::move(model), std::move(rules)));
  hub->as_of_ = hub->Today();
  hub->position_ = static_cast<int64_t>(hub->store_->version());
  RELIEF_RETURN_IF_ERROR(hub->PrepareStore());
  hub->judged_for_ = hub->as_of_;
  hub->writer_ = std::thread([raw = hub.get()] { raw->WriterLoop(); });
  return hub;
}

Hub::~Hub() { Shutdown(); }

void Hub::Shutdown() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  room_.notify_all();
  committed_.notify_all();
  if (writer_.joinable()) writer_.join();
}

std::shared_ptr<const coverage::RuleSet> Hub::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

matcher::CivilDate Hub::as_of() const {
  std::lock_guard lock(mutex_);
  return as_of_;
}

matcher::CivilDate Hub::judged_for() const {
  std::lock_guard lock(mutex_);
  return judged_for_;
}

int64_t Hub::position() const {
  std::lock_guard lock(mutex_);
  return position_;
}

size_t Hub::queued() const {
  std::lock_guard lock(mutex_);
  return small_.size() + batches_.size();
}

matcher::CivilDate Hub::Today() const {
  if (options_.as_of) return *options_.as_of;
  return matcher::CivilDate::FromDays(DayInChina(options_.clock()));
}

absl::Status Hub::DryRun(const Work& work, const std::function<absl::Status(storage::Transaction&)>& look) {
  storage::Transaction txn(store_->Snapshot());
  const auto rules = this->rules();
  WriteContext context(txn, CommitTime(txn), as_of(), dry_run_resolver_, options_.features, *rules);
  RELIEF_RETURN_IF_ERROR(context.Begin());
  RELIEF_RETURN_IF_ERROR(work(context));
  RELIEF_RETURN_IF_ERROR(context.Finish());
  return look(txn);
}

std::future<absl::StatusOr<int64_t>> Hub::Submit(Work work, size_t weight) {
  Item item{std::move(work), weight, false, {}};
  auto done = item.done.get_future();
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return batches_.size() < options_.queue_limit || stopping_; });
    if (stopping_) {
      item.done.set_value(ShuttingDown());
      return done;
    }
    batches_.push_back(std::move(item));
  }
  queue_changed_.notify_one();
  return done;
}

std::future<absl::StatusOr<int64_t>> Hub::Post(Work work) {
  Item item{std::move(work), 1, true, {}};
  auto done = item.done.get_future();
  {
    std::lock_guard lock(mutex_);
    if (stopping_) {
      item.done.set_value(ShuttingDown());
      return done;
    }
    if (small_.size() >= kSmallLimit) {
      item.done.set_value(absl::ResourceExhaustedError("too many calls wait to be written down"));
      return done;
    }
    small_.push_back(std::move(item));
  }
  queue_changed_.notify_one();
  return done;
}

absl::StatusOr<int64_t> Hub::Write(Work work) { return Post(std::move(work)).get(); }

bool Hub::SmallWorkWaits() const {
  std::lock_guard lock(mutex_);
  return !small_.empty();
}

int64_t Hub::WaitForCommit(int64_t seen, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  committed_.wait_for(lock, timeout, [&] { return position_ > seen || stopping_; });
  return position_;
}

bool Hub::WaitUntilJudged(std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return committed_.wait_for(lock, timeout, [&] { return (!sweep_ && !sweeping_) || stopping_; });
}

void Hub::WriterLoop() {
  while (true) {
    std::vector<Item> items;
    std::unique_ptr<Sweep> sweep;
    {
      std::unique_lock lock(mutex_);
      const auto awake = [&] {
        return !small_.empty() || !batches_.empty() || stopping_ ||
               (sweep_ && sweep_->not_before <= std::chrono::steady_clock::now());
      };
      auto until = std::chrono::steady_clock::now() + kDayCheck;
      if (sweep_) until = std::min(until, sweep_->not_before);
      queue_changed_.wait_until(lock, until, awake);
      items = TakeGroup();
      if (stopping_ && items.empty()) break;
      StartDay();
      if (sweep_ && sweep_->not_before <= std::chrono::steady_clock::now()) sweep = std::move(sweep_);
      sweeping_ = sweep != nullptr;
    }
    room_.notify_all();
    if (!items.empty()) RunGroup(std::move(items));
    if (sweep) RunSweep(std::move(sweep));
    {
      std::lock_guard lock(mutex_);
      sweeping_ = false;
    }
    committed_.notify_all();
  }
  std::lock_guard lock(mutex_);
  if (sweep_)
    for (auto& waiting : sweep_->waiting)
      waiting.set_value(
          absl::UnavailableError("the hub is shutting down; the rules are judged at the next start"));
}

// Small work first, then batches up to the weight of a group: one, where small work would wait for them.
std::vector<Hub::Item> Hub::TakeGroup() {
  std::vector<Item> items;
  size_t weight = 0;
  while (!small_.empty() && items.size() < options_.group_records) {
    items.push_back(std::move(small_.front()));
    small_.pop_front();
  }
  const bool somebody_waits = !items.empty();
  while (!batches_.empty() && (items.empty() || weight + batches_.front().weight <= options_.group_records)) {
    weight += batches_.front().weight;
    items.push_back(std::move(batches_.front()));
    batches_.pop_front();
    if (somebody_waits) break;
  }
  return items;
}

void Hub::RunGroup(std::vector<Item> items) {
  std::vector<absl::Status> outcomes;
  FindingChange change;
  const absl::StatusOr<int64_t> position = CommitTogether(items, outcomes, &change);
  const bool alone_may_do =
      absl::IsResourceExhausted(position.status()) || absl::IsAborted(position.status());
  if (alone_may_do && items.size() > 1) {
    // Nothing was written. Where the disk has no room for all of it, an item alone may still find its own: below
    // the watermark a look still leaves its few rows in the audit chain. And what one item conflicts with must
    // not refuse the others.
    for (Item& item : items) {
      std::vector<Item> alone;
      alone.push_back(std::move(item));
      RunGroup(std::move(alone));
    }
    return;
  }
  if (position.ok() && outcomes.size() < items.size()) {
    std::lock_guard lock(mutex_);
    batches_.insert(batches_.begin(),
                    std::make_move_iterator(items.begin() + static_cast<ptrdiff_t>(outcomes.size())),
                    std::make_move_iterator(items.end()));
    items.erase(items.begin() + static_cast<ptrdiff_t>(outcomes.size()), items.end());
  }
  for (size_t i = 0; i < items.size(); ++i) {
    if (!position.ok()) {
      items[i].done.set_value(position.status());
    } else if (!outcomes[i].ok()) {
      items[i].done.set_value(outcomes[i]);
    } else {
      items[i].done.set_value(*position);
    }
  }
}

// The clock may go back; what was known when is asked of the times of commits, and these do not.
int64_t Hub::CommitTime(storage::Transaction& txn) const {
  const auto counters = GetMessage<stored::Counters>(txn, schema::kCountersRow);
  const int64_t last = counters.ok() && *counters ? (*counters)->last_commit_us() : 0;
  return std::max(options_.clock(), last + 1);
}

absl::StatusOr<int64_t> Hub::CommitTogether(std::span<Item> items, std::vector<absl::Status>& outcomes,
                                            FindingChange* change, bool look_ahead) {
  const auto commit = [&](storage::Transaction& txn) -> absl::StatusOr<storage::Version> {
    outcomes.clear();
    const auto rules = this->rules();
    WriteContext context(txn, CommitTime(txn), as_of(), resolver_, options_.features, *rules);
    context.look_ahead_ = look_ahead;
    RELIEF_RETURN_IF_ERROR(context.Begin());
    for (Item& item : items) {
      if (!outcomes.empty() && !item.small && SmallWorkWaits()) break;
      const WriteContext::Mark mark = context.TakeMark();
      outcomes.push_back(item.work(context));
      if (!outcomes.back().ok()) context.RollbackTo(mark);
    }
    RELIEF_RETURN_IF_ERROR(context.Finish());
    if (txn.empty()) return txn.read_at();
    const auto begun = std::chrono::steady_clock::now();
    RELIEF_ASSIGN_OR_RETURN(const storage::Version version, txn.Commit());
    counts_.commits.Observe(std::chrono::steady_clock::now() - begun);
    change->opened += context.change_.opened;
    change->closed += context.change_.closed;
    {
      std::lock_guard lock(mutex_);
      position_ = static_cast<int64_t>(version);
      if (context.judge_everybody_) SweepEverybodySoon();
    }
    committed_.notify_all();
    return version;
  };
  // Begun again where another writer came between.
  RELIEF_ASSIGN_OR_RETURN(const storage::Version version,
                          storage::RunTransaction(*store_, items.size() == 1 ? kAlone : kTogether, commit));
  return static_cast<int64_t>(version);
}

absl::StatusOr<int64_t> Hub::CommitOne(Work work, FindingChange* change, bool look_ahead) {
  Item item{std::move(work), 1, true, {}};
  std::vector<absl::Status> outcomes;
  auto position = CommitTogether({&item, 1}, outcomes, change, look_ahead);
  RELIEF_RETURN_IF_ERROR(position.status());
  RELIEF_RETURN_IF_ERROR(outcomes.front());
  return position;
}

}  // namespace relief::server::core
