// Reads whatever table file a department has, by its content and never by its extension: .xlsx, .ods, .xls
// (BIFF), Excel 2003 XML, HTML tables saved as .xls, and text with commas, tabs, semicolons or bars in UTF-8,
// UTF-16 or GB18030.
//
// Rows come one by one in constant memory, except that of a .xls one sheet (at most 65,536 rows) is held.
// Formulas give the values that were computed when the file was saved. A number is written as the cell shows
// it, with at most 15 digits and never with an exponent; a day number becomes a date where the cell's format
// says so.
//
// A file that cannot be read gives one sentence: what it is, and what to do. What a file may unpack to is
// bounded.
//
// One object is used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace relief::adapters {

enum class FileFormat { kText, kXlsx, kOds, kXls, kExcel2003Xml, kHtml };

// e.g. "Excel workbook (.xlsx)".
std::string_view FormatName(FileFormat format);

enum class CellKind : uint8_t {
  kText,
  kNumber,       // stored as a number: a long one may have lost digits
  kDate,         // stored as a day number with a date's format
  kError,        // #N/A and the like
  kMergedUp,     // empty, covered by a merged cell that begins in a row above
  kMergedLeft,   // empty, covered by a merged cell that begins further left
  kNotComputed,  // empty: a formula whose value the file does not hold
};

struct SheetRow {
  int64_t line = 0;  // as the file counts, from 1
  std::vector<std::string> cells;
  std::vector<CellKind> kinds;  // of each cell

  void Clear();
  // Makes room for the column and sets it. Requires: column < kMostColumns.
  void Set(size_t column, std::string value, CellKind kind);
  bool Blank() const;
};

inline constexpr size_t kMostColumns = 16'384;
inline constexpr size_t kLongestCell = 1 << 20;

// The rows of one sheet.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // False at the end. Rows without any value are passed over. DATA_LOSS: the file is damaged, with a
  // sentence.
  virtual absl::StatusOr<bool> Next(SheetRow* row) = 0;
  // For progress.
  virtual int64_t bytes_read() const = 0;
  virtual int64_t bytes_total() const = 0;
};

struct SheetInfo {
  std::string name;  // empty in formats without names
  bool hidden = false;
};

class Workbook {
 public:
  virtual ~Workbook() = default;

  // NOT_FOUND or UNAVAILABLE where the file cannot be opened, DATA_LOSS where it is damaged,
  // UNIMPLEMENTED where it is something else (a PDF, a protected workbook): all with a sentence.
  static absl::StatusOr<std::unique_ptr<Workbook>> Open(const std::string& path);

  virtual FileFormat format() const = 0;
  // Where there is something to tell, e.g. "GB18030".
  virtual std::string detail() const { return ""; }
  const std::vector<SheetInfo>& sheets() const { return sheets_; }

  // Requires: sheet < sheets().size(). The workbook must outlive the reader.
  virtual absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t sheet) = 0;

 protected:
  std::vector<SheetInfo> sheets_;
};

// What the first bytes say. UNIMPLEMENTED with a sentence for what is no table.
absl::StatusOr<FileFormat> DetectFormat(const std::string& path);

}  // namespace relief::adapters
