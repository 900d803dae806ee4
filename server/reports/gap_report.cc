#include "server/reports/gap_report.h"

#include <algorithm>

#include "server/core/counters.h"
#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "server/reports/filter_protect.h"
#include "server/reports/gap_rows.h"
#include "server/reports/gap_sections.h"
#include "server/reports/report_request.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

void AddRegionPath(const std::string& prefix, v1::GapReport* report) {
  for (const int digits : kRegionLevels)
    if (digits <= static_cast<int>(prefix.size()))
      report->add_region_path(prefix.substr(0, static_cast<size_t>(digits)));
}

absl::StatusOr<findings::TallyReading> Read(const storage::Reader& reader, const ReportQuery& query,
                                            const findings::TallyQuery& wanted) {
  if (!query.known_at_us) return findings::ReadTally(reader, wanted);
  RELIEF_ASSIGN_OR_RETURN(auto tally, findings::ReplayFindings(reader, *query.known_at_us));
  return tally.Read(wanted);
}

}  // namespace

absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader,
                                            const v1::GetGapReportRequest& request,
                                            const ReportContext& context) {
  RELIEF_ASSIGN_OR_RETURN(auto checked, CheckReportRequest(request, context.now_us));
  const ReportQuery& query = checked;
  const std::string& prefix = query.gaps.filter.region_prefix();
  const ReportPeriod& period = query.gaps.period;

  findings::TallyQuery wanted;
  wanted.region_prefix = query.is_protected ? "" : prefix;  // what is withheld depends on the country
  wanted.fine = query.fine();
  wanted.first_month = query.compare ? period.from - period.months() : period.from;
  findings::TallyReading own;
  if (!context.reading) {
    RELIEF_ASSIGN_OR_RETURN(auto read, Read(reader, query, wanted));
    own = std::move(read);
  }
  const findings::TallyReading& reading = context.reading ? *context.reading : own;
  const GapSums sums = SumsOf(reading, query.gaps, query.is_protected);
  const RuleTitles titles(context.rules);

  v1::GapReport report;
  const int64_t time_us = query.known_at_us.value_or(context.now_us);
  report.mutable_time()->set_seconds(time_us / 1'000'000);
  report.mutable_time()->set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1000);
  report.set_position(static_cast<int64_t>(reader.version()));
  const matcher::CivilDate as_of =
      query.known_at_us ? matcher::CivilDate::FromDays(findings::DayOf(report.time())) : context.as_of;
  *report.mutable_as_of_date() = records::ToProto(as_of);
  *report.mutable_from_month() = MonthOf(period.from);
  *report.mutable_to_month() = MonthOf(period.to);
  report.set_disclosure(query.is_protected ? v1::DISCLOSURE_PROTECTED : v1::DISCLOSURE_FULL);
  AddRegionPath(prefix, &report);
  *report.mutable_rows() = RowsOf(sums.table, sums.withheld, query, titles);
  report.set_suppressed_rows(std::count_if(report.rows().begin(), report.rows().end(),
                                           [](const v1::GapRow& row) { return row.figures().suppressed(); }));
  *report.mutable_total() = FiguresOf(sums.table.total, sums.withheld.total, query);

  AddAgeing(reading, query, as_of, &report);
  AddAnswers(reading, query, titles, &report);
  AddTrend(reading, query, sums.table.total, &report);
  if (query.known_at_us) return report;

  RELIEF_ASSIGN_OR_RETURN(auto counters, core::ReadCounters(reader));
  report.set_persons(counters.persons());
  report.set_records(counters.live_records());
  RELIEF_RETURN_IF_ERROR(AddCoverage(reader, reading, sums, query, context, titles, &report));
  RELIEF_RETURN_IF_ERROR(AddFeeds(reader, query, context.now_us, &report));
  return report;
}

}  // namespace relief::server::reports
