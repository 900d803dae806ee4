#include "server/reports/gap_sections.h"

#include <algorithm>

#include "server/reports/suppression.h"

namespace relief::server::reports {
namespace {

// Findings that first opened in the period, whatever became of them.
template <typename Take>
void ForCohort(const findings::TallyReading& reading, const ReportQuery& query, const Take& take) {
  const v1::FindingFilter filter = WithoutFlags(query.gaps.filter);
  for (const findings::TallyReading::Cell& cell : reading.cells) {
    const int32_t month = findings::MonthIndex(matcher::CivilDate::FromDays(cell.key.open_day()));
    if (month >= query.gaps.period.from && month <= query.gaps.period.to &&
        findings::Allows(filter, cell.key, false))
      take(cell);
  }
}

// From the day after the bound before to the bound.
int32_t FromDays(std::span<const int32_t> bounds, size_t bucket) {
  return bucket == 0 ? 0 : bounds[bucket - 1] + 1;
}
int32_t ToDays(std::span<const int32_t> bounds, size_t bucket) {
  return bucket < bounds.size() ? bounds[bucket] : 0;
}

double Mean(int64_t sum, int64_t count, bool is_protected) {
  if (count == 0 || (is_protected && count < kSmallestShown)) return 0;
  return static_cast<double>(sum) / static_cast<double>(count);
}

void SetOutcomes(const findings::Figures& sum, bool is_protected, v1::RuleOutcomes* row) {
  const auto shown = [&](int64_t count) { return is_protected ? Rounded(count) : count; };
  row->set_findings(shown(sum[findings::kFindings]));
  row->set_confirmed(shown(sum[findings::kConfirmed]));
  row->set_not_a_problem(shown(sum[findings::kNotAProblem]));
  row->set_wrong_person(shown(sum[findings::kWrongPerson]));
  row->set_wrong_data(shown(sum[findings::kWrongData]));
  row->set_contradicted(shown(sum[findings::kContradicted]));
  row->set_answered(row->confirmed() + row->not_a_problem() + row->wrong_person() + row->wrong_data() +
                    row->contradicted());
  row->set_closed_unanswered(shown(sum[findings::kClosedUnanswered]));
  if (row->answered() > 0)
    row->set_false_alarm_rate(static_cast<double>(row->not_a_problem()) /
                              static_cast<double>(row->answered()));
}

}  // namespace

void AddAgeing(const findings::TallyReading& reading, const ReportQuery& query, matcher::CivilDate as_of,
               v1::GapReport* report) {
  std::array<findings::Figures, findings::kAgeBuckets> buckets;
  std::array<int64_t, findings::kAgeBuckets> overdue = {};
  for (const findings::TallyReading::Cell& cell : reading.cells) {
    if (cell.key.state() != v1::Finding::OPEN || !findings::Allows(query.gaps.filter, cell.key, false))
      continue;
    const size_t bucket =
        findings::BucketOf(findings::kAgeDays, std::max(0, as_of.days() - cell.key.open_day()));
    buckets[bucket] += cell.figures;
    if (cell.key.overdue()) overdue[bucket] += cell.figures[findings::kFindings];
  }
  for (size_t i = 0; i < findings::kAgeBuckets; ++i) {
    v1::AgeBucket& bucket = *report->add_ageing();
    bucket.set_from_days(FromDays(findings::kAgeDays, i));
    bucket.set_to_days(ToDays(findings::kAgeDays, i));
    const int64_t findings = buckets[i][findings::kFindings];
    bucket.set_findings(query.is_protected ? Rounded(findings) : findings);
    bucket.set_overdue(query.is_protected ? Rounded(overdue[i]) : overdue[i]);
    if (!query.is_protected || findings >= kSmallestShown)
      bucket.set_amount_fen(buckets[i][findings::kAmount]);
  }
}

void AddAnswers(const findings::TallyReading& reading, const ReportQuery& query, const RuleTitles& titles,
                v1::GapReport* report) {
  findings::Figures all;
  std::map<std::string, findings::Figures> by_rule;
  ForCohort(reading, query, [&](const findings::TallyReading::Cell& cell) {
    all += cell.figures;
    by_rule[cell.key.rule_id()] += cell.figures;
  });
  const bool is_protected = query.is_protected;
  const auto shown = [&](int64_t count) { return is_protected ? Rounded(count) : count; };
  v1::ResponseTimes& response = *report->mutable_response();
  response.set_findings(shown(all[findings::kFindings]));
  response.set_answered(shown(all[findings::kFirstAnswers]));
  response.set_final(shown(all[findings::kFinalAnswers]));
  response.set_mean_first_days(Mean(all[findings::kFirstDays], all[findings::kFirstAnswers], is_protected));
  response.set_mean_final_days(Mean(all[findings::kFinalDays], all[findings::kFinalAnswers], is_protected));
  for (size_t i = 0; i < findings::kAnswerBuckets; ++i) {
    v1::ResponseTimes::Bucket& bucket = *response.add_buckets();
    bucket.set_from_days(FromDays(findings::kAnswerDays, i));
    bucket.set_to_days(ToDays(findings::kAnswerDays, i));
    bucket.set_first(shown(all[findings::kFirstBucket + i]));
    bucket.set_final(shown(all[findings::kFinalBucket + i]));
  }
  for (const auto& [rule_id, sum] : by_rule) {
    if (sum[findings::kFindings] == 0) continue;
    v1::RuleOutcomes& row = *report->add_outcomes();
    const v1::Finding& rule = titles.Of(rule_id);
    row.set_rule_id(rule_id);
    row.set_kind(rule.kind());
    row.set_title_zh(rule.title_zh());
    row.set_title_en(rule.title_en());
    SetOutcomes(sum, is_protected, &row);
  }
}

void AddTrend(const findings::TallyReading& reading, const ReportQuery& query, const GapGroup& total,
              v1::GapReport* report) {
  const ReportPeriod& period = query.gaps.period;
  const v1::FindingFilter filter = WithoutFlags(query.gaps.filter);
  std::map<int32_t, findings::Figures> months;
  for (const findings::TallyReading::Flow& flow : reading.flows)
    if (flow.month >= period.from && findings::Allows(filter, flow.cell.key, false))
      months[flow.month] += flow.cell.figures;
  // Back from what is open now.
  GapGroup back = total;
  back.after = findings::Figures();
  for (const auto& [month, flow] : months)
    if (month > period.to) back.after += flow;
  std::vector<v1::TrendPoint> points;
  for (int32_t month = period.to; month >= period.from; --month) {
    back.flow = months[month];
    v1::TrendPoint& point = points.emplace_back();
    *point.mutable_month() = MonthOf(month);
    *point.mutable_movement() = back.Movement();
    if (query.is_protected) Round(point.mutable_movement());
    back.after += back.flow;
  }
  for (auto point = points.rbegin(); point != points.rend(); ++point)
    *report->add_trend() = std::move(*point);
}

}  // namespace relief::server::reports
