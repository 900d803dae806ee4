// Writes the scheduled reports to their folders.
//
// A run is neither lost nor made twice, whatever ends the process in between: it is claimed in one commit
// with its entry in the audit chain, its file has a name that depends on the schedule and the due time alone,
// and a second commit says that the file is there. A run that was claimed and not finished within ten minutes
// is made again under the same name, by whoever of several hubs on the store looks first. Runs that were missed are made up once, the newest of them. A run that fails is tried
// again every ten minutes, until the next one is due.
//
// Row "hR" and the schedule's name: stored::ReportRuns. List may be called from any thread; RunDue by one at
// a time.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"
#include "server/core/hub.h"
#include "server/reports/schedule.h"
#include "server/reports/schedule.pb.h"

namespace relief::server::reports {

class ScheduleRunner {
 public:
  ScheduleRunner(core::Hub& hub, std::vector<Schedule> schedules);
  ~ScheduleRunner();  // waits for the run that is being made

  // Looks every few seconds from now on, on a thread of its own, so that a clock that was set is noticed.
  void Start();

  // Makes what is due by the hub's clock.
  void RunDue();

  absl::StatusOr<v1::ListReportSchedulesResponse> List() const;

 private:
  absl::StatusOr<stored::ReportRuns> Read(const std::string& name) const;
  // Changes the row as it is now. `change` returns false to leave it.
  absl::Status Change(const Schedule& schedule, const std::function<bool(stored::ReportRuns&)>& change);
  // True: the run is this runner's to make.
  absl::StatusOr<bool> Claim(const Schedule& schedule, int64_t due_us, int64_t now_us);
  absl::Status RunIfDue(const Schedule& schedule, int64_t now_us);
  absl::Status MakeFile(const Schedule& schedule, int64_t due_us, const std::string& name);

  core::Hub& hub_;
  const std::vector<Schedule> schedules_;
  std::map<std::string, int64_t> retry_at_us_;  // by schedule; after a failure

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace relief::server::reports
