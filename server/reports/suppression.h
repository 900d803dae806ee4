// Which cells of a table to withhold so that no small cell can be worked out from its totals.
//
// The table is rows x columns with a last row and a last column of sums. Withheld cells are the edges of a
// graph between rows and columns: exactly those can be worked out from the rest that lie on no cycle (D.
// Gusfield, A graph theoretic approach to statistical data security, SIAM J. Comput. 17, 1988). So every
// small cell (primary suppression) is closed into a cycle, by the cheapest path of further cells (secondary
// suppression); and a line with a known sum keeps so much withheld that the sum does not give its parts away.
//
// Pure; callable from any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace relief::server::reports {

inline constexpr int64_t kSmallestShown = 5;  // persons

struct SuppressionTable {
  struct Cell {
    int64_t value = 0;      // findings; 0 cells are known to be empty and are never withheld
    bool small = false;     // must not be known
    bool withheld = false;  // in: decided already; out: decided
    bool fixed = false;     // shown already, elsewhere: cannot be withheld any more
  };
  // At least 2 x 2; the last of each row is its sum, the last row the sums of the columns.
  std::vector<std::vector<Cell>> cells;
};

// Withholds the small cells and what protects them. Cells that were withheld stay withheld.
void Suppress(SuppressionTable* table);

}  // namespace relief::server::reports
