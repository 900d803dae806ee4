// Gap reports: what is open, what moved, how it was answered and whom the programmes reach, from one
// consistent reading of the counts that are kept with the findings (server/findings/tally.h). Never scans the
// findings, but for "as known at".
//
// Pure reading; callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/report_service.pb.h"
#include "server/coverage/coverage.h"
#include "server/findings/tally.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"

namespace relief::server::reports {

struct ReportContext {
  int64_t now_us = 0;
  matcher::CivilDate as_of;        // the day that the rules were judged for
  const coverage::RuleSet& rules;  // titles, and which gaps there are
  // Read once for several reports: of the whole country, as fine as any of them asks, from the first of their
  // months on, and as known at their as_known_at. Null: each reads for itself.
  const findings::TallyReading* reading = nullptr;
};

// `reader` is a snapshot. INVALID_ARGUMENT: as the contract says.
absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader,
                                            const v1::GetGapReportRequest& request,
                                            const ReportContext& context);

}  // namespace relief::server::reports
