// The sections of a gap report beside its rows: ageing, answers, trend, coverage, feeds.
//
// Each adds to the report what it is named after; callable from any thread.
#pragma once

#include "absl/status/status.h"
#include "relief/v1/report_service.pb.h"
#include "server/reports/gap_rows.h"
#include "server/reports/report_context.h"
#include "server/reports/report_request.h"
#include "storage/store.h"

namespace relief::server::reports {

// Of a reading, what lies in the region that is asked for is taken.
void AddAgeing(const findings::TallyReading& reading, const ReportQuery& query, matcher::CivilDate as_of,
               v1::GapReport* report);
void AddAnswers(const findings::TallyReading& reading, const ReportQuery& query, const RuleTitles& titles,
                v1::GapReport* report);
void AddTrend(const findings::TallyReading& reading, const ReportQuery& query, const GapGroup& total,
              v1::GapReport* report);
// `sums`: of the query.
absl::Status AddCoverage(const storage::Reader& reader, const findings::TallyReading& reading,
                         const GapSums& sums, const ReportQuery& query, const ReportContext& context,
                         const RuleTitles& titles, v1::GapReport* report);
absl::Status AddFeeds(const storage::Reader& reader, const ReportQuery& query, int64_t now_us,
                      v1::GapReport* report);

}  // namespace relief::server::reports
