#include "server/reports/gap_protect.h"

#include <algorithm>

#include "server/reports/suppression.h"

namespace relief::server::reports {
namespace {

// The cells withheld at one level: of each region its columns and its total.
struct Level {
  std::map<std::string, std::set<GapColumn>> cells;
  std::set<std::string> totals;
};

bool Small(const GapGroup& group) { return group.findings > 0 && group.persons < kSmallestShown; }

SuppressionTable::Cell CellOf(const GapGroup* group) {
  if (!group || group->findings <= 0) return {};
  return {group->findings, Small(*group), false, false};
}

// As the table above decided. What it withheld, small or not, must not follow from the parts either.
void Keep(bool withheld, SuppressionTable::Cell* cell) {
  cell->withheld = cell->small = withheld;
  cell->fixed = !withheld;
}

// The regions below `parent` (those that begin with it; it is itself one where findings state nothing finer).
// Its own row was decided at the level above, unless it is the country.
void DecideBelow(const std::string& parent, const GapTable& above, const GapTable& below, bool decided,
                 Level* upper, Level* lower) {
  const auto own = above.regions.find(parent);
  std::vector<std::string> children;
  for (const auto& [region, columns] : below.regions)
    if (region.starts_with(parent) && (!region.empty() || parent.empty())) children.push_back(region);
  if (own == above.regions.end() || children.empty()) return;
  std::vector<GapColumn> columns;
  for (const auto& [column, group] : own->second) columns.push_back(column);

  SuppressionTable table;
  table.cells.assign(children.size() + 1, std::vector<SuppressionTable::Cell>(columns.size() + 1));
  for (size_t r = 0; r < children.size(); ++r) {
    const auto& groups = below.regions.at(children[r]);
    for (size_t c = 0; c < columns.size(); ++c) {
      const auto group = groups.find(columns[c]);
      table.cells[r][c] = CellOf(group == groups.end() ? nullptr : &group->second);
    }
    table.cells[r].back() = CellOf(&below.region_totals.at(children[r]));
  }
  auto& sums = table.cells.back();
  for (size_t c = 0; c < columns.size(); ++c) {
    sums[c] = CellOf(&own->second.at(columns[c]));
    if (decided) Keep(upper->cells[parent].contains(columns[c]), &sums[c]);
  }
  sums.back() = CellOf(&above.region_totals.at(parent));
  if (decided) Keep(upper->totals.contains(parent), &sums.back());
  Suppress(&table);

  for (size_t r = 0; r < children.size(); ++r) {
    for (size_t c = 0; c < columns.size(); ++c)
      if (table.cells[r][c].withheld) lower->cells[children[r]].insert(columns[c]);
    if (table.cells[r].back().withheld) lower->totals.insert(children[r]);
  }
  if (decided) return;
  for (size_t c = 0; c < columns.size(); ++c)
    if (sums[c].withheld) upper->cells[parent].insert(columns[c]);
  if (sums.back().withheld) upper->totals.insert(parent);
}

}  // namespace

int64_t Rounded(int64_t count) { return (count + kSmallestShown / 2) / kSmallestShown * kSmallestShown; }

void Round(v1::Movement* movement) {
  if (movement->open_at_end() < kSmallestShown) movement->set_amount_at_end_fen(0);
  movement->set_opened(Rounded(movement->opened()));
  movement->set_reopened(Rounded(movement->reopened()));
  movement->set_closed(Rounded(movement->closed()));
  movement->set_settled(Rounded(movement->settled()));
  movement->set_open_at_end(Rounded(movement->open_at_end()));
  if (movement->closed() + movement->settled() + movement->open_at_end() == 0) movement->set_recovered_fen(0);
}

int CubeDigits(const std::string& prefix, int region_digits, bool is_protected) {
  return std::max({region_digits, static_cast<int>(prefix.size()), is_protected ? kRegionLevels[0] : 0});
}

Withheld Protect(const GapCube& cube, const std::string& prefix, int region_digits) {
  GapTable above = cube.Table("", 0);
  Level upper;
  Withheld withheld;
  const auto keep_own = [&](const Level& level) {
    if (const auto own = level.cells.find(prefix); own != level.cells.end()) withheld.totals = own->second;
    withheld.total = level.totals.contains(prefix);
  };
  const int deepest = CubeDigits(prefix, region_digits, true);
  for (const int digits : kRegionLevels) {
    if (digits > deepest) break;
    GapTable below = cube.Table("", digits);
    Level lower;
    const bool is_country = above.regions.size() == 1 && above.regions.begin()->first.empty() && digits == 2;
    for (const auto& [parent, columns] : above.regions) {
      const bool on_path = parent.starts_with(prefix) || prefix.starts_with(parent);
      // Findings that state no region are a row of their own from the first level on.
      if (!is_country && parent.empty()) {
        lower.cells[parent] = upper.cells[parent];
        if (upper.totals.contains(parent)) lower.totals.insert(parent);
      } else if (on_path) {
        DecideBelow(parent, above, below, !is_country, &upper, &lower);
      }
    }
    if (is_country && prefix.empty()) keep_own(upper);
    if (digits == static_cast<int>(prefix.size())) keep_own(lower);
    if (digits == region_digits) {
      withheld.cells = lower.cells;
      withheld.region_totals = lower.totals;
    }
    upper = std::move(lower);
    above = std::move(below);
  }
  // Without regions the one row of each column is its sum.
  if (region_digits == 0) {
    withheld.cells[""] = withheld.totals;
    if (withheld.total) withheld.region_totals.insert("");
  }
  return withheld;
}

}  // namespace relief::server::reports
