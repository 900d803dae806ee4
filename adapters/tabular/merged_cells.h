// Which cells of a row are covered by merged ones. Rows are asked for in rising order.
//
// One object is used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "adapters/tabular/workbook.h"

namespace relief::adapters {

class MergedCells {
 public:
  struct Area {
    int64_t first_row = 0, last_row = 0;
    uint32_t first_column = 0, last_column = 0;
  };

  // Areas of one cell, or beyond what a sheet can have, are passed over.
  void Add(const Area& area);
  // Marks the cells of the row that are covered and hold nothing themselves. Requires: rows do not fall.
  void Apply(int64_t row_number, SheetRow* row);

 private:
  std::multimap<int64_t, Area> coming_;  // by first row
  std::vector<Area> open_;
};

// "B2:C7" or "$B$2". False if it is nothing of the kind; the row counts from 1, the column from 0.
bool ReadCellName(std::string_view name, int64_t* row, uint32_t* column);
bool ReadArea(std::string_view name, MergedCells::Area* area);

}  // namespace relief::adapters
