// Records of any columns, for linking data sets that are not Chinese administrative records: public
// benchmarks, a partner's register. Cells are normalised by the kind of their column and stored once for each
// distinct value, so that comparisons and frequencies are by value.
//
// Immutable once built; callable from any thread then.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace relief::matcher {

// What a column holds: decides how its cells are normalised, blocked and compared.
enum class ColumnKind : uint8_t {
  kGivenName,
  kSurname,
  kFullName,    // all parts of a name, in any order
  kDate,        // yyyy-mm-dd, yyyymmdd, dd/mm/yyyy
  kIdentifier,  // a number or code that names a person
  kPhone,
  kPostcode,
  kCategory,  // few values: sex, state, occupation
  kText,      // several words: an address, a place
};

struct Cell {
  std::u32string text;  // letters in lower case, digits; words separated by one space
  std::vector<std::u32string> words;
};

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kText;
  std::vector<uint32_t> value_of_row;  // index into cells; 0 is missing
  std::vector<Cell> cells;             // each distinct value once; cells[0] is empty
  std::vector<uint32_t> count;         // rows that have the value

  bool missing(size_t row) const { return value_of_row[row] == 0; }
  const Cell& cell(size_t row) const { return cells[value_of_row[row]]; }
};

class Table {
 public:
  struct ColumnType {
    std::string name;
    ColumnKind kind;
  };
  explicit Table(const std::vector<ColumnType>& columns);

  // `cells` are UTF-8, one for each column. Empty, "null", "nan", "n/a", "none", "unknown", "-" are missing.
  void AddRow(uint16_t source, std::string id, const std::vector<std::string_view>& cells);

  size_t rows() const { return ids_.size(); }
  const std::vector<Column>& columns() const { return columns_; }
  const std::string& id(size_t row) const { return ids_[row]; }
  uint16_t source(size_t row) const { return sources_[row]; }
  size_t sources() const { return source_count_; }

 private:
  std::vector<Column> columns_;
  std::vector<std::unordered_map<std::string, uint32_t>> known_;  // normalised text -> value, for each column
  std::vector<std::string> ids_;
  std::vector<uint16_t> sources_;
  size_t source_count_ = 0;
};

}  // namespace relief::matcher
