#include "server/report/gap_report.h"

#include <algorithm>

#include "server/ingest/identity_mapping.h"
#include "server/report/gap_protect.h"
#include "server/report/gap_sections.h"
#include "server/report/report_request.h"
#include "server/schema.h"

namespace relief::server {
namespace {

v1::GapFigures FiguresOf(const GapGroup& group, bool compare, bool is_protected) {
  v1::GapFigures figures;
  figures.set_findings(group.findings);
  figures.set_persons(group.persons);
  figures.set_amount_fen(group.amount_fen);
  figures.set_estimated_fen(group.estimated_fen);
  figures.set_overdue(is_protected ? Rounded(group.overdue) : group.overdue);
  figures.set_disputed(is_protected ? Rounded(group.disputed) : group.disputed);
  *figures.mutable_movement() = group.Movement();
  if (compare) *figures.mutable_previous() = group.Previous();
  if (is_protected) {
    Round(figures.mutable_movement());
    if (compare) Round(figures.mutable_previous());
  }
  return figures;
}

v1::GapFigures Nothing() {
  v1::GapFigures figures;
  figures.set_suppressed(true);
  return figures;
}

bool IsEmpty(const v1::GapFigures& figures) {
  const v1::Movement &now = figures.movement(), &before = figures.previous();
  return figures.findings() == 0 && now.opened() + now.reopened() + now.closed() + now.settled() + now.open_at_end() == 0 &&
         before.opened() + before.reopened() + before.closed() + before.settled() + before.open_at_end() == 0;
}

void AddRows(const GapTable& table, const Withheld& withheld, const ReportQuery& query, const RuleTitles& titles,
             v1::GapReport* report) {
  for (const auto& [region, columns] : table.regions) {
    const auto hidden = withheld.cells.find(region);
    for (const auto& [column, group] : columns) {
      v1::GapFigures figures = FiguresOf(group, query.compare, query.is_protected);
      if (query.is_protected && hidden != withheld.cells.end() && hidden->second.contains(column)) figures = Nothing();
      if (!figures.suppressed() && IsEmpty(figures)) continue;
      v1::GapRow& row = *report->add_rows();
      row.set_rule_id(column.rule_id);
      row.set_kind(static_cast<v1::FindingKind>(column.kind));
      row.set_region_prefix(region);
      row.set_programme(static_cast<v1::Programme>(column.programme));
      row.set_severity(static_cast<v1::Severity>(column.severity));
      if (column.open_month != 0) *row.mutable_open_month() = MonthOf(column.open_month);
      row.set_has_finer_regions(group.finer);
      if (!column.rule_id.empty()) {
        const v1::Finding& rule = titles.Of(column.rule_id);
        row.set_title_zh(rule.title_zh());
        row.set_title_en(rule.title_en());
      }
      if (figures.suppressed()) report->set_suppressed_rows(report->suppressed_rows() + 1);
      *row.mutable_figures() = std::move(figures);
    }
  }
  // Withheld rows come last, so that their place tells nothing; ties are in the order of the table.
  std::stable_sort(report->mutable_rows()->begin(), report->mutable_rows()->end(),
                   [](const v1::GapRow& a, const v1::GapRow& b) {
                     if (a.figures().suppressed() != b.figures().suppressed()) return b.figures().suppressed();
                     return a.figures().findings() > b.figures().findings();
                   });
}

void AddRegionPath(const std::string& prefix, v1::GapReport* report) {
  for (const int digits : kRegionLevels)
    if (digits <= static_cast<int>(prefix.size())) report->add_region_path(prefix.substr(0, static_cast<size_t>(digits)));
}

absl::StatusOr<TallyReading> Read(const storage::Reader& reader, const ReportQuery& query, const TallyQuery& wanted,
                                  const Tally* known) {
  if (!query.known_at_us) return ReadTally(reader, wanted);
  if (known) return known->Read(wanted);
  auto tally = ReplayFindings(reader, *query.known_at_us);
  if (!tally.ok()) return tally.status();
  return tally->Read(wanted);
}

// The reading of the region only, out of one of the whole country. A cell that was read once is kept once.
TallyReading Within(const TallyReading& reading, const std::string& prefix) {
  const auto outside = [&](const stored::TallyCell& cell) {
    return std::none_of(cell.regions().begin(), cell.regions().end(),
                        [&](const std::string& region) { return region.starts_with(prefix); });
  };
  TallyReading inside = reading;
  if (prefix.empty()) return inside;
  std::erase_if(inside.cells, [&](const auto& cell) { return outside(cell.key); });
  std::erase_if(inside.flows, [&](const auto& flow) { return outside(flow.cell.key); });
  return inside;
}

}  // namespace

absl::StatusOr<stored::Counters> ReadCounters(const storage::Reader& reader) {
  const std::string key(schema::kCountersRow);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  stored::Counters counters;
  if (!counters.ParseFromString((*rows)[0].value)) return absl::DataLossError("the row of counters is damaged");
  return counters;
}

absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader, const v1::GetGapReportRequest& request,
                                            const ReportContext& context) {
  auto checked = CheckReportRequest(request, context.now_us);
  if (!checked.ok()) return checked.status();
  const ReportQuery& query = *checked;
  const std::string& prefix = query.gaps.filter.region_prefix();
  const ReportPeriod& period = query.gaps.period;

  TallyQuery wanted;
  wanted.region_prefix = query.is_protected ? "" : prefix;  // what is withheld depends on the country
  wanted.fine = query.fine();
  wanted.first_month = query.compare ? period.from - period.months() : period.from;
  auto read = Read(reader, query, wanted, context.known);
  if (!read.ok()) return read.status();
  const TallyReading reading = query.is_protected ? Within(*read, prefix) : std::move(*read);
  const GapTable table = SumTally(reading, query.gaps);
  const Withheld withheld = query.is_protected ? Protect(*read, query.gaps) : Withheld();
  const RuleTitles titles(context.rules);

  v1::GapReport report;
  const int64_t time_us = query.known_at_us.value_or(context.now_us);
  report.mutable_time()->set_seconds(time_us / 1'000'000);
  report.mutable_time()->set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1000);
  report.set_position(static_cast<int64_t>(reader.version()));
  const matcher::CivilDate as_of =
      query.known_at_us ? matcher::CivilDate::FromDays(DayOf(report.time())) : context.as_of;
  *report.mutable_as_of_date() = ToProto(as_of);
  *report.mutable_from_month() = MonthOf(period.from);
  *report.mutable_to_month() = MonthOf(period.to);
  report.set_disclosure(query.is_protected ? v1::DISCLOSURE_PROTECTED : v1::DISCLOSURE_FULL);
  AddRegionPath(prefix, &report);
  AddRows(table, withheld, query, titles, &report);
  *report.mutable_total() =
      withheld.total ? Nothing() : FiguresOf(table.total, query.compare, query.is_protected);

  AddAgeing(reading, query, as_of, &report);
  AddAnswers(reading, query, titles, &report);
  AddTrend(reading, query, table.total, &report);
  if (query.known_at_us) return report;

  auto counters = ReadCounters(reader);
  if (!counters.ok()) return counters.status();
  report.set_persons(counters->persons());
  report.set_records(counters->live_records());
  if (absl::Status status = AddCoverage(reader, *read, query, context, as_of, titles, &report); !status.ok())
    return status;
  if (absl::Status status = AddFeeds(reader, query, context.now_us, &report); !status.ok()) return status;
  return report;
}

}  // namespace relief::server
