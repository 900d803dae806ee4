// Rows as a file for a spreadsheet: CSV (UTF-8 with a byte order mark, CRLF) or XLSX (notes on a second sheet).
//
// Text that a spreadsheet would take for a formula begins with an apostrophe. One writer, one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/report_service.pb.h"

namespace relief::server {

struct TableCell {
  std::string text;
  std::optional<double> number;
  static TableCell Text(std::string text) { return {std::move(text), std::nullopt}; }
  static TableCell Count(int64_t count) { return {std::to_string(count), static_cast<double>(count)}; }
  static TableCell Yuan(int64_t fen);
};
using TableNotes = std::vector<std::pair<std::string, std::string>>;

class TableFile {
 public:
  virtual ~TableFile() = default;
  virtual void Add(const std::vector<TableCell>& row) = 0;
  // The bytes of the whole file; the notes are left out of CSV. UNAVAILABLE: the file cannot be written. Call once, last.
  virtual absl::StatusOr<std::string> Finish(const TableNotes& notes) = 0;
};

// INVALID_ARGUMENT: not a format for rows.
absl::StatusOr<std::unique_ptr<TableFile>> NewTableFile(v1::ExportFormat format, const std::vector<std::string>& header);

std::string GuardFormula(std::string text);

}  // namespace relief::server
