// Reads a departmental export row by row: RFC 4180 (quotes, doubled quotes, line breaks inside quotes, CRLF
// or LF; commas or another separator) in any encoding of text_source.h, in constant memory.
//
// Forgives what spreadsheets leave behind: blanks after a closing quote, a stray quote at the end of an
// unquoted cell, blank lines, no line break at the end. Does not forgive a quote that is never closed:
// everything after it would be one cell.
//
// One object is used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/tabular/text_source.h"

namespace relief::adapters {

struct CsvRow {
  int64_t line = 0;  // where the row begins, the header being line 1
  std::vector<std::string> cells;
};

class CsvReader {
 public:
  static absl::StatusOr<std::unique_ptr<CsvReader>> Open(const std::string& path, char separator = ',');

  // False at the end. DATA_LOSS: a quote is not closed, or a cell is longer than 1 MiB; the status names the
  // line.
  absl::StatusOr<bool> Next(CsvRow* row);

  const TextSource& source() const { return *source_; }

 private:
  CsvReader(std::unique_ptr<TextSource> source, char separator);
  absl::StatusOr<int> Take();  // the next byte, or -1
  absl::StatusOr<bool> ReadRow(CsvRow* row);
  absl::StatusOr<bool> ReadCell(std::string* cell);  // true if the row goes on

  std::unique_ptr<TextSource> source_;
  const char separator_;
  std::string_view piece_;
  int pushed_back_ = -2;
  int64_t line_ = 1;
  bool at_end_ = false;
};

// Comma, tab, semicolon or bar: what separates the cells of a text that begins like this.
char DetectSeparator(std::string_view beginning);

}  // namespace relief::adapters
