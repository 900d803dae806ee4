// Gap reports: open findings counted by rule and region, from one consistent reading of the store.
//
// Pure reading; callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/report_service.pb.h"
#include "server/stored.pb.h"
#include "storage/store.h"

namespace relief::server {

// `reader` is a snapshot. INVALID_ARGUMENT: region_digits is not 0, 2, 4 or 6.
absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader,
                                            const v1::GetGapReportRequest& request, int64_t now_us,
                                            matcher::CivilDate as_of);

absl::StatusOr<stored::Counters> ReadCounters(const storage::Reader& reader);

}  // namespace relief::server
