// When a scheduled report is due, and what it says of itself. The times are in UTC+8, which knows no summer
// time.
//
// A value; callable from many threads.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config/config.pb.h"

namespace relief::server::reports {

class Schedule {
 public:
  // INVALID_ARGUMENT names the setting: "report_schedules[NAME].directory: ...".
  static absl::StatusOr<Schedule> Make(const config::ReportSchedule& config);

  const std::string& name() const { return config_.name(); }
  const config::ReportSchedule& config() const { return config_; }

  // Microseconds since 1970: the newest time not after `now_us`, and the first one after it.
  int64_t LastDue(int64_t now_us) const;
  int64_t NextDue(int64_t now_us) const;

  // The same whenever the run is made: a run that is repeated writes the same file.
  std::string FileName(int64_t due_us) const;  // "county-monthly_20260303-0600.html"

  std::string DescriptionZh() const;  // "每月3日06:00，月报（HTML）"
  std::string DescriptionEn() const;  // "on day 3 of each month at 06:00, monthly summary (HTML)"

 private:
  explicit Schedule(const config::ReportSchedule& config) : config_(config) {}
  int64_t DueOn(int32_t day) const;
  bool IsDay(int32_t day) const;  // days since 1970

  config::ReportSchedule config_;
  int64_t minute_of_day_ = 0;
};

// All of them: names are there once, folders can be written.
absl::StatusOr<std::vector<Schedule>> LoadSchedules(
    const google::protobuf::RepeatedPtrField<config::ReportSchedule>& configs);

}  // namespace relief::server::reports
