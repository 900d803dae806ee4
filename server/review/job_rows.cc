// Jobs as rows: how they are read, begun, stepped and stopped.
#include <algorithm>

#include "server/base/time.h"
#include "server/review/case_history.h"
#include "server/review/deciding.h"
#include "server/review/jobs.h"
#include "server/review/proposals.h"
#include "server/review/review_rows.h"
#include "server/review/stake.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr int64_t kStep = 20;  // decisions in one commit: the writer serves others between two steps
constexpr size_t kScanPage = 512;

absl::StatusOr<stored::ReviewJob> Read(const storage::Reader& reader, const std::string& job_id) {
  return review_rows::ReadRow<stored::ReviewJob>(reader, review_rows::JobRow(job_id), "job");
}

void Put(core::WriteContext& context, const stored::ReviewJob& job) {
  context.txn.Put(review_rows::JobRow(job.job().job_id()), job.SerializeAsString());
}

void End(core::WriteContext& context, v1::ReviewJob::State state, stored::ReviewJob* job) {
  job->mutable_job()->set_state(state);
  *job->mutable_job()->mutable_end_time() = ToTimestamp(context.now_us);
}

// A job from before jobs knew it: the account.
const std::string& PersonOf(const stored::ReviewJob& job) {
  return job.person().empty() ? job.job().officer() : job.person();
}

// One item. What the data or somebody else settled meanwhile is skipped; only what nobody foresaw, and what
// needs a second person, is an error.
absl::Status DoItem(core::WriteContext& context, const stored::ReviewJob& job, stored::ReviewJobItem* item) {
  const Attribution by{job.job().officer(), PersonOf(job), job.approver(), job.job().proposal_id(),
                       job.job().job_id()};
  v1::ReviewJobItem& result = *item->mutable_item();
  absl::StatusOr<v1::Decision> decision = v1::Decision();
  if (!item->undo_decision_id().empty()) {
    v1::UndoDecisionRequest undo;
    undo.set_decision_id(item->undo_decision_id());
    undo.set_comment(job.job().comment());
    decision = UndoNow(context, undo, by);
  } else {
    v1::DecideConflictRequest decide;
    decide.set_conflict_id(result.conflict_id());
    decide.set_verdict(job.job().verdict());
    decide.set_comment(job.job().comment());
    decide.set_etag(item->etag());
    decision = DecidePairNow(context, decide, by);
  }
  if (decision.ok()) {
    result.set_result(v1::ReviewJobItem::DONE);
    result.set_decision_id(decision->decision_id());
    return absl::OkStatus();
  }
  if (SecondPersonNeeded(decision.status())) return decision.status();
  if (absl::IsAborted(decision.status())) {
    v1::StaleDecision stale;
    const auto detail = decision.status().GetPayload("type.googleapis.com/relief.v1.StaleDecision");
    const bool there = detail && stale.ParseFromString(std::string(*detail)) && stale.has_now();
    result.set_result(there ? v1::ReviewJobItem::SKIPPED_CHANGED : v1::ReviewJobItem::SKIPPED_GONE);
    return absl::OkStatus();
  }
  if (absl::IsNotFound(decision.status()) || absl::IsFailedPrecondition(decision.status())) {
    result.set_result(v1::ReviewJobItem::SKIPPED_GONE);
    return absl::OkStatus();
  }
  return decision.status();
}

void Count(const v1::ReviewJobItem& item, v1::ReviewJob* job) {
  switch (item.result()) {
    case v1::ReviewJobItem::DONE:
      job->set_done(job->done() + 1);
      return;
    case v1::ReviewJobItem::FAILED:
      job->set_failed(job->failed() + 1);
      return;
    default:
      job->set_skipped(job->skipped() + 1);
  }
}

// The job stops before an item that one person may not decide alone, and goes on once a second one approved.
absl::Status AskSecondPerson(core::WriteContext& context, v1::Proposal::Ground ground, int64_t next_item,
                             stored::ReviewJob* job) {
  v1::Proposal proposal = job->asked();
  if (proposal.what_case() == v1::Proposal::WHAT_NOT_SET) {
    if (job->job().reverts_job_id().empty()) {
      proposal.mutable_bulk()->set_verdict(job->job().verdict());
      proposal.mutable_bulk()->set_comment(job->job().comment());
    } else {
      proposal.mutable_revert()->set_job_id(job->job().reverts_job_id());
      proposal.mutable_revert()->set_comment(job->job().comment());
    }
  }
  proposal.set_ground(ground);
  proposal.set_job_id(job->job().job_id());
  proposal.set_conflicts(job->job().total() - next_item + 1);
  RELIEF_ASSIGN_OR_RETURN(
      auto id, Propose(context, std::move(proposal), {job->job().officer(), PersonOf(*job), nullptr}));
  job->mutable_job()->set_state(v1::ReviewJob::PROPOSED);
  job->mutable_job()->set_proposal_id(id);
  job->set_next_item(next_item);
  Put(context, *job);
  return absl::OkStatus();
}

// The next `count` items in one commit. With `failure` the one item gets it as its result instead of being
// done.
absl::Status Step(core::Hub& hub, const std::string& job_id, int64_t count, const absl::Status& failure,
                  bool* more) {
  return hub
      .Write([&](core::WriteContext& context) -> absl::Status {
        *more = false;
        const storage::TransactionReader reader(context.txn);
        RELIEF_ASSIGN_OR_RETURN(auto job, Read(reader, job_id));
        if (job.job().state() != v1::ReviewJob::RUNNING) return absl::OkStatus();
        const int64_t last = std::min(job.next_item() + count - 1, job.job().total());
        for (int64_t number = job.next_item(); number <= last; ++number) {
          const std::string row = review_rows::JobItemRow(job_id, number);
          RELIEF_ASSIGN_OR_RETURN(auto item,
                                  review_rows::ReadRow<stored::ReviewJobItem>(reader, row, "item"));
          if (!failure.ok()) {
            item.mutable_item()->set_result(v1::ReviewJobItem::FAILED);
            item.mutable_item()->set_message(absl::StatusCodeToString(failure.code()));
          } else if (absl::Status status = DoItem(context, job, &item); !status.ok()) {
            if (const auto ground = SecondPersonNeeded(status))
              return AskSecondPerson(context, *ground, number, &job);
            return status;
          }
          Count(item.item(), job.mutable_job());
          context.txn.Put(row, item.SerializeAsString());
        }
        job.set_next_item(last + 1);
        *more = last < job.job().total();
        if (!*more) End(context, v1::ReviewJob::DONE, &job);
        Put(context, job);
        return absl::OkStatus();
      })
      .status();
}

}  // namespace

absl::Status BeginJob(core::WriteContext& context, const std::string& job_id, const Officer& approver) {
  auto job = Read(storage::TransactionReader(context.txn), job_id);
  if (!job.ok()) return absl::DataLossError("the job of a proposal is missing or damaged");
  job->mutable_job()->set_state(v1::ReviewJob::RUNNING);
  job->mutable_job()->set_approver(approver.name);
  job->set_approver(approver.name);
  Put(context, *job);
  return absl::OkStatus();
}

absl::Status DropJob(core::WriteContext& context, const std::string& job_id) {
  if (job_id.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto job, Read(storage::TransactionReader(context.txn), job_id));
  End(context, v1::ReviewJob::REJECTED, &job);
  Put(context, job);
  return absl::OkStatus();
}

absl::StatusOr<bool> RunJobStep(core::Hub& hub, const std::string& job_id) {
  bool more = false;
  absl::Status status = Step(hub, job_id, kStep, absl::OkStatus(), &more);
  if (status.ok()) return more;
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status)) return status;
  // One of them cannot be done: find it, and go on behind it.
  status = Step(hub, job_id, 1, absl::OkStatus(), &more);
  if (!status.ok()) status = Step(hub, job_id, 1, status, &more);
  if (!status.ok()) return status;
  return more;
}

absl::StatusOr<v1::ReviewJob> GetReviewJob(const storage::Reader& reader, const std::string& job_id) {
  RELIEF_ASSIGN_OR_RETURN(auto job, Read(reader, job_id));
  return job.job();
}

absl::StatusOr<v1::ListReviewJobsResponse> ListReviewJobs(const storage::Reader& reader,
                                                          const v1::ListReviewJobsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  // Numbered upwards; there are few, so that the newest are found by reading them all.
  std::vector<v1::ReviewJob> jobs;
  std::string from;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(review_rows::kJobPrefix, from, kScanPage));
    for (const storage::KeyRow& row : rows) {
      stored::ReviewJob job;
      if (!job.ParseFromString(row.row.value)) return absl::DataLossError("the row of a job is damaged");
      jobs.push_back(std::move(*job.mutable_job()));
    }
    if (rows.size() < kScanPage) break;
    from = rows.back().key + std::string(1, '\0');
  }
  v1::ListReviewJobsResponse response;
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
    if (!request.page_token().empty() && job->job_id() >= request.page_token()) continue;
    if (response.jobs_size() == size) {
      response.set_next_page_token(response.jobs(size - 1).job_id());
      break;
    }
    *response.add_jobs() = std::move(*job);
  }
  return response;
}

absl::StatusOr<v1::ListReviewJobItemsResponse> ListReviewJobItems(
    const storage::Reader& reader, const v1::ListReviewJobItemsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  if (auto job = Read(reader, request.job_id()); !job.ok()) return job.status();
  std::string from;
  if (!request.page_token().empty()) {
    const int64_t last = std::strtoll(request.page_token().c_str(), nullptr, 10);
    if (last <= 0) return absl::InvalidArgumentError("page_token: not of this query");
    from = review_rows::JobItemRow(request.job_id(), last) + std::string(1, '\0');
  }
  v1::ListReviewJobItemsResponse response;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows,
                            reader.Scan(review_rows::JobItemPrefix(request.job_id()), from, kScanPage));
    for (const storage::KeyRow& row : rows) {
      stored::ReviewJobItem item;
      if (!item.ParseFromString(row.row.value)) return absl::DataLossError("an item of a job is damaged");
      const auto& results = request.results();
      if (!results.empty() &&
          std::find(results.begin(), results.end(), item.item().result()) == results.end())
        continue;
      if (response.items_size() == size) {
        response.set_next_page_token(std::to_string(response.items(size - 1).number()));
        return response;
      }
      *response.add_items() = std::move(*item.mutable_item());
    }
    if (rows.size() < kScanPage) return response;
    from = rows.back().key + std::string(1, '\0');
  }
}

absl::StatusOr<v1::ReviewJob> CancelReviewJob(core::Hub& hub, const std::string& job_id,
                                              const Officer& officer) {
  v1::ReviewJob cancelled;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto job, Read(storage::TransactionReader(context.txn), job_id));
    if (job.job().state() != v1::ReviewJob::RUNNING)
      return absl::FailedPreconditionError("the job does not run");
    End(context, v1::ReviewJob::CANCELLED, &job);
    Put(context, job);
    context.Audit({officer.name, "review.job.cancel", job_id, "", "", ""});
    cancelled = job.job();
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return cancelled;
}

}  // namespace relief::server::review
