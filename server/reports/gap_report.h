// Gap reports: what is open, what moved, how it was answered and whom the programmes reach, from one
// consistent reading of the counts that are kept with the findings (server/findings/tally.h). Never scans the
// findings, but for "as known at".
//
// Pure reading; callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"
#include "server/reports/report_context.h"
#include "storage/store.h"

namespace relief::server::reports {

// `reader` is a snapshot. INVALID_ARGUMENT: as the contract says.
absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader,
                                            const v1::GetGapReportRequest& request,
                                            const ReportContext& context);

}  // namespace relief::server::reports
