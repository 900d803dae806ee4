// Finds the table in a sheet: the titles above it, its header of one or two rows, and what each row below is. Every row is
// one of these and counted: nothing is passed over without a word.
//
// One object is used by one thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/words_of_columns.h"
#include "adapters/mapping/row_mapper.h"
#include "adapters/tabular/workbook.h"

namespace relief::adapters {

enum class RowRole {
  kRecord,
  kTotal,          // 合计, 小计
  kNote,           // a note, a signature, a heading of a section
  kHeaderAgain,    // the header repeated, as on every printed page
  kNumberedBlank,  // a number and nothing else
};

class SheetTable {
 public:
  // The table of a sheet. NOT_FOUND: there is none, with a sentence that says where it was looked for. `mappings` and
  // `words` know headings; they need not outlive the table.
  static absl::StatusOr<std::unique_ptr<SheetTable>> Find(std::unique_ptr<RowReader> reader,
                                                          const MappingSet& mappings,
                                                          const WordsOfColumns& words);

  // Of each column: 领取金额/合计 where a group stands over it. Unnamed columns are empty.
  const std::vector<std::string>& header() const { return header_; }
  int64_t header_line() const { return header_line_; }
  int64_t header_rows() const { return header_rows_; }
  const std::vector<std::string>& titles() const { return titles_; }

  // The next row below the header, with at least as many cells as the header where the format pads (spreadsheets).
  absl::StatusOr<bool> Next(SheetRow* row);
  // The first rows below the header, at most 500, without taking them.
  const std::deque<SheetRow>& Peek();
  const RowReader& reader() const { return *reader_; }
  int64_t not_computed() const { return not_computed_; }

  RowRole RoleOf(const SheetRow& row) const;
  // Which columns name the person: rows without either that speak of totals or signatures are no records.
  void SetIdentityColumns(std::vector<int> columns) { identity_ = std::move(columns); }
  // Rows of text formats are given as they are: a short one may be shifted.
  void SetPadding(bool pad) { pad_ = pad; }

 private:
  explicit SheetTable(std::unique_ptr<RowReader> reader) : reader_(std::move(reader)) {}
  absl::Status Fetch(size_t rows);
  void SetHeader(size_t first, size_t last);

  std::unique_ptr<RowReader> reader_;
  std::deque<SheetRow> ahead_;
  bool at_end_ = false, pad_ = true;
  std::vector<std::string> header_, titles_;
  std::vector<std::vector<std::string>> header_cells_;
  std::vector<int> identity_;
  int64_t header_line_ = 0, header_rows_ = 0, not_computed_ = 0;
  absl::Status failed_;
};

}  // namespace relief::adapters
