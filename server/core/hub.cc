#include "server/core/hub.h"

#include <algorithm>
#include <chrono>

#include "server/audit/audit_chain.h"
#include "server/base/log.h"
#include "server/base/stored_row.h"
#include "server/core/schema.h"
#include "server/findings/finding_update.h"
#include "server/findings/holders.h"
#include "server/findings/judging.h"
#include "server/records/identity_mapping.h"
#include "server/referrals/referral_clock.h"
#include "server/referrals/settings.h"
#include "server/review/work_items.h"
#include "storage/transaction_reader.h"

namespace relief::server::core {
namespace {

constexpr size_t kSweepPage = 500;  // persons judged in one commit of a sweep
constexpr int kCommitTries = 5;
constexpr auto kDayCheck = std::chrono::seconds(20);

}  // namespace

int64_t SystemClock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

absl::Status WriteContext::ApplyIdentities(std::span<const matcher::Change> changes) {
  return Follow(resolver.Apply(txn, changes));
}

absl::Status WriteContext::Constrain(matcher::RecordKey a, matcher::RecordKey b,
                                     std::optional<matcher::Verdict> verdict) {
  return Follow(resolver.Constrain(txn, a, b, verdict));
}

absl::Status WriteContext::Follow(absl::StatusOr<matcher::ResolveDelta> delta) {
  if (!delta.ok()) return delta.status();
  for (const auto& [person, members] : delta->persons) touched_.insert(person);
  touched_records_.insert(delta->reblocked.begin(), delta->reblocked.end());
  for (const auto& [a, b] : delta->conflicts_changed) touched_records_.insert({a, b});
  conflicts_changed_.insert(delta->conflicts_changed.begin(), delta->conflicts_changed.end());
  if (remember_)
    if (absl::Status status = RememberPast(*delta); !status.ok()) return status;
  counters_.set_persons(counters_.persons() + delta->persons_added);
  counters_.set_open_conflicts(counters_.open_conflicts() + delta->conflicts_added);
  return absl::OkStatus();
}

absl::Status WriteContext::TouchHousehold(const std::string& household) {
  auto records = matcher::RecordsOfHouseholds(storage::TransactionReader(txn), {&household, 1});
  if (!records.ok()) return records.status();
  touched_records_.insert(records->front().begin(), records->front().end());
  return absl::OkStatus();
}

// For "as known on that day". Of several changes in one commit the first one knows what was before it.
absl::Status WriteContext::RememberPast(const matcher::ResolveDelta& delta) {
  for (const auto& [person, members] : delta.members_before) {
    const std::string key = schema::PersonPastRow(person, now_us);
    auto existing = txn.Get(key);
    if (!existing.ok()) return existing.status();
    if (*existing) continue;
    stored::PersonPast past;
    for (const matcher::RecordKey& record : members) past.mutable_records()->append(record.view());
    txn.Put(key, past.SerializeAsString());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::set<matcher::PersonId>> WriteContext::Touched() const {
  std::set<matcher::PersonId> persons = touched_;
  const std::vector<matcher::RecordKey> records(touched_records_.begin(), touched_records_.end());
  auto of_records = matcher::PersonsOfRecords(storage::TransactionReader(txn), records);
  if (!of_records.ok()) return of_records.status();
  for (const std::optional<matcher::PersonId>& person : *of_records)
    if (person) persons.insert(*person);
  return persons;
}

Hub::Hub(Options options, std::unique_ptr<storage::Store> store, std::shared_ptr<const matcher::Model> model,
         std::shared_ptr<const coverage::RuleSet> rules)
    : options_(std::move(options)),
      store_(std::move(store)),
      resolver_(model, options_.remembered_records),
      foresight_(std::move(model)),
      rules_(std::move(rules)) {}

absl::StatusOr<std::unique_ptr<Hub>> Hub::Open(Options options, std::unique_ptr<storage::Store> store,
                                               std::shared_ptr<const matcher::Model> model,
                                               std::shared_ptr<const coverage::RuleSet> rules) {
  std::unique_ptr<Hub> hub(new Hub(std::move(options), std::move(store), std::move(model), std::move(rules)));
  hub->as_of_ = hub->Today();
  hub->position_ = static_cast<int64_t>(hub->store_->version());
  if (absl::Status status = hub->PrepareStore(); !status.ok()) return status;
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

int64_t Hub::position() const {
  std::lock_guard lock(mutex_);
  return position_;
}

size_t Hub::queued() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

matcher::CivilDate Hub::Today() const {
  if (options_.as_of) return *options_.as_of;
  constexpr int64_t kUtc8 = int64_t{8} * 3600 * 1'000'000, kDay = int64_t{24} * 3600 * 1'000'000;
  return matcher::CivilDate::FromDays(static_cast<int32_t>((options_.clock() + kUtc8) / kDay));
}

absl::Status Hub::Foresee(const Work& work, const std::function<absl::Status(storage::Transaction&)>& look) {
  storage::Transaction txn(store_->Snapshot());
  auto counters = GetMessage<stored::Counters>(txn, schema::kCountersRow);
  if (!counters.ok()) return counters.status();
  WriteContext context(txn, options_.clock(), as_of(), foresight_);
  context.counters_ = counters->value_or(stored::Counters());
  if (absl::Status status = work(context); !status.ok()) return status;
  RuleChange change;
  if (absl::Status status = FinishGroup(context, &change); !status.ok()) return status;
  return look(txn);
}

std::future<absl::StatusOr<int64_t>> Hub::Submit(Work work, size_t weight) {
  Item item{std::move(work), weight, {}};
  auto done = item.done.get_future();
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return queue_.size() < options_.queue_limit || stopping_; });
    if (stopping_) {
      item.done.set_value(absl::UnavailableError("the hub is shutting down"));
      return done;
    }
    queue_.push_back(std::move(item));
  }
  queue_changed_.notify_one();
  return done;
}

absl::StatusOr<int64_t> Hub::Write(Work work, size_t weight) { return Submit(std::move(work), weight).get(); }

absl::StatusOr<Hub::RuleChange> Hub::ReplaceRules(std::shared_ptr<const coverage::RuleSet> rules) {
  std::promise<absl::StatusOr<RuleChange>> promise;
  auto done = promise.get_future();
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::UnavailableError("the hub is shutting down");
    rules_ = std::move(rules);
    auto sweep = std::make_unique<Sweep>();
    if (sweep_) sweep->waiting = std::move(sweep_->waiting);
    sweep->waiting.push_back(std::move(promise));
    sweep_ = std::move(sweep);
  }
  queue_changed_.notify_one();
  return done.get();
}

int64_t Hub::WaitForCommit(int64_t seen, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  committed_.wait_for(lock, timeout, [&] { return position_ > seen || stopping_; });
  return position_;
}

void Hub::WriterLoop() {
  while (true) {
    std::vector<Item> items;
    std::unique_ptr<Sweep> sweep;
    {
      std::unique_lock lock(mutex_);
      queue_changed_.wait_for(lock, kDayCheck, [&] { return !queue_.empty() || stopping_ || sweep_; });
      size_t weight = 0;
      while (!queue_.empty() && (items.empty() || weight + queue_.front().weight <= options_.group_records)) {
        weight += queue_.front().weight;
        items.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      if (stopping_ && items.empty()) break;
      if (const matcher::CivilDate today = Today(); today != as_of_) {
        auto fresh = std::make_unique<Sweep>();
        fresh->due_only = as_of_ < today && (!sweep_ || sweep_->due_only);
        as_of_ = today;
        if (sweep_) fresh->waiting = std::move(sweep_->waiting);
        sweep_ = std::move(fresh);
      }
      sweep = std::move(sweep_);
    }
    room_.notify_all();
    if (!items.empty()) RunGroup(items);
    if (!sweep) continue;
    auto last = SweepPage(*sweep);
    if (last.ok() && !*last) {
      std::lock_guard lock(mutex_);
      if (sweep_) {
        // A newer sweep was asked for meanwhile: it does this one's work too.
        for (auto& waiting : sweep->waiting) sweep_->waiting.push_back(std::move(waiting));
      } else {
        sweep_ = std::move(sweep);
      }
      continue;
    }
    for (auto& waiting : sweep->waiting) {
      if (last.ok()) {
        waiting.set_value(sweep->change);
      } else {
        waiting.set_value(last.status());
      }
    }
  }
  std::lock_guard lock(mutex_);
  if (sweep_)
    for (auto& waiting : sweep_->waiting)
      waiting.set_value(
          absl::UnavailableError("the hub is shutting down; the rules are judged at the next start"));
}

void Hub::RunGroup(std::vector<Item>& items) {
  std::vector<Work*> works;
  works.reserve(items.size());
  for (Item& item : items) works.push_back(&item.work);
  std::vector<absl::Status> outcomes;
  RuleChange change;
  const absl::StatusOr<int64_t> position = CommitTogether(works, outcomes, &change);
  if (absl::IsResourceExhausted(position.status()) && items.size() > 1) {
    // Nothing was written. What the disk has no room for must not take the others with it: below the
    // watermark a read still leaves its few rows in the audit chain.
    for (Item& item : items) {
      std::vector<Item> alone;
      alone.push_back(std::move(item));
      RunGroup(alone);
    }
    return;
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

absl::StatusOr<int64_t> Hub::CommitTogether(std::span<Work* const> works, std::vector<absl::Status>& outcomes,
                                            RuleChange* change) {
  for (int attempt = 1;; ++attempt) {
    outcomes.assign(works.size(), absl::OkStatus());
    storage::Transaction txn(*store_);
    WriteContext context(txn, options_.clock(), as_of(), resolver_);
    auto counters = GetMessage<stored::Counters>(txn, schema::kCountersRow);
    if (!counters.ok()) return counters.status();
    context.counters_ = counters->value_or(stored::Counters());
    for (size_t i = 0; i < works.size(); ++i) {
      const size_t mark = txn.Mark();
      const size_t audit_mark = context.audit_.size();
      const stored::Counters counters_before = context.counters_;
      outcomes[i] = (*works[i])(context);
      if (outcomes[i].ok()) continue;
      txn.RollbackTo(mark);
      context.audit_.resize(audit_mark);
      context.counters_ = counters_before;
    }
    RuleChange attempt_change;
    if (absl::Status status = FinishGroup(context, &attempt_change); !status.ok()) return status;
    if (txn.empty()) return static_cast<int64_t>(store_->version());
    const auto begun = std::chrono::steady_clock::now();
    auto version = txn.Commit();
    if (absl::IsAborted(version.status()) && attempt < kCommitTries) continue;
    if (!version.ok()) return version.status();
    counts_.commits.Observe(std::chrono::steady_clock::now() - begun);
    change->opened += attempt_change.opened;
    change->closed += attempt_change.closed;
    const auto position = static_cast<int64_t>(*version);
    {
      std::lock_guard lock(mutex_);
      position_ = position;
    }
    committed_.notify_all();
    return position;
  }
}

absl::Status Hub::FinishGroup(WriteContext& context, RuleChange* change) {
  storage::Transaction& txn = context.txn;
  const auto rules = this->rules();
  auto touched = context.Touched();
  if (!touched.ok()) return touched.status();
  if (!touched->empty()) {
    auto judgement = findings::JudgePersons(storage::TransactionReader(txn), *touched, *rules, context.as_of,
                                            context.look_ahead_);
    if (!judgement.ok()) return judgement.status();
    auto updated = findings::UpdateFindings(context, *judgement, *rules);
    if (!updated.ok()) return updated.status();
    if (absl::Status status = findings::CountHolders(txn, *judgement, context.as_of); !status.ok())
      return status;
    change->opened += updated->opened;
    change->closed += updated->closed;
  }
  // Last: what is at risk in a case is what the findings say now.
  if (absl::Status status = review::UpdateWorkItems(
          txn, {options_.review_policy, resolver_.model(), context.now_us, context.as_of},
          context.conflicts_changed_, *touched);
      !status.ok())
    return status;
  if (absl::Status status = audit::AppendAudit(txn, context.now_us, context.audit_); !status.ok())
    return status;
  std::string counters = context.counters_.SerializeAsString();
  auto before = txn.Get(schema::kCountersRow);
  if (!before.ok()) return before.status();
  if (before->value_or("") != counters) txn.Put(schema::kCountersRow, std::move(counters));
  return absl::OkStatus();
}

// First every person there is, then those that are no more but still have findings to their name: in that
// order a finding that moved with its records is seen at its new person before the old one lets go of it.
absl::StatusOr<bool> Hub::SweepPage(Sweep& sweep) {
  if (sweep.due_only) return SweepDuePage(sweep);
  bool last = false;
  Work page = [&](WriteContext& context) -> absl::Status {
    last = false;
    context.look_ahead_ = true;
    const std::string_view prefix = sweep.persons_done ? schema::kPersonFindingsPrefix : std::string_view();
    std::vector<matcher::PersonId> persons;
    if (!sweep.persons_done) {
      auto listed = matcher::ListPersons(*store_, sweep.after, kSweepPage);
      if (!listed.ok()) return listed.status();
      persons = *std::move(listed);
    } else {
      const std::string from =
          sweep.after ? schema::PersonFindingsRow(*sweep.after) + std::string(1, '\0') : std::string();
      auto rows = store_->Scan(prefix, from, kSweepPage);
      if (!rows.ok()) return rows.status();
      for (const storage::KeyRow& row : *rows)
        persons.push_back({matcher::RecordKey::FromBytes(row.key.data() + prefix.size())});
    }
    for (const matcher::PersonId& person : persons) context.Touch(person);
    sweep.page_end = persons.empty() ? std::nullopt : std::optional(persons.back());
    if (!persons.empty() || !sweep.persons_done) return absl::OkStatus();
    return EndSweep(context, &last);
  };
  Work* works[] = {&page};
  std::vector<absl::Status> outcomes;
  auto position = CommitTogether(works, outcomes, &sweep.change);
  if (!position.ok()) return position.status();
  if (!outcomes[0].ok()) return outcomes[0];
  sweep.after = sweep.page_end;
  if (!sweep.page_end) sweep.persons_done = true;
  return last;
}

// Those whose timer is due, page by page; being judged gives them another timer, so that a page is never seen
// twice.
absl::StatusOr<bool> Hub::SweepDuePage(Sweep& sweep) {
  bool last = false;
  Work page = [&](WriteContext& context) -> absl::Status {
    context.look_ahead_ = true;
    auto rows = store_->Scan(schema::kTimerPrefix, "", kSweepPage);
    if (!rows.ok()) return rows.status();
    size_t due = 0;
    for (const storage::KeyRow& row : *rows) {
      const auto timer = schema::DecodeTimer(row.key);
      if (!timer) return absl::DataLossError("a row of the hub is damaged");
      if (timer->day > context.as_of.days()) break;
      ++due;
      context.Touch(timer->person);
      context.txn.Delete(row.key);
    }
    return due == kSweepPage ? absl::OkStatus() : EndSweep(context, &last);
  };
  Work* works[] = {&page};
  std::vector<absl::Status> outcomes;
  auto position = CommitTogether(works, outcomes, &sweep.change);
  if (!position.ok()) return position.status();
  if (!outcomes[0].ok()) return outcomes[0];
  return last;
}

// After the persons: what time does to referrals, page by page, and then the basis.
absl::Status Hub::EndSweep(WriteContext& context, bool* last) const {
  auto treated = referrals::PassReferralTime(context, referrals::ReferralSettingsOf(options_), kSweepPage);
  if (!treated.ok()) return treated.status();
  *last = *treated < kSweepPage;
  return *last ? WriteBasis(context) : absl::OkStatus();
}

absl::Status Hub::WriteBasis(WriteContext& context) const {
  stored::Basis basis;
  basis.set_format(schema::kFormat);
  basis.set_model_version(resolver_.model().version());
  basis.set_rules_fingerprint(rules()->fingerprint());
  *basis.mutable_as_of_date() = records::ToProto(context.as_of);
  context.txn.Put(schema::kBasisRow, basis.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace relief::server::core
