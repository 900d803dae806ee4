// Reports and findings as files, and what their figures mean.
//
// Pure reading; callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"
#include "server/report/gap_report.h"

namespace relief::server {

inline constexpr int64_t kMaxDownloadRows = 20'000, kMaxExportRows = 1'000'000;

// The rows of a report, or findings in the order that was asked for, at most `max_rows` of them. `user` is named in the notes.
absl::StatusOr<v1::ExportedFile> ExportReportFile(const storage::Reader& reader, const v1::ExportReportRequest& request,
                                                  const ReportContext& context, const std::string& user,
                                                  int64_t max_rows);
absl::StatusOr<v1::ExportedFile> ExportFindingsFile(const storage::Reader& reader,
                                                    const v1::ExportFindingsRequest& request,
                                                    const ReportContext& context, const std::string& user,
                                                    int64_t max_rows);

v1::ReportDefinitions ReportDefinitionList();

}  // namespace relief::server
