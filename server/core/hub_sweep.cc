// Judging persons again because the day or the rules changed, a page at a time between other work.
#include "server/base/log.h"
#include "server/core/hub.h"
#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::core {
namespace {

constexpr size_t kSweepPage = 500;  // persons judged in one commit
constexpr std::chrono::milliseconds kLongestRetry = std::chrono::minutes(5);
// Of several commits in a row that want everybody to be judged again, the last one's sweep is enough.
constexpr std::chrono::milliseconds kSweepPause{200};

}  // namespace

absl::StatusOr<FindingChange> Hub::ReplaceRules(std::shared_ptr<const coverage::RuleSet> rules) {
  std::promise<absl::StatusOr<FindingChange>> promise;
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

void Hub::SweepEverybodySoon() {
  auto sweep = std::make_unique<Sweep>();
  if (sweep_) sweep->waiting = std::move(sweep_->waiting);
  sweep->not_before = std::chrono::steady_clock::now() + kSweepPause;
  sweep_ = std::move(sweep);
}

void Hub::StartDay() {
  const matcher::CivilDate today = Today();
  if (today == as_of_) return;
  auto sweep = std::make_unique<Sweep>();
  sweep->due_only = as_of_ < today && (!sweep_ || sweep_->due_only);
  as_of_ = today;
  if (sweep_) sweep->waiting = std::move(sweep_->waiting);
  sweep_ = std::move(sweep);
}

// A page that failed is tried again, ever less often: until it succeeds, everybody was not judged, and
// judged_for() says so.
void Hub::RunSweep(std::unique_ptr<Sweep> sweep) {
  const auto last = SweepPage(*sweep);
  if (!last.ok()) {
    const auto wait = std::min(options_.sweep_retry * (1 << std::min(sweep->failures, 10)), kLongestRetry);
    ++sweep->failures;
    sweep->not_before = std::chrono::steady_clock::now() + wait;
    Log(LogLevel::kError, "sweep.failed",
        {{"message", std::string(last.status().message())},
         {"failures", std::to_string(sweep->failures)},
         {"again_in_ms", std::to_string(wait.count())}});
    for (auto& waiting : sweep->waiting) waiting.set_value(last.status());
    sweep->waiting.clear();
  } else {
    sweep->failures = 0;
    sweep->not_before = {};
  }
  if (last.ok() && *last) {
    {
      std::lock_guard lock(mutex_);
      judged_for_ = as_of_;
    }
    for (auto& waiting : sweep->waiting) waiting.set_value(sweep->change);
    return;
  }
  std::lock_guard lock(mutex_);
  if (!sweep_) {
    sweep_ = std::move(sweep);
  } else {
    // A newer sweep supersedes this one: hand its waiters over. What this one had left is the newer one's too.
    for (auto& waiting : sweep->waiting) sweep_->waiting.push_back(std::move(waiting));
    if (!sweep->due_only) sweep_->due_only = false;
  }
}

absl::StatusOr<bool> Hub::SweepPage(Sweep& sweep) {
  return sweep.due_only ? SweepDuePage(sweep) : SweepEverybodyPage(sweep);
}

// First every person there is, then those that are no more but still have findings to their name: in that
// order a finding that moved with its records is seen at its new person before the old one lets go of it.
absl::StatusOr<bool> Hub::SweepEverybodyPage(Sweep& sweep) {
  bool last = false;
  Work page = [&](WriteContext& context) -> absl::Status {
    last = false;
    std::vector<matcher::PersonId> persons;
    if (!sweep.persons_done) {
      RELIEF_ASSIGN_OR_RETURN(
          persons, matcher::ListPersons(storage::TransactionReader(context.txn), sweep.after, kSweepPage));
    } else {
      constexpr std::string_view kPrefix = schema::kPersonFindingsPrefix;
      const std::string from =
          sweep.after ? schema::PersonFindingsRow(*sweep.after) + std::string(1, '\0') : std::string();
      RELIEF_ASSIGN_OR_RETURN(const auto rows, context.txn.Scan(kPrefix, from, kSweepPage));
      for (const storage::KeyRow& row : rows)
        persons.push_back({matcher::RecordKey::FromBytes(row.key.data() + kPrefix.size())});
    }
    for (const matcher::PersonId& person : persons) context.MarkForReevaluation(person);
    sweep.page_end = persons.empty() ? std::nullopt : std::optional(persons.back());
    if (!persons.empty() || !sweep.persons_done) return absl::OkStatus();
    return EndSweep(context, &last);
  };
  RELIEF_RETURN_IF_ERROR(CommitOne(page, &sweep.change, true).status());
  sweep.after = sweep.page_end;
  if (!sweep.page_end) sweep.persons_done = true;
  return last;
}

// Those whose timer is due, page by page; being judged gives them another timer, so that a page is never seen
// twice.
absl::StatusOr<bool> Hub::SweepDuePage(Sweep& sweep) {
  bool last = false;
  Work page = [&](WriteContext& context) -> absl::Status {
    last = false;
    RELIEF_ASSIGN_OR_RETURN(const auto rows, context.txn.Scan(schema::kTimerPrefix, "", kSweepPage));
    size_t due = 0;
    for (const storage::KeyRow& row : rows) {
      const auto timer = schema::DecodeTimer(row.key);
      if (!timer) return absl::DataLossError("a row of the hub is damaged");
      if (timer->day > context.as_of.days()) break;
      ++due;
      context.MarkForReevaluation(timer->person);
      context.txn.Delete(row.key);
    }
    return due == kSweepPage ? absl::OkStatus() : EndSweep(context, &last);
  };
  RELIEF_RETURN_IF_ERROR(CommitOne(page, &sweep.change, true).status());
  return last;
}

// After the persons: what a new day brings to the features, page by page, and then the basis.
absl::Status Hub::EndSweep(WriteContext& context, bool* last) const {
  *last = true;
  for (const auto& step : options_.features.day_steps()) {
    RELIEF_ASSIGN_OR_RETURN(const size_t treated, step->Run(context, kSweepPage));
    if (treated == kSweepPage) *last = false;
  }
  return *last ? WriteBasis(context) : absl::OkStatus();
}

absl::Status Hub::WriteBasis(WriteContext& context) const {
  stored::Basis basis;
  basis.set_format(schema::kFormat);
  basis.set_model_version(resolver_.model().version());
  basis.set_rules_fingerprint(context.rules.fingerprint());
  *basis.mutable_as_of_date() = records::ToProto(context.as_of);
  context.txn.Put(schema::kBasisRow, basis.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace relief::server::core
