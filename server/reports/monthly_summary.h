// The monthly summary of the information report (信息报送): a month's figures of one region, in tables that
// are protected together, and the document to print.
//
// Pure reading; callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"
#include "server/reports/gap_report.h"

namespace relief::server::reports {

// `reader` is a snapshot. INVALID_ARGUMENT: month, region_prefix, names that are too long, disclosure.
absl::StatusOr<v1::MonthlySummary> MakeMonthlySummary(const storage::Reader& reader,
                                                      const v1::GetMonthlySummaryRequest& request,
                                                      const ReportContext& context);

}  // namespace relief::server::reports
