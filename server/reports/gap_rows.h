// The rows of a report: the groups of a table as the contract shows them, rounded and withheld where figures
// are protected.
//
// Pure; callable from any thread.
#pragma once

#include <map>
#include <string>

#include "relief/v1/report_service.pb.h"
#include "server/coverage/coverage.h"
#include "server/reports/gap_protect.h"
#include "server/reports/gap_table.h"
#include "server/reports/report_request.h"

namespace relief::server::reports {

// The titles of the rules in force, looked up once. A rule that is gone has its id and no titles.
class RuleTitles {
 public:
  explicit RuleTitles(const coverage::RuleSet& rules) : rules_(rules) {}
  const v1::Finding& Of(const std::string& rule_id) const;

 private:
  const coverage::RuleSet& rules_;
  mutable std::map<std::string, v1::Finding> known_;
};

using GapRows = google::protobuf::RepeatedPtrField<v1::GapRow>;

// Most findings first, then in the order of the table; withheld rows last, so that their place tells nothing.
// Rows of nothing are left out.
GapRows RowsOf(const GapTable& table, const Withheld& withheld, const ReportQuery& query,
               const RuleTitles& titles);

v1::GapFigures FiguresOf(const GapGroup& group, bool is_withheld, const ReportQuery& query);

}  // namespace relief::server::reports
