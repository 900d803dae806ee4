// A report's question, checked and completed: what was left out is filled in.
//
// Pure; callable from any thread.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"
#include "server/reports/gap_table.h"

namespace relief::server::reports {

struct ReportQuery {
  GapQuery gaps;  // by region in gaps.region_digits
  bool by_region = false;
  bool compare = false;
  bool is_protected = true;
  std::optional<int64_t> known_at_us;
  int32_t now_month = 0;  // of the reading

  bool fine() const { return gaps.region_digits > 6 || gaps.filter.region_prefix().size() > 6; }
};

absl::StatusOr<ReportQuery> CheckReportRequest(const v1::GetGapReportRequest& request, int64_t now_us);

// Year * 12 + month - 1; nothing for what is not a month.
std::optional<int32_t> MonthIndexOf(const v1::Month& month);
v1::Month MonthOf(int32_t month_index);
int32_t MonthAt(int64_t time_us);  // in UTC+8

}  // namespace relief::server::reports
