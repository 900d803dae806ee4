// Of those entitled, how many are reached; and which departments have reported.
#include <algorithm>
#include <set>

#include "relief/v1/feed_service.pb.h"
#include "server/core/schema.h"
#include "server/coverage/feeds.h"
#include "server/findings/answers.h"
#include "server/reports/filter_protect.h"
#include "server/reports/gap_sections.h"
#include "server/reports/suppression.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

constexpr int kCountyDigits = 6;
constexpr size_t kMaxSources = 20'000;

template <typename List, typename Value>
bool AllowedBy(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// The rules that find gaps, of those that the filter allows.
std::set<std::string> GapRules(const ReportQuery& query, const ReportContext& context) {
  std::set<std::string> rules;
  for (const coverage::RuleInfo& rule : context.rules.rules_in_force(context.as_of))
    if (rule.kind == v1::MISSING && AllowedBy(query.gaps.filter.rule_ids(), rule.id) &&
        AllowedBy(query.gaps.filter.kinds(), rule.kind) &&
        AllowedBy(query.gaps.filter.severities(), rule.severity))
      rules.insert(rule.id);
  return rules;
}

}  // namespace

absl::Status AddCoverage(const storage::Reader& reader, const findings::TallyReading& reading,
                         const GapSums& sums, const ReportQuery& query, const ReportContext& context,
                         const RuleTitles& titles, v1::GapReport* report) {
  if (query.gaps.filter.region_prefix().size() > kCountyDigits)
    return absl::OkStatus();  // answers are by county
  const int digits = std::min(query.gaps.region_digits, kCountyDigits);
  RELIEF_ASSIGN_OR_RETURN(auto answers,
                          findings::ReadAnswers(reader, query.gaps.filter.region_prefix(), digits));
  if (digits == 0) answers[""];
  GapQuery by_rule = query.gaps;
  by_rule.filter = WithoutFlags(by_rule.filter);
  by_rule.columns = {v1::BY_RULE};
  by_rule.region_digits = digits;
  const bool is_same = query.gaps.columns == by_rule.columns && query.gaps.region_digits == digits &&
                       !query.gaps.filter.only_overdue() && !query.gaps.filter.only_disputed();
  GapSums own;
  if (!is_same) own = SumsOf(reading, by_rule, query.is_protected);
  const auto& [table, withheld] = is_same ? sums : own;
  for (const std::string& rule_id : GapRules(query, context)) {
    const v1::Finding& rule = titles.Of(rule_id);
    if (!AllowedBy(query.gaps.filter.needs(), rule.need())) continue;
    for (const auto& [region, by_rule_id] : answers) {
      const auto found = by_rule_id.find(rule_id);
      const findings::AnswerCounts counts =
          found == by_rule_id.end() ? findings::AnswerCounts() : found->second;
      const GapColumn column{rule_id, v1::MISSING, 0, 0, 0};
      int64_t missing = 0;
      if (const auto row = table.regions.find(region); row != table.regions.end())
        if (const auto group = row->second.find(column); group != row->second.end())
          missing = group->second.persons;
      v1::CoverageRate& rate = *report->add_coverage();
      rate.set_rule_id(rule_id);
      rate.set_title_zh(rule.title_zh());
      rate.set_title_en(rule.title_en());
      rate.set_need(rule.need());
      rate.set_region_prefix(region);
      const auto hidden = withheld.cells.find(region);
      const int64_t holders = counts.helped + counts.not_helped, undecidable = counts.all_undecided();
      const auto few = [](int64_t persons) { return persons > 0 && persons < kSmallestShown; };
      if (query.is_protected && (few(holders) || few(counts.helped) || few(undecidable) ||
                                 (hidden != withheld.cells.end() && hidden->second.contains(column)))) {
        rate.set_suppressed(true);
        continue;
      }
      rate.set_holders(holders);
      rate.set_missing(missing);
      rate.set_reached(counts.helped);
      if (holders > 0) rate.set_rate(static_cast<double>(counts.helped) / static_cast<double>(holders));
      rate.set_undecidable(undecidable);
      // Under protection a reason of few persons would tell of them.
      if (query.is_protected && std::any_of(counts.undecided.begin(), counts.undecided.end(),
                                            [&](const auto& one) { return few(one.second); }))
        continue;
      for (const auto& [reason, persons] : counts.undecided) {
        v1::UndecidableCount& count = *rate.add_undecidable_by_reason();
        count.set_reason(reason);
        count.set_persons(persons);
      }
      std::stable_sort(rate.mutable_undecidable_by_reason()->begin(),
                       rate.mutable_undecidable_by_reason()->end(),
                       [](const v1::UndecidableCount& a, const v1::UndecidableCount& b) {
                         return a.persons() > b.persons();
                       });
    }
  }
  return absl::OkStatus();
}

absl::Status AddFeeds(const storage::Reader& reader, const ReportQuery& query, int64_t now_us,
                      v1::GapReport* report) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(schema::kSourcePrefix, "", kMaxSources));
  const std::string& prefix = query.gaps.filter.region_prefix();
  const int64_t now_seconds = now_us / 1'000'000;
  for (const storage::KeyRow& row : rows) {
    stored::Source stored;
    if (!stored.ParseFromString(row.row.value)) return absl::DataLossError("the row of a source is damaged");
    const v1::Source& source = stored.source();
    const bool here =
        source.region_prefix().starts_with(prefix) || prefix.starts_with(source.region_prefix());
    // Facts, leads and gifts are of no programme, and concern all of them.
    const bool wanted = source.programme() == v1::PROGRAMME_UNSPECIFIED ||
                        AllowedBy(query.gaps.filter.programmes(), source.programme());
    if (!here || !wanted) continue;
    v1::FeedStatus& feed = *report->add_feeds();
    feed.set_source_id(source.source_id());
    feed.set_programme(source.programme());
    feed.set_region_prefix(source.region_prefix());
    feed.set_live_records(source.live_records());
    feed.set_snapshot_held(source.snapshot_held());
    if (source.has_last_push_time()) {
      *feed.mutable_last_push_time() = source.last_push_time();
      feed.set_days_since_push(static_cast<int32_t>(
          std::max<int64_t>(0, now_seconds - source.last_push_time().seconds()) / 86'400));
    } else {
      feed.set_days_since_push(-1);
    }
    const int every =
        source.declared().every_days() > 0 ? source.declared().every_days() : coverage::kEveryDays;
    feed.set_late(feed.days_since_push() < 0 || feed.days_since_push() > every + coverage::kGraceDays);
  }
  return absl::OkStatus();
}

}  // namespace relief::server::reports
