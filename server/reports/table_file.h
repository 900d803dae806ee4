// Rows as a file for a spreadsheet: CSV (UTF-8 with a byte order mark, CRLF) or XLSX (notes on a second
// sheet).
//
// The bytes go to a sink, piece by piece: a CSV while its rows come, a workbook from a temporary file at the
// end. Neither is ever whole in memory. Text that a spreadsheet would take for a formula begins with an
// apostrophe. One writer, one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"

namespace relief::server::reports {

struct TableCell {
  std::string text;
  std::optional<double> number;
  static TableCell Text(std::string text) { return {std::move(text), std::nullopt}; }
  static TableCell Count(int64_t count) { return {std::to_string(count), static_cast<double>(count)}; }
  static TableCell Yuan(int64_t fen);
};
using TableNotes = std::vector<std::pair<std::string, std::string>>;

// Takes the next bytes of a file; an error ends it.
using FileSink = std::function<absl::Status(std::string_view bytes)>;

class TableFile {
 public:
  virtual ~TableFile() = default;
  // The status of the sink, if it was called.
  virtual absl::Status Add(const std::vector<TableCell>& row) = 0;
  // The rest of the file. `mark`: the caller and the time, so that a file that is found elsewhere can be traced; the last row of a
  // CSV, and in a workbook the foot of each printed page. The notes are left out of CSV. UNAVAILABLE: the
  // file cannot be written. Call once, last.
  virtual absl::Status Finish(const std::string& mark, const TableNotes& notes) = 0;
};

inline constexpr size_t kFilePieceBytes = 256 * 1024;  // at least, but for the last

// INVALID_ARGUMENT: not a format for rows.
absl::StatusOr<std::unique_ptr<TableFile>> NewTableFile(v1::ExportFormat format,
                                                        const std::vector<std::string>& header,
                                                        FileSink sink);

std::string GuardFormula(std::string text);

}  // namespace relief::server::reports
