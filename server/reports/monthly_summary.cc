#include "server/reports/monthly_summary.h"

#include <algorithm>

#include "server/base/region_names.h"
#include "server/base/time.h"
#include "server/reports/filter_protect.h"
#include "server/reports/gap_rows.h"
#include "server/reports/monthly_document.h"
#include "server/reports/monthly_protect.h"
#include "server/reports/report_words.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

constexpr size_t kMaxNameBytes = 200;

absl::Status CheckRequest(const v1::GetMonthlySummaryRequest& request, int32_t now_month) {
  const auto month = MonthIndexOf(request.month());
  if (!month) return absl::InvalidArgumentError("month: required, a month");
  if (*month > now_month) return absl::InvalidArgumentError("month: in the future");
  if (request.region_prefix().size() > 6)
    return absl::InvalidArgumentError("region_prefix: at most 6 digits");
  if (request.region_name().size() > kMaxNameBytes)
    return absl::InvalidArgumentError("region_name: at most 200 bytes");
  if (request.issuer().size() > kMaxNameBytes) return absl::InvalidArgumentError("issuer: at most 200 bytes");
  return absl::OkStatus();
}

// The last instant of the month in UTC+8.
int64_t EndOf(int32_t month) { return BeginningInChina(findings::FirstOfMonth(month + 1).days()) - 1; }

// One of the summary's tables, as a question.
v1::GetGapReportRequest QuestionOf(const v1::GetMonthlySummaryRequest& request,
                                   std::optional<int64_t> known_at_us, int region_digits,
                                   std::initializer_list<v1::GapDimension> group_by) {
  v1::GetGapReportRequest question;
  question.mutable_filter()->set_region_prefix(request.region_prefix());
  question.set_region_digits(region_digits);
  for (const v1::GapDimension dimension : group_by) question.add_group_by(dimension);
  *question.mutable_from_month() = *question.mutable_to_month() = request.month();
  question.set_compare(true);
  question.set_disclosure(request.disclosure());
  if (known_at_us) {
    question.mutable_as_known_at()->set_seconds(*known_at_us / 1'000'000);
    question.mutable_as_known_at()->set_nanos(static_cast<int32_t>(*known_at_us % 1'000'000) * 1000);
  }
  return question;
}

absl::StatusOr<findings::TallyReading> ReadOnce(const storage::Reader& reader,
                                                std::optional<int64_t> known_at_us,
                                                const findings::TallyQuery& wanted) {
  if (!known_at_us) return findings::ReadTally(reader, wanted);
  RELIEF_ASSIGN_OR_RETURN(auto tally, findings::ReplayFindings(reader, *known_at_us));
  return tally.Read(wanted);
}

// The rows by kind of the whole region.
GapRows KindRows(const GapSums& regions, const ReportQuery& query, const RuleTitles& titles) {
  GapTable table;
  Withheld withheld;
  table.regions[""] = regions.table.totals;
  withheld.cells[""] = regions.withheld.totals;
  return RowsOf(table, withheld, query, titles);
}

// Applies what was withheld in the tables together to the report that was protected by itself.
void ApplyDecisions(const GapSums& rules, const ReportQuery& query, const RuleTitles& titles,
                    v1::GapReport* report) {
  *report->mutable_rows() = RowsOf(rules.table, rules.withheld, query, titles);
  *report->mutable_total() = FiguresOf(rules.table.total, rules.withheld.total, query);
  report->set_suppressed_rows(
      std::count_if(report->rows().begin(), report->rows().end(),
                    [](const v1::GapRow& row) { return row.figures().suppressed(); }));
  const auto hidden = rules.withheld.cells.find("");
  if (hidden == rules.withheld.cells.end()) return;
  for (v1::CoverageRate& rate : *report->mutable_coverage()) {
    if (!hidden->second.contains(GapColumn{rate.rule_id(), v1::MISSING, 0, 0, 0})) continue;
    for (const auto clear :
         {&v1::CoverageRate::clear_holders, &v1::CoverageRate::clear_missing,
          &v1::CoverageRate::clear_reached, &v1::CoverageRate::clear_rate,
          &v1::CoverageRate::clear_undecidable, &v1::CoverageRate::clear_undecidable_by_reason})
      (rate.*clear)();
    rate.set_suppressed(true);
  }
}

std::string FileNameOf(const v1::GetMonthlySummaryRequest& request) {
  return "救助信息共享月报_" + (request.region_prefix().empty() ? "全国" : request.region_prefix()) + "_" +
         MonthText(request.month()) + ".html";
}

}  // namespace

absl::StatusOr<v1::MonthlySummary> MakeMonthlySummary(const storage::Reader& reader,
                                                      const v1::GetMonthlySummaryRequest& request,
                                                      const ReportContext& context) {
  const int32_t now_month = MonthAt(context.now_us);
  RELIEF_RETURN_IF_ERROR(CheckRequest(request, now_month));
  const int32_t month = *MonthIndexOf(request.month());
  std::optional<int64_t> known_at_us;
  if (month < now_month) known_at_us = EndOf(month);
  const int digits = static_cast<int>(request.region_prefix().size());
  const int next_digits = digits < 6 ? digits + 2 : 9;

  const auto question = QuestionOf(request, known_at_us, 0, {v1::BY_KIND, v1::BY_RULE});
  auto by_rule = CheckReportRequest(question, context.now_us);
  if (!by_rule.ok()) {  // the one field of the question that was not looked at yet
    const std::string message(by_rule.status().message());
    return absl::InvalidArgumentError(message.starts_with("filter.") ? message.substr(message.find('.') + 1)
                                                                     : message);
  }
  const auto by_region = CheckReportRequest(
      QuestionOf(request, known_at_us, next_digits, {v1::BY_KIND, v1::BY_REGION}), context.now_us);
  if (!by_region.ok()) return by_region.status();
  const auto by_programme =
      CheckReportRequest(QuestionOf(request, known_at_us, 0, {v1::BY_PROGRAMME}), context.now_us);
  if (!by_programme.ok()) return by_programme.status();

  findings::TallyQuery wanted;
  wanted.fine = by_region->fine();
  wanted.first_month = month - 1;
  RELIEF_ASSIGN_OR_RETURN(const auto reading, ReadOnce(reader, known_at_us, wanted));
  ReportContext shared{context.now_us, context.as_of, context.rules, &reading};
  RELIEF_ASSIGN_OR_RETURN(auto report, MakeGapReport(reader, question, shared));

  MonthlySums sums{SumsOf(reading, by_rule->gaps, by_rule->is_protected),
                   SumsOf(reading, by_region->gaps, by_region->is_protected),
                   SumsOf(reading, by_programme->gaps, by_programme->is_protected)};
  if (by_rule->is_protected) ProtectTogether(&sums);

  const RuleTitles titles(context.rules);
  v1::MonthlySummary summary;
  *summary.mutable_month() = request.month();
  summary.set_region_prefix(request.region_prefix());
  *summary.mutable_known_at() = report.time();
  *summary.mutable_as_of_date() = report.as_of_date();
  *summary.mutable_report() = std::move(report);
  ApplyDecisions(sums.rules, *by_rule, titles, summary.mutable_report());
  *summary.mutable_kinds() = KindRows(sums.regions, *by_rule, titles);
  *summary.mutable_regions() = RowsOf(sums.regions.table, sums.regions.withheld, *by_region, titles);
  std::sort(summary.mutable_regions()->begin(), summary.mutable_regions()->end(),
            [](const auto& a, const auto& b) {
              return std::pair(a.region_prefix(), a.kind()) < std::pair(b.region_prefix(), b.kind());
            });
  *summary.mutable_programmes() =
      RowsOf(sums.programmes.table, sums.programmes.withheld, *by_programme, titles);
  summary.set_file_name(FileNameOf(request));
  const std::string name = !request.region_name().empty()     ? request.region_name()
                           : !request.region_prefix().empty() ? RegionName(request.region_prefix())
                                                              : "全国";
  summary.set_html(MonthlyDocument(summary, {name, request.issuer(), month == now_month}));
  return summary;
}

}  // namespace relief::server::reports
