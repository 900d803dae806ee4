#include "server/reports/schedule_runner.h"

#include <algorithm>

#include "server/base/log.h"
#include "server/base/time.h"
#include "server/findings/report_rows.h"
#include "server/reports/export.h"
#include "server/reports/folder_file.h"
#include "server/reports/monthly_summary.h"
#include "server/reports/report_request.h"
#include "server/reports/report_words.h"
#include "storage/message_row.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

constexpr std::chrono::seconds kLook{20};
constexpr int64_t kRetryUs = 600'000'000;

std::string RowOf(const std::string& name) { return std::string(schema::kReportRunsPrefix) + name; }

std::string ActorOf(const Schedule& schedule) { return "schedule:" + schedule.name(); }

}  // namespace

ScheduleRunner::ScheduleRunner(core::Hub& hub, std::vector<Schedule> schedules)
    : hub_(hub), schedules_(std::move(schedules)) {}

ScheduleRunner::~ScheduleRunner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ScheduleRunner::Start() {
  if (schedules_.empty()) return;
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      RunDue();
      lock.lock();
      stopped_.wait_for(lock, kLook, [this] { return stopping_; });
    }
  });
}

void ScheduleRunner::RunDue() {
  const int64_t now_us = hub_.Now();
  for (const Schedule& schedule : schedules_) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    if (const auto retry = retry_at_us_.find(schedule.name());
        retry != retry_at_us_.end() && now_us < retry->second)
      continue;
    const absl::Status status = RunIfDue(schedule, now_us);
    if (status.ok()) {
      retry_at_us_.erase(schedule.name());
      continue;
    }
    retry_at_us_[schedule.name()] = now_us + kRetryUs;
    const std::string message(status.message());
    Log(LogLevel::kWarn, "schedule.failed", {{"schedule", schedule.name()}, {"message", message}});
    const absl::Status noted = Change(schedule, [&](stored::ReportRuns& runs) {
      if (runs.failed_since_us() == 0) runs.set_failed_since_us(now_us);
      runs.set_failure(message);
      return true;
    });
    if (!noted.ok()) Log(LogLevel::kWarn, "schedule.not_noted", {{"schedule", schedule.name()}});
  }
}

absl::Status ScheduleRunner::RunIfDue(const Schedule& schedule, int64_t now_us) {
  RELIEF_ASSIGN_OR_RETURN(const auto runs, Read(schedule.name()));
  if (runs.since_us() == 0)
    return Change(schedule, [&](stored::ReportRuns& row) {
      if (row.since_us() == 0) row.set_since_us(now_us);
      return true;
    });
  const int64_t due_us = schedule.LastDue(now_us);
  if (due_us <= std::max(runs.since_us(), runs.done_us())) return absl::OkStatus();

  const std::string name = schedule.FileName(due_us);
  RELIEF_ASSIGN_OR_RETURN(const auto mine, Claim(schedule, due_us, now_us));
  if (!mine) return absl::OkStatus();
  RELIEF_RETURN_IF_ERROR(MakeFile(schedule, due_us, name));
  Log(LogLevel::kInfo, "schedule.written", {{"schedule", schedule.name()}, {"file", name}});
  return Change(schedule, [&](stored::ReportRuns& row) {
    if (row.done_us() >= due_us) return false;
    row.set_done_us(due_us);
    row.set_file(name);
    row.clear_failed_since_us();
    row.clear_failure();
    return true;
  });
}

absl::StatusOr<bool> ScheduleRunner::Claim(const Schedule& schedule, int64_t due_us, int64_t now_us) {
  bool mine = false;
  const auto claim = [&](core::WriteContext& context) -> absl::Status {
    const std::string key = RowOf(schedule.name());
    RELIEF_ASSIGN_OR_RETURN(auto row, storage::ReadMessageOrEmpty<stored::ReportRuns>(context.txn, key));
    const bool claimed = row.claimed_us() == due_us;
    mine = row.done_us() < due_us && (!claimed || now_us - row.claimed_at_us() >= kRetryUs ||
                                      now_us < row.claimed_at_us());  // the clock was set back
    if (!mine) return absl::OkStatus();
    row.set_claimed_us(due_us);
    row.set_claimed_at_us(now_us);
    context.txn.Put(key, row.SerializeAsString());
    if (!claimed)
      context.Audit({ActorOf(schedule), "report.schedule", schedule.FileName(due_us), "", "",
                     "due=" + TimeText(due_us)});
    return absl::OkStatus();
  };
  RELIEF_RETURN_IF_ERROR(hub_.Write(claim).status());
  return mine;
}

absl::Status ScheduleRunner::MakeFile(const Schedule& schedule, int64_t due_us, const std::string& name) {
  const config::ReportSchedule& config = schedule.config();
  const auto rules = hub_.rules();
  const auto snapshot = hub_.store().Snapshot();
  const ReportContext context{hub_.Now(), hub_.as_of(), *rules, nullptr};
  FolderFile file(config.directory(), name);
  if (config.has_gap_report()) {
    const FileTarget target{[&](const FileHead&) { return file.Open(); },
                            [&](std::string_view bytes) { return file.Write(bytes); }};
    const auto tail =
        ExportReport(*snapshot, config.gap_report(), context, ActorOf(schedule), kMaxExportRows, target);
    return tail.ok() ? file.Finish() : tail.status();
  }
  v1::GetMonthlySummaryRequest request;
  *request.mutable_month() = MonthOf(MonthAt(due_us) - 1);
  request.set_region_prefix(config.monthly_summary().region_prefix());
  request.set_region_name(config.monthly_summary().region_name());
  request.set_issuer(config.monthly_summary().issuer());
  request.set_disclosure(config.monthly_summary().disclosure());
  RELIEF_ASSIGN_OR_RETURN(const auto summary, MakeMonthlySummary(*snapshot, request, context));
  RELIEF_RETURN_IF_ERROR(file.Open());
  RELIEF_RETURN_IF_ERROR(file.Write(summary.html()));
  return file.Finish();
}

absl::StatusOr<stored::ReportRuns> ScheduleRunner::Read(const std::string& name) const {
  return storage::ReadMessageOrEmpty<stored::ReportRuns>(hub_.store(), RowOf(name));
}

absl::Status ScheduleRunner::Change(const Schedule& schedule,
                                    const std::function<bool(stored::ReportRuns&)>& change) {
  return hub_
      .Write([&](core::WriteContext& context) -> absl::Status {
        const std::string key = RowOf(schedule.name());
        RELIEF_ASSIGN_OR_RETURN(auto runs, storage::ReadMessageOrEmpty<stored::ReportRuns>(context.txn, key));
        if (change(runs)) context.txn.Put(key, runs.SerializeAsString());
        return absl::OkStatus();
      })
      .status();
}

absl::StatusOr<v1::ListReportSchedulesResponse> ScheduleRunner::List() const {
  v1::ListReportSchedulesResponse response;
  for (const Schedule& schedule : schedules_) {
    RELIEF_ASSIGN_OR_RETURN(const auto runs, Read(schedule.name()));
    v1::ReportSchedule& one = *response.add_schedules();
    one.set_name(schedule.name());
    one.set_description_zh(schedule.DescriptionZh());
    one.set_description_en(schedule.DescriptionEn());
    *one.mutable_next_time() = ToTimestamp(schedule.NextDue(hub_.Now()));
    one.set_last_file(runs.file());
    one.set_failure(runs.failure());
    if (runs.done_us() != 0) *one.mutable_last_time() = ToTimestamp(runs.done_us());
    if (runs.failed_since_us() != 0) *one.mutable_failed_since() = ToTimestamp(runs.failed_since_us());
  }
  return response;
}

}  // namespace relief::server::reports
