#include "server/review/jobs.h"

#include <absl/strings/escaping.h>
#include <openssl/rand.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "server/base/log.h"
#include "server/base/time.h"
#include "server/review/case_history.h"
#include "server/review/case_view.h"
#include "server/review/conflict_view.h"
#include "server/review/deciding.h"
#include "server/review/proposals.h"
#include "server/review/review_rows.h"
#include "server/review/stake.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int kSamples = 10, kMostSamples = 50;
constexpr auto kRetry = std::chrono::seconds(5);

uint64_t RandomNumber() {
  uint64_t number = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
  return number >> 11;  // exact in JSON's numbers too
}

std::string RandomToken() {
  std::string bytes(16, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return absl::BytesToHexString(bytes);
}

std::string QueryOf(const v1::ConflictFilter& filter, v1::Decision::Verdict verdict) {
  return std::to_string(verdict) + filter.SerializeAsString();
}

// Whether a verdict of DIFFERENT makes several of what is one person now.
absl::StatusOr<bool> AnySplits(const storage::Reader& reader, const std::vector<std::string>& conflict_ids) {
  for (const std::string& id : conflict_ids) {
    const auto pair = matcher::MatchConflict::Parse(id);
    if (!pair) return absl::DataLossError("a work item is damaged");
    RELIEF_ASSIGN_OR_RETURN(auto a, matcher::PersonOfRecord(reader, pair->first));
    RELIEF_ASSIGN_OR_RETURN(auto b, matcher::PersonOfRecord(reader, pair->second));
    if (a == b) return true;
  }
  return false;
}

absl::Status CheckVerdict(v1::Decision::Verdict verdict) {
  return verdict == v1::Decision::SAME || verdict == v1::Decision::DIFFERENT
             ? absl::OkStatus()
             : absl::InvalidArgumentError("verdict: SAME or DIFFERENT");
}

// Writes the job and its items; it runs at once, or waits for a second person. `stake` is that of the whole.
absl::StatusOr<v1::ReviewJob> Create(core::Hub& hub, v1::ReviewJob job,
                                     std::vector<stored::ReviewJobItem> items, v1::Proposal proposal,
                                     const Stake& stake, const Officer& officer) {
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto number, NextNumber(context.txn, &stored::ReviewCounters::jobs,
                                                    &stored::ReviewCounters::set_jobs));
    job.set_job_id(review_rows::Numbered('J', number));
    job.set_officer(officer.name);
    job.set_total(static_cast<int64_t>(items.size()));
    *job.mutable_create_time() = ToTimestamp(context.now_us);
    job.set_state(v1::ReviewJob::RUNNING);
    RELIEF_ASSIGN_OR_RETURN(auto day,
                            DayOf(storage::TransactionReader(context.txn), officer.person, context.now_us));
    if (const auto ground = NeedsSecondPerson(hub.features().Get<ReviewSettings>().policy, day, stake)) {
      job.set_state(v1::ReviewJob::PROPOSED);
      v1::Proposal asked = proposal;
      asked.set_ground(*ground);
      asked.set_job_id(job.job_id());
      asked.set_conflicts(job.total());
      RELIEF_ASSIGN_OR_RETURN(auto id, Propose(context, std::move(asked), officer));
      job.set_proposal_id(id);
    }
    stored::ReviewJob row;
    *row.mutable_job() = job;
    row.set_next_item(1);
    row.set_person(officer.person);
    *row.mutable_asked() = proposal;
    context.txn.Put(review_rows::JobRow(job.job_id()), row.SerializeAsString());
    for (size_t i = 0; i < items.size(); ++i) {
      stored::ReviewJobItem item = items[i];
      item.mutable_item()->set_number(static_cast<int64_t>(i) + 1);
      item.mutable_item()->set_result(v1::ReviewJobItem::PENDING);
      context.txn.Put(review_rows::JobItemRow(job.job_id(), item.item().number()), item.SerializeAsString());
    }
    if (!job.reverts_job_id().empty()) {
      stored::ReviewJob reverted;
      RELIEF_ASSIGN_OR_RETURN(auto value, context.txn.Get(review_rows::JobRow(job.reverts_job_id())));
      if (!value || !reverted.ParseFromString(*value)) return absl::NotFoundError("no such job");
      if (!reverted.job().reverted_by_job_id().empty())
        return absl::FailedPreconditionError("the job was taken back already");
      reverted.mutable_job()->set_reverted_by_job_id(job.job_id());
      context.txn.Put(review_rows::JobRow(job.reverts_job_id()), reverted.SerializeAsString());
    }
    context.Audit({officer.name, "review.job", job.job_id(), "", "", std::to_string(job.total())});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return job;
}

}  // namespace

ReviewJobs::ReviewJobs(core::Hub& hub) : hub_(hub), thread_([this] { Run(); }) {}

ReviewJobs::~ReviewJobs() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReviewJobs::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void ReviewJobs::Run() {
  bool failed = false;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto due = [&] { return woken_ || stopping_; };
      if (failed) {
        changed_.wait_for(lock, kRetry, due);
      } else {
        changed_.wait(lock, due);
      }
      if (stopping_) return;
      woken_ = false;
    }
    failed = false;
    auto jobs = ListReviewJobs(hub_.store(), v1::ListReviewJobsRequest());
    if (!jobs.ok()) {
      failed = true;
      continue;
    }
    for (auto job = jobs->jobs().rbegin(); job != jobs->jobs().rend(); ++job) {
      bool more = job->state() == v1::ReviewJob::RUNNING;
      while (more) {
        {
          const std::lock_guard lock(mutex_);
          if (stopping_) return;
        }
        auto step = RunJobStep(hub_, job->job_id());
        if (!step.ok()) {
          Log(LogLevel::kWarn, "review.job.waits", {{"job", job->job_id()}});
          failed = true;
        }
        more = step.ok() && *step;
      }
    }
  }
}

absl::StatusOr<v1::BulkPreview> ReviewJobs::Preview(const v1::PreviewBulkRequest& request,
                                                    const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckVerdict(request.verdict()));
  if (request.samples() < 0 || request.samples() > kMostSamples)
    return absl::InvalidArgumentError("samples: at most 50");
  const int64_t limit = hub_.features().Get<ReviewSettings>().policy.bulk_limit();
  const auto snapshot = hub_.store().Snapshot();
  v1::BulkPreview preview;
  Previewed seen;
  std::set<std::string> sources;
  std::map<v1::Conflict::Kind, int64_t> kinds;
  std::vector<std::string> ids;
  absl::Status status =
      ForEachWorkItem(*snapshot, {hub_, officer}, request.filter(), [&](const v1::WorkItem& item) {
        const bool others = item.state() == v1::WorkItem::CLAIMED && item.claimed_by() != officer.name;
        if (others || item.state() == v1::WorkItem::PROPOSED) {
          preview.set_skipped(preview.skipped() + 1);
          return true;
        }
        ids.push_back(item.conflict_id());
        seen.stake.amount_fen += item.amount_fen();
        ++kinds[item.kind()];
        sources.insert(item.source_ids().begin(), item.source_ids().end());
        preview.set_min_bits(ids.size() == 1 ? item.bits() : std::min(preview.min_bits(), item.bits()));
        preview.set_max_bits(ids.size() == 1 ? item.bits() : std::max(preview.max_bits(), item.bits()));
        return true;
      });
  if (!status.ok()) return status;
  preview.set_conflicts(static_cast<int64_t>(ids.size()));
  seen.stake.cases = preview.conflicts();
  seen.stake.in_bulk = true;
  if (request.verdict() == v1::Decision::DIFFERENT) {
    RELIEF_ASSIGN_OR_RETURN(auto splits, AnySplits(*snapshot, ids));
    seen.stake.splits = splits;
  }
  RELIEF_ASSIGN_OR_RETURN(auto day, DayOf(*snapshot, officer.person, hub_.Now()));
  preview.set_amount_fen(seen.stake.amount_fen);
  preview.set_sources(static_cast<int64_t>(sources.size()));
  preview.set_limit(limit);
  preview.set_needs_approval(
      NeedsSecondPerson(hub_.features().Get<ReviewSettings>().policy, day, seen.stake).has_value());
  for (const auto& [kind, count] : kinds) {
    auto& one = *preview.add_kinds();
    one.set_kind(kind);
    one.set_conflicts(count);
  }
  preview.set_seed(request.seed() == 0 ? RandomNumber() : request.seed());
  std::mt19937_64 random(preview.seed());
  std::vector<std::string> drawn = ids;
  const size_t wanted =
      std::min(drawn.size(), static_cast<size_t>(request.samples() == 0 ? kSamples : request.samples()));
  for (size_t i = 0; i < wanted; ++i) {
    std::swap(drawn[i], drawn[i + random() % (drawn.size() - i)]);
    auto sample = ReadCase(hub_, officer, drawn[i]);
    if (absl::IsNotFound(sample.status())) continue;
    if (!sample.ok()) return sample.status();
    *preview.add_samples() = *std::move(sample);
  }
  if (preview.conflicts() > limit) return preview;  // shown, and not to be started: no token
  for (const std::string& id : ids) {
    RELIEF_ASSIGN_OR_RETURN(auto conflict, ReadConflict(*snapshot, hub_.model(), id));
    seen.cases.emplace_back(id, conflict.etag());
  }
  seen.query = QueryOf(request.filter(), request.verdict());
  seen.person = officer.person;
  preview.set_preview_token(RandomToken());
  const std::lock_guard lock(mutex_);
  previews_[preview.preview_token()] = std::move(seen);
  preview_order_.push_back(preview.preview_token());
  if (preview_order_.size() > kPreviews) {
    previews_.erase(preview_order_.front());
    preview_order_.erase(preview_order_.begin());
  }
  return preview;
}

absl::StatusOr<v1::ReviewJob> ReviewJobs::Start(const v1::StartBulkRequest& request, const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckVerdict(request.verdict()));
  RELIEF_RETURN_IF_ERROR(CheckComment(request.comment(), "comment", true));
  if (request.preview_token().empty()) return absl::InvalidArgumentError("preview_token: required");
  Previewed seen;
  {
    const std::lock_guard lock(mutex_);
    const auto found = previews_.find(request.preview_token());
    if (found == previews_.end() || found->second.person != officer.person ||
        found->second.query != QueryOf(request.filter(), request.verdict()))
      return absl::AbortedError("there is no such preview of this filter and verdict: look again");
    seen = std::move(found->second);
    previews_.erase(found);
    std::erase(preview_order_, request.preview_token());
  }
  if (seen.cases.empty()) return absl::FailedPreconditionError("the filter means no case");
  v1::ReviewJob job;
  job.set_verdict(request.verdict());
  job.set_comment(request.comment());
  std::vector<stored::ReviewJobItem> items;
  for (const auto& [id, etag] : seen.cases) {
    stored::ReviewJobItem& item = items.emplace_back();
    item.mutable_item()->set_conflict_id(id);
    item.set_etag(etag);
  }
  v1::Proposal proposal;
  *proposal.mutable_bulk() = request;
  proposal.set_amount_fen(seen.stake.amount_fen);
  auto created = Create(hub_, std::move(job), std::move(items), std::move(proposal), seen.stake, officer);
  if (created.ok()) Wake();
  return created;
}

absl::StatusOr<v1::ReviewJob> ReviewJobs::Revert(const v1::RevertReviewJobRequest& request,
                                                 const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckComment(request.comment(), "comment", true));
  const auto snapshot = hub_.store().Snapshot();
  RELIEF_ASSIGN_OR_RETURN(auto reverted, GetReviewJob(*snapshot, request.job_id()));
  if (reverted.state() == v1::ReviewJob::RUNNING || reverted.state() == v1::ReviewJob::PROPOSED)
    return absl::FailedPreconditionError("the job is not done yet");
  if (!reverted.reverts_job_id().empty())
    return absl::FailedPreconditionError("the job took another one back: decide again instead");
  v1::ListReviewJobItemsRequest list;
  list.set_job_id(request.job_id());
  list.set_page_size(1000);
  list.add_results(v1::ReviewJobItem::DONE);
  std::vector<stored::ReviewJobItem> items;
  Stake stake{0, 0, true, false, false};
  do {
    RELIEF_ASSIGN_OR_RETURN(auto page, ListReviewJobItems(*snapshot, list));
    for (const v1::ReviewJobItem& decided : page.items()) {
      stored::ReviewJobItem& item = items.emplace_back();
      item.mutable_item()->set_conflict_id(decided.conflict_id());
      item.set_undo_decision_id(decided.decision_id());
      RELIEF_ASSIGN_OR_RETURN(auto decision, ReadDecision(*snapshot, decided.decision_id()));
      if (decision.has_undo_time()) continue;
      RELIEF_ASSIGN_OR_RETURN(auto one, StakeOfUndoing(*snapshot, hub_.as_of(), decision));
      stake += one;
    }
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  if (items.empty()) return absl::FailedPreconditionError("the job decided nothing");
  v1::ReviewJob job;
  job.set_reverts_job_id(request.job_id());
  job.set_comment(request.comment());
  v1::Proposal proposal;
  *proposal.mutable_revert() = request;
  proposal.set_amount_fen(stake.amount_fen);
  auto created = Create(hub_, std::move(job), std::move(items), std::move(proposal), stake, officer);
  if (created.ok()) Wake();
  return created;
}

}  // namespace relief::server::review
