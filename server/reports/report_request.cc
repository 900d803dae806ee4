#include "server/reports/report_request.h"

#include <algorithm>
#include <iterator>

#include "server/reports/gap_protect.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

constexpr int32_t kDefaultMonths = 12, kMaxMonths = 120;
constexpr int kFineFrom = 4;  // digits of the region that 9 and 12 need

bool IsLevel(int digits) {
  return std::find(std::begin(kRegionLevels), std::end(kRegionLevels), digits) != std::end(kRegionLevels);
}

absl::Status CheckFilter(const v1::FindingFilter& filter) {
  if (!filter.person_id().empty())
    return absl::InvalidArgumentError(
        "filter.person_id: a report is not about one person; list the findings");
  if (filter.min_amount_fen() != 0)
    return absl::InvalidArgumentError(
        "filter.min_amount_fen: a report counts all amounts; list the findings");
  const std::string& region = filter.region_prefix();
  if (!region.empty() &&
      (!IsLevel(static_cast<int>(region.size())) ||
       !std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; })))
    return absl::InvalidArgumentError("filter.region_prefix: 2, 4, 6, 9 or 12 digits");
  return absl::OkStatus();
}

absl::StatusOr<ReportPeriod> PeriodOf(const v1::GetGapReportRequest& request, int32_t now_month) {
  ReportPeriod period{0, now_month};
  if (request.has_to_month()) {
    const auto month = MonthIndexOf(request.to_month());
    if (!month) return absl::InvalidArgumentError("to_month: not a month");
    if (*month > now_month) return absl::InvalidArgumentError("to_month: in the future");
    period.to = *month;
  }
  period.from = period.to - kDefaultMonths + 1;
  if (request.has_from_month()) {
    const auto month = MonthIndexOf(request.from_month());
    if (!month) return absl::InvalidArgumentError("from_month: not a month");
    if (*month > period.to) return absl::InvalidArgumentError("from_month: after to_month");
    period.from = *month;
  }
  if (period.months() > kMaxMonths)
    return absl::InvalidArgumentError("from_month: at most 120 months before to_month");
  return period;
}

}  // namespace

std::optional<int32_t> MonthIndexOf(const v1::Month& month) {
  if (month.year() < 1900 || month.year() > 2200 || month.month() < 1 || month.month() > 12)
    return std::nullopt;
  return month.year() * 12 + month.month() - 1;
}

v1::Month MonthOf(int32_t month_index) {
  v1::Month month;
  month.set_year(month_index / 12);
  month.set_month(month_index % 12 + 1);
  return month;
}

int32_t MonthAt(int64_t time_us) {
  google::protobuf::Timestamp time;
  time.set_seconds(time_us / 1'000'000);
  return findings::MonthIndex(matcher::CivilDate::FromDays(findings::DayOf(time)));
}

absl::StatusOr<ReportQuery> CheckReportRequest(const v1::GetGapReportRequest& request, int64_t now_us) {
  ReportQuery query;
  RELIEF_RETURN_IF_ERROR(CheckFilter(request.filter()));
  query.gaps.filter = request.filter();
  query.gaps.filter.clear_states();
  query.gaps.filter.clear_opened_from();
  query.gaps.filter.clear_opened_to();
  if (!v1::Disclosure_IsValid(request.disclosure()))
    return absl::InvalidArgumentError("disclosure: not known");
  query.is_protected = request.disclosure() != v1::DISCLOSURE_FULL;
  query.compare = request.compare();

  const int digits = request.region_digits();
  if (digits != 0 && !IsLevel(digits))
    return absl::InvalidArgumentError("region_digits: 0, 2, 4, 6, 9 or 12");
  if (digits > 6 && query.gaps.filter.region_prefix().size() < kFineFrom)
    return absl::InvalidArgumentError(
        "region_digits: 9 and 12 need filter.region_prefix of 4 digits or more");
  bool named_region = false;
  for (const int dimension : request.group_by()) {
    if (dimension <= v1::GAP_DIMENSION_UNSPECIFIED || !v1::GapDimension_IsValid(dimension))
      return absl::InvalidArgumentError("group_by: not known");
    if (dimension == v1::BY_REGION) {
      named_region = true;
    } else {
      query.gaps.columns.push_back(static_cast<v1::GapDimension>(dimension));
    }
  }
  if (named_region && digits == 0)
    return absl::InvalidArgumentError("region_digits: required to group by region");
  query.by_region = digits > 0 && (named_region || request.group_by().empty());
  if (request.group_by().empty()) query.gaps.columns.push_back(v1::BY_RULE);
  query.gaps.region_digits = query.by_region ? digits : 0;

  int64_t time_us = now_us;
  if (request.has_as_known_at()) {
    query.known_at_us = request.as_known_at().seconds() * 1'000'000 + request.as_known_at().nanos() / 1000;
    if (*query.known_at_us > now_us) return absl::InvalidArgumentError("as_known_at: in the future");
    time_us = *query.known_at_us;
  }
  query.now_month = MonthAt(time_us);
  RELIEF_ASSIGN_OR_RETURN(auto period, PeriodOf(request, query.now_month));
  query.gaps.period = period;
  return query;
}

}  // namespace relief::server::reports
