// Gap reports: what is open, what moved, how it was answered and whom the programmes reach, from one consistent reading of the
// counts that are kept with the findings (server/report/tally.h). Never scans the findings, but for "as known at".
//
// Pure reading; callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/report_service.pb.h"
#include "server/coverage/coverage.h"
#include "server/report/tally.h"
#include "server/stored.pb.h"
#include "storage/store.h"

namespace relief::server {

struct ReportContext {
  int64_t now_us = 0;
  matcher::CivilDate as_of;        // the day that the rules were judged for
  const coverage::RuleSet& rules;  // titles, and which gaps there are
  // The history up to as_known_at, where several reports of that instant are made; null: it is read.
  const Tally* known = nullptr;
};

// `reader` is a snapshot. INVALID_ARGUMENT: as the contract says.
absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader, const v1::GetGapReportRequest& request,
                                            const ReportContext& context);

absl::StatusOr<stored::Counters> ReadCounters(const storage::Reader& reader);

}  // namespace relief::server
