#include "server/reports/suppression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>

namespace relief::server::reports {
namespace {

using Cell = SuppressionTable::Cell;

// Rows and columns with their sums.
SuppressionTable TableOf(const std::vector<std::vector<int64_t>>& inner) {
  SuppressionTable table;
  const size_t columns = inner.front().size();
  std::vector<int64_t> sums(columns + 1, 0);
  const auto cell = [](int64_t value) {
    return Cell{value, value > 0 && value < kSmallestShown, false, false};
  };
  for (const auto& values : inner) {
    auto& row = table.cells.emplace_back();
    int64_t sum = 0;
    for (size_t c = 0; c < columns; ++c) {
      row.push_back(cell(values[c]));
      sum += values[c];
      sums[c] += values[c];
    }
    sums[columns] += sum;
    row.push_back(cell(sum));
  }
  auto& last = table.cells.emplace_back();
  for (int64_t sum : sums) last.push_back(cell(sum));
  return table;
}

// Whoever reads the table knows the shown cells and the empty ones, and that the lines add up.
class Attacker {
 public:
  explicit Attacker(const SuppressionTable& table) : table_(table) {
    for (size_t r = 0; r < table.cells.size(); ++r)
      for (size_t c = 0; c < table.cells[r].size(); ++c)
        if (table.cells[r][c].withheld) unknown_.push_back({r, c});
  }

  // Which cells are known from the linear equations of the lines, by elimination over the rationals.
  std::vector<std::pair<size_t, size_t>> Determined() const {
    std::vector<std::vector<double>> rows;
    const auto line = [&](const std::function<bool(size_t, size_t)>& in,
                          const std::function<bool(size_t, size_t)>& sum) {
      std::vector<double> row(unknown_.size(), 0);
      for (size_t i = 0; i < unknown_.size(); ++i) {
        const auto [r, c] = unknown_[i];
        if (in(r, c)) row[i] = sum(r, c) ? -1 : 1;
      }
      rows.push_back(row);
    };
    const size_t last_row = table_.cells.size() - 1, last_column = table_.cells[0].size() - 1;
    for (size_t r = 0; r <= last_row; ++r)
      line([&](size_t x, size_t) { return x == r; }, [&](size_t, size_t y) { return y == last_column; });
    for (size_t c = 0; c <= last_column; ++c)
      line([&](size_t, size_t y) { return y == c; }, [&](size_t x, size_t) { return x == last_row; });
    // Reduced row echelon: a row with one entry left knows its cell.
    size_t rank = 0;
    for (size_t column = 0; column < unknown_.size(); ++column) {
      size_t pivot = rank;
      while (pivot < rows.size() && std::abs(rows[pivot][column]) < 1e-9) ++pivot;
      if (pivot == rows.size()) continue;
      std::swap(rows[pivot], rows[rank]);
      const double by = rows[rank][column];
      for (double& value : rows[rank]) value /= by;
      for (size_t other = 0; other < rows.size(); ++other) {
        if (other == rank) continue;
        const double times = rows[other][column];
        for (size_t i = 0; i < unknown_.size(); ++i) rows[other][i] -= times * rows[rank][i];
      }
      ++rank;
    }
    std::vector<std::pair<size_t, size_t>> known;
    for (size_t r = 0; r < rank; ++r) {
      size_t entries = 0, at = 0;
      for (size_t i = 0; i < unknown_.size(); ++i)
        if (std::abs(rows[r][i]) > 1e-9) ++entries, at = i;
      if (entries == 1) known.push_back(unknown_[at]);
    }
    return known;
  }

 private:
  const SuppressionTable& table_;
  std::vector<std::pair<size_t, size_t>> unknown_;
};

// Lines whose shown sum says that every withheld cell in it is 1.
int LinesOfOnes(const SuppressionTable& table) {
  int lines = 0;
  const auto look = [&](size_t size, const std::function<const Cell&(size_t)>& at) {
    int64_t sum = 0, count = 0;
    for (size_t i = 0; i + 1 < size; ++i)
      if (at(i).withheld) sum += at(i).value, ++count;
    if (!at(size - 1).withheld && count > 0 && sum == count) ++lines;
  };
  for (size_t r = 0; r < table.cells.size(); ++r)
    look(table.cells[r].size(), [&](size_t i) -> const Cell& { return table.cells[r][i]; });
  for (size_t c = 0; c < table.cells[0].size(); ++c)
    look(table.cells.size(), [&](size_t i) -> const Cell& { return table.cells[i][c]; });
  return lines;
}

std::string Show(const SuppressionTable& table) {
  std::string out;
  for (const auto& row : table.cells) {
    for (const Cell& cell : row)
      out += (cell.withheld ? "[" + std::to_string(cell.value) + "]" : std::to_string(cell.value)) + "\t";
    out += "\n";
  }
  return out;
}

TEST(SuppressionTest, ATableWithoutSmallCellsIsShownWhole) {
  SuppressionTable table = TableOf({{10, 20}, {30, 0}});
  Suppress(&table);
  for (const auto& row : table.cells)
    for (const Cell& cell : row) EXPECT_FALSE(cell.withheld);
}

TEST(SuppressionTest, OneSmallCellTakesThreeOthersWithIt) {
  SuppressionTable table = TableOf({{3, 20, 9}, {30, 7, 50}, {8, 40, 60}});
  Suppress(&table);
  int withheld = 0;
  for (const auto& row : table.cells)
    for (const Cell& cell : row) withheld += cell.withheld ? 1 : 0;
  EXPECT_EQ(withheld, 4) << Show(table);
  EXPECT_TRUE(table.cells[0][0].withheld);
  EXPECT_FALSE(table.cells.back().back().withheld) << "the sum of all is what a report is for";
}

TEST(SuppressionTest, SmallCellsThatWouldBeKnownByTheirSumTakeMoreWithThem) {
  SuppressionTable table = TableOf({{1, 20, 30}, {1, 40, 50}, {60, 6, 70}});
  Suppress(&table);
  EXPECT_TRUE(table.cells[2][0].withheld || table.cells[3][0].withheld) << "1 + 1 = 2 would tell\n"
                                                                        << Show(table);
}

TEST(SuppressionTest, NoSmallCellFollowsFromTheRestOfARandomTable) {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    std::mt19937 random(seed);
    const auto draw = [&](int below) {
      return static_cast<int64_t>(random() % static_cast<unsigned>(below));
    };
    std::vector<std::vector<int64_t>> inner(2 + static_cast<size_t>(draw(4)),
                                            std::vector<int64_t>(1 + static_cast<size_t>(draw(5))));
    for (auto& row : inner)
      for (int64_t& value : row) value = draw(3) == 0 ? 0 : draw(3) == 0 ? draw(6) : draw(60);
    SuppressionTable table = TableOf(inner);
    Suppress(&table);
    for (const auto& row : table.cells)
      for (const Cell& cell : row) EXPECT_TRUE(!cell.small || cell.withheld);
    EXPECT_EQ(LinesOfOnes(table), 0) << "seed " << seed << "\n" << Show(table);
    for (const auto& [r, c] : Attacker(table).Determined())
      EXPECT_FALSE(table.cells[r][c].small) << "seed " << seed << ": row " << r << ", column " << c << "\n"
                                            << Show(table);
  }
}

TEST(SuppressionTest, WhatIsShownAlreadyStaysShownAndItsPartsAreProtectedAllTheSame) {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    std::mt19937 random(seed);
    const auto draw = [&](int below) {
      return static_cast<int64_t>(random() % static_cast<unsigned>(below));
    };
    std::vector<std::vector<int64_t>> inner(2 + static_cast<size_t>(draw(4)), std::vector<int64_t>(3));
    for (auto& row : inner)
      for (int64_t& value : row) value = draw(2) == 0 ? draw(6) : draw(60);
    SuppressionTable table = TableOf(inner);
    // As the table above decides its own row: what is small there is withheld, and not alone.
    SuppressionTable above = TableOf({{0, 0, 0}, {0, 0, 0}});
    above.cells[0] = table.cells.back();
    above.cells[1] = table.cells.back();
    for (Cell& cell : above.cells.back()) cell.value = 0;
    for (size_t c = 0; c < above.cells.back().size(); ++c) {
      above.cells.back()[c] = {above.cells[0][c].value * 2, false, false, false};
    }
    Suppress(&above);
    for (size_t c = 0; c < table.cells.back().size(); ++c) {
      table.cells.back()[c].withheld = above.cells[0][c].withheld;
      table.cells.back()[c].fixed = !above.cells[0][c].withheld;
    }
    Suppress(&table);
    for (const Cell& cell : table.cells.back()) EXPECT_FALSE(cell.fixed && cell.withheld);
    for (const auto& [r, c] : Attacker(table).Determined())
      EXPECT_FALSE(table.cells[r][c].small && r + 1 < table.cells.size())
          << "seed " << seed << ": row " << r << ", column " << c << "\n"
          << Show(table);
  }
}

}  // namespace
}  // namespace relief::server::reports
