// The sections of a gap report beside its rows: ageing, answers, trend, coverage, feeds.
//
// Each adds to the report what it is named after; callable from any thread.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "relief/v1/report_service.pb.h"
#include "server/report/gap_report.h"
#include "server/report/report_request.h"

namespace relief::server {

// What the rules in force say of themselves, looked up once. A rule that is gone has its id and no titles.
class RuleTitles {
 public:
  explicit RuleTitles(const coverage::RuleSet& rules) : rules_(rules) {}
  const v1::Finding& Of(const std::string& rule_id) const;

 private:
  const coverage::RuleSet& rules_;
  mutable std::map<std::string, v1::Finding> known_;
};

// `reading` is of the region that is asked for.
void AddAgeing(const TallyReading& reading, const ReportQuery& query, matcher::CivilDate as_of, v1::GapReport* report);
void AddAnswers(const TallyReading& reading, const ReportQuery& query, const RuleTitles& titles, v1::GapReport* report);
void AddTrend(const TallyReading& reading, const ReportQuery& query, const GapGroup& total, v1::GapReport* report);
// `reading` is what was read: of the country where figures are protected, else of the region.
absl::Status AddCoverage(const storage::Reader& reader, const TallyReading& reading, const ReportQuery& query,
                         const ReportContext& context, matcher::CivilDate as_of, const RuleTitles& titles,
                         v1::GapReport* report);
absl::Status AddFeeds(const storage::Reader& reader, const ReportQuery& query, int64_t now_us, v1::GapReport* report);

}  // namespace relief::server
