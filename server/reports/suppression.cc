#include "server/reports/suppression.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <queue>

namespace relief::server::reports {
namespace {

// The slack of a line with a known sum: how much it leaves open beyond one finding in each withheld cell.
constexpr int64_t kSlack = kSmallestShown - 1;

class Suppressor {
 public:
  explicit Suppressor(SuppressionTable* table)
      : cells_(table->cells), rows_(cells_.size()), columns_(cells_.front().size()) {}

  void Run() {
    for (auto& row : cells_)
      for (auto& cell : row)
        if (cell.small && !cell.fixed) cell.withheld = true;
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t r = 0; r < rows_; ++r)
        for (size_t c = 0; c < columns_; ++c)
          if (cells_[r][c].small && cells_[r][c].withheld && Close(r, c)) changed = true;
      for (size_t r = 0; r < rows_; ++r) changed |= Widen(r, true);
      for (size_t c = 0; c < columns_; ++c) changed |= Widen(c, false);
    }
  }

 private:
  using Cell = SuppressionTable::Cell;

  static bool Candidate(const Cell& cell) { return cell.value > 0 && !cell.withheld && !cell.fixed; }

  // The cheapest path of cells from this one's row to its column, beside itself; withheld ones are free.
  // Returns whether anything was withheld.
  bool Close(size_t row, size_t column) {
    constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
    const size_t nodes = rows_ + columns_;
    std::vector<int64_t> cost(nodes, kFar);
    std::vector<size_t> from(nodes, nodes);
    using Entry = std::pair<int64_t, size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    cost[row] = 0;
    queue.push({0, row});
    while (!queue.empty()) {
      const auto [so_far, node] = queue.top();
      queue.pop();
      if (so_far > cost[node]) continue;
      const bool is_row = node < rows_;
      for (size_t other = 0; other < (is_row ? columns_ : rows_); ++other) {
        const size_t r = is_row ? node : other, c = is_row ? other : node - rows_;
        if (r == row && c == column) continue;
        const Cell& cell = cells_[r][c];
        if (!cell.withheld && !Candidate(cell)) continue;
        const int64_t next_cost = so_far + (cell.withheld ? 0 : cell.value);
        const size_t next = is_row ? rows_ + other : other;
        if (next_cost >= cost[next]) continue;
        cost[next] = next_cost;
        from[next] = node;
        queue.push({next_cost, next});
      }
    }
    size_t node = rows_ + column;
    if (cost[node] == kFar || cost[node] == 0) return false;
    while (node != row) {
      const size_t before = from[node];
      const size_t r = std::min(node, before), c = std::max(node, before) - rows_;
      cells_[r][c].withheld = true;
      node = before;
    }
    return true;
  }

  Cell& At(size_t line, size_t i, bool is_row) { return is_row ? cells_[line][i] : cells_[i][line]; }

  // Withholds more of a line whose sum is known while what is withheld in it is hardly more than one finding
  // a cell.
  bool Widen(size_t line, bool is_row) {
    const size_t size = is_row ? columns_ : rows_;
    if (At(line, size - 1, is_row).withheld) return false;
    bool changed = false;
    while (true) {
      int64_t sum = 0, count = 0;
      bool small = false;
      std::optional<size_t> least;
      for (size_t i = 0; i < size; ++i) {
        const Cell& cell = At(line, i, is_row);
        if (i + 1 < size && cell.withheld) {
          sum += cell.value;
          ++count;
          small |= cell.small;
        }
        if (Candidate(cell) && (!least || cell.value < At(line, *least, is_row).value)) least = i;
      }
      if (!small || sum >= count + kSlack || !least) return changed;
      At(line, *least, is_row).withheld = changed = true;
      if (*least + 1 == size) return true;  // the sum itself
    }
  }

  std::vector<std::vector<Cell>>& cells_;
  const size_t rows_, columns_;
};

}  // namespace

void Suppress(SuppressionTable* table) { Suppressor(table).Run(); }

}  // namespace relief::server::reports
