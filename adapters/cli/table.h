// A table for a terminal. Columns line up where Chinese (double width) and Latin text mix.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace relief::adapters {

// Columns of a terminal that a text takes: 2 for East Asian wide characters, 0 for combining marks, else 1.
int DisplayWidth(std::string_view utf8);

class Table {
 public:
  // `numeric` columns are aligned to the right.
  struct Column {
    std::string title;
    bool numeric = false;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells);  // as many as there are columns
  void Print(std::ostream& out) const;
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace relief::adapters
