#include "server/reports/schedule.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "matcher/normalize/civil_date.h"
#include "server/base/time.h"
#include "server/reports/report_request.h"
#include "server/reports/report_words.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

constexpr size_t kMaxNameBytes = 64;

int WeekdayOf(int32_t day) { return (day + 3) % 7 + 1; }  // 1970-01-01 was a Thursday

absl::StatusOr<int64_t> MinuteOf(const std::string& time) {
  const auto digit = [&](size_t i) { return std::isdigit(static_cast<unsigned char>(time[i])) != 0; };
  if (time.size() == 5 && time[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hour = std::stoi(time.substr(0, 2)), minute = std::stoi(time.substr(3));
    if (hour < 24 && minute < 60) return hour * 60 + minute;
  }
  return absl::InvalidArgumentError("time: required, as \"06:00\"");
}

absl::Status CheckName(const std::string& name) {
  const bool sound = !name.empty() && name.size() <= kMaxNameBytes &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) {
                       return std::islower(c) || std::isdigit(c) || c == '-';
                     });
  return sound ? absl::OkStatus()
               : absl::InvalidArgumentError("name: 1 to 64 lower-case letters, digits and hyphens");
}

absl::Status CheckDirectory(const std::string& path) {
  std::error_code error;
  if (path.empty()) return absl::InvalidArgumentError("directory: required");
  if (!std::filesystem::is_directory(path, error))
    return absl::InvalidArgumentError("directory: there is no folder " + path);
  if (::access(path.c_str(), W_OK | X_OK) != 0)
    return absl::InvalidArgumentError("directory: the hub may not write to " + path);
  return absl::OkStatus();
}

// As far as it can be said without data.
absl::Status CheckContent(const config::ReportSchedule& config) {
  if (config.has_gap_report() == config.has_monthly_summary())
    return absl::InvalidArgumentError("gap_report: either this or monthly_summary is required");
  if (config.has_monthly_summary()) {
    const size_t digits = config.monthly_summary().region_prefix().size();
    if (digits > 6 || digits % 2 != 0)
      return absl::InvalidArgumentError("monthly_summary.region_prefix: 0, 2, 4 or 6 digits");
    return absl::OkStatus();
  }
  const v1::ExportReportRequest& report = config.gap_report();
  if (report.format() != v1::EXPORT_CSV && report.format() != v1::EXPORT_XLSX)
    return absl::InvalidArgumentError("gap_report.format: EXPORT_CSV or EXPORT_XLSX");
  if (report.report().has_from_month() || report.report().has_to_month() || report.report().has_as_known_at())
    return absl::InvalidArgumentError(
        "gap_report.report: the period is that of the run; leave out months and as_known_at");
  const auto checked = CheckReportRequest(report.report(), kDayUs * 20'000);
  if (!checked.ok())
    return absl::InvalidArgumentError("gap_report.report." + std::string(checked.status().message()));
  return absl::OkStatus();
}

absl::Status Check(const config::ReportSchedule& config) {
  RELIEF_RETURN_IF_ERROR(CheckName(config.name()));
  if (!config::ReportSchedule::Every_IsValid(config.every()) ||
      config.every() == config::ReportSchedule::EVERY_UNSPECIFIED)
    return absl::InvalidArgumentError("every: DAY, WEEK or MONTH is required");
  const int last = config.every() == config::ReportSchedule::WEEK ? 7 : 28;
  if (config.every() != config::ReportSchedule::DAY && (config.day() < 1 || config.day() > last))
    return absl::InvalidArgumentError("day: 1 to " + std::to_string(last));
  if (config.every() == config::ReportSchedule::DAY && config.day() != 0)
    return absl::InvalidArgumentError("day: not with every DAY");
  RELIEF_RETURN_IF_ERROR(CheckDirectory(config.directory()));
  return CheckContent(config);
}

const char* FormatName(const config::ReportSchedule& config) {
  return config.has_monthly_summary()                      ? "HTML"
         : config.gap_report().format() == v1::EXPORT_XLSX ? "XLSX"
                                                           : "CSV";
}

}  // namespace

absl::StatusOr<Schedule> Schedule::Make(const config::ReportSchedule& config) {
  Schedule schedule(config);
  absl::Status status = Check(config);
  if (status.ok()) {
    const auto minute = MinuteOf(config.time());
    status = minute.status();
    if (minute.ok()) schedule.minute_of_day_ = *minute;
  }
  if (status.ok()) return schedule;
  return absl::InvalidArgumentError("report_schedules[" + config.name() + "]." +
                                    std::string(status.message()));
}

int64_t Schedule::DueOn(int32_t day) const { return BeginningInChina(day) + minute_of_day_ * kMinuteUs; }

bool Schedule::IsDay(int32_t day) const {
  switch (config_.every()) {
    case config::ReportSchedule::WEEK:
      return WeekdayOf(day) == config_.day();
    case config::ReportSchedule::MONTH:
      return matcher::CivilDate::FromDays(day).day == config_.day();
    default:
      return true;
  }
}

int64_t Schedule::LastDue(int64_t now_us) const {
  auto day = DayInChina(now_us);
  while (!IsDay(day) || DueOn(day) > now_us) --day;
  return DueOn(day);
}

int64_t Schedule::NextDue(int64_t now_us) const {
  auto day = DayInChina(now_us);
  while (!IsDay(day) || DueOn(day) <= now_us) ++day;
  return DueOn(day);
}

std::string Schedule::FileName(int64_t due_us) const {
  std::string extension = FormatName(config_);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return name() + "_" + TimeStamp(due_us).substr(0, 13) + "." + extension;
}

std::string Schedule::DescriptionZh() const {
  static const char* const kDays[] = {"一", "二", "三", "四", "五", "六", "日"};
  std::string when = "每天";
  if (config_.every() == config::ReportSchedule::WEEK) when = std::string("每周") + kDays[config_.day() - 1];
  if (config_.every() == config::ReportSchedule::MONTH) when = "每月" + std::to_string(config_.day()) + "日";
  return when + config_.time() + (config_.has_monthly_summary() ? "，月报（" : "，问题线索统计（") +
         FormatName(config_) + "）";
}

std::string Schedule::DescriptionEn() const {
  static const char* const kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
  std::string when = "every day";
  if (config_.every() == config::ReportSchedule::WEEK)
    when = std::string("every ") + kDays[config_.day() - 1];
  if (config_.every() == config::ReportSchedule::MONTH)
    when = "on day " + std::to_string(config_.day()) + " of each month";
  return when + " at " + config_.time() +
         (config_.has_monthly_summary() ? ", monthly summary (" : ", gap report (") + FormatName(config_) +
         ")";
}

absl::StatusOr<std::vector<Schedule>> LoadSchedules(
    const google::protobuf::RepeatedPtrField<config::ReportSchedule>& configs) {
  std::vector<Schedule> schedules;
  std::set<std::string> names;
  for (const config::ReportSchedule& config : configs) {
    RELIEF_ASSIGN_OR_RETURN(auto schedule, Schedule::Make(config));
    if (!names.insert(config.name()).second)
      return absl::InvalidArgumentError("report_schedules[" + config.name() + "].name: there twice");
    schedules.push_back(std::move(schedule));
  }
  return schedules;
}

}  // namespace relief::server::reports
