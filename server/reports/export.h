// Reports and findings as files.
//
// Pure reading; callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"
#include "server/reports/gap_report.h"
#include "server/reports/table_file.h"

namespace relief::server::reports {

inline constexpr int64_t kMaxDownloadRows = 20'000, kMaxExportRows = 1'000'000;

struct FileHead {
  std::string name, content_type;
};
struct FileTail {
  int64_t rows = 0, rows_left_out = 0;
};

// Where a file goes. An error ends it.
struct FileTarget {
  std::function<absl::Status(const FileHead& head)>
      begin;  // once, before the first byte: the question was sound
  FileSink take;
};

// The rows of a report, or findings in the order that was asked for, at most `max_rows` of them. `user` is
// named in the notes.
absl::StatusOr<FileTail> ExportReport(const storage::Reader& reader, const v1::ExportReportRequest& request,
                                      const ReportContext& context, const std::string& user, int64_t max_rows,
                                      const FileTarget& target);
absl::StatusOr<FileTail> ExportFindings(const storage::Reader& reader,
                                        const v1::ExportFindingsRequest& request,
                                        const ReportContext& context, const std::string& user,
                                        int64_t max_rows, const FileTarget& target);

}  // namespace relief::server::reports
