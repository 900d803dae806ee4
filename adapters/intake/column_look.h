// What the cells of a column look like.
//
// Pure functions; callable from any thread.
#pragma once

#include <deque>

#include "adapters/intake/vocabulary.pb.h"
#include "adapters/tabular/workbook.h"

namespace relief::adapters {

struct ColumnLook {
  int filled = 0, distinct = 0;
  // Of the filled cells, how many look so.
  int names = 0, people = 0, valid_people = 0, sexes = 0, days = 0, months = 0, money = 0, phones = 0,
      accounts = 0, regions = 0, counts = 0, terms = 0, years = 0;
  bool padded_months = false, unpadded_months = false;  // 2026.01; 2026.2
  int destroyed = 0;                                    // document numbers

  // 0 to 1; 1 for ANYTHING.
  double Fits(Look look) const;
};

ColumnLook LookAt(const std::deque<SheetRow>& rows, size_t column);

}  // namespace relief::adapters
