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

// What the regions count together, of a column; nothing: of all columns.
int64_t Together(const GapTable& table, const std::vector<std::string>& regions, const GapColumn* column) {
  int64_t findings = 0;
  for (const std::string& region : regions) {
    if (column == nullptr) {
      findings += table.region_totals.at(region).findings;
    } else if (const auto& groups = table.regions.at(region); groups.contains(*column)) {
      findings += groups.at(*column).findings;
    }
  }
  return findings;
}

bool IsWithheld(const std::map<std::string, std::set<GapColumn>>& cells, const std::string& region,
                const GapColumn& column) {
  const auto found = cells.find(region);
  return found != cells.end() && found->second.contains(column);
}

// The regions below one, and what was decided of it: its own row was decided at the level above, unless it is the
// country.
class Below {
 public:
  Below(const std::string& parent, const GapTable& above, const GapTable& below, bool decided, Level* upper,
        Level* lower)
      : parent_(parent), above_(above), below_(below), decided_(decided), upper_(*upper), lower_(*lower) {
    // It is itself one of them where findings state nothing finer.
    for (const auto& [region, columns] : below.regions)
      if (region.starts_with(parent) && (!region.empty() || parent.empty())) children_.push_back(region);
  }

  // Rules add up to kinds, and kinds to the region. A kind that the table of its rules has to withhold as well must not
  // follow from the other kinds either, so the two are decided in turn (linked tables: P.-P. de Wolf, HiTaS: a
  // heuristic approach to cell suppression in hierarchical tables, 2002, which also goes from above to below and back).
  void Decide() {
    const auto own = above_.regions.find(parent_);
    if (own == above_.regions.end() || children_.empty()) return;
    std::vector<GapColumn> sums;
    std::map<int, std::vector<GapColumn>> rules;
    const bool with_kinds = own->second.size() > 1 && own->second.begin()->first.rule_id.empty() &&
                            !own->second.rbegin()->first.rule_id.empty();
    for (const auto& [column, group] : own->second) {
      if (!with_kinds || column.rule_id.empty()) {
        sums.push_back(column);
      } else {
        rules[column.kind].push_back(column);
      }
    }
    std::map<std::string, std::set<GapColumn>> demanded;  // kinds by region; upper_: those of the parent
    std::set<GapColumn> demanded_above;
    for (bool changed = true; changed;) {
      changed = false;
      Forget();
      Table kinds = TableOf(sums, nullptr);
      for (size_t c = 0; c < sums.size(); ++c) {
        for (size_t r = 0; r < children_.size(); ++r)
          if (IsWithheld(demanded, children_[r], sums[c])) Demand(&kinds.cells[r][c]);
        if (demanded_above.contains(sums[c])) Demand(&kinds.cells.back()[c]);
      }
      Suppress(&kinds);
      Store(kinds, sums, nullptr);
      for (const auto& [kind, columns] : rules) {
        const GapColumn sum{"", kind};
        Table table = TableOf(columns, &sum);
        Suppress(&table);
        Store(table, columns, &sum);
        for (size_t r = 0; r < children_.size(); ++r)
          if (table.cells[r].back().withheld && demanded[children_[r]].insert(sum).second)
            changed = changed || !IsIn(kinds, sums, r, sum);
        if (!decided_ && table.cells.back().back().withheld && demanded_above.insert(sum).second)
          changed = changed || !IsIn(kinds, sums, children_.size(), sum);
      }
    }
  }

 private:
  using Table = SuppressionTable;

  void Forget() {
    const auto forget = [](const std::string& region, Level* level) {
      level->cells.erase(region);
      level->totals.erase(region);
    };
    for (const std::string& child : children_) forget(child, &lower_);
    if (!decided_) forget(parent_, &upper_);
  }

  static void Demand(Table::Cell* cell) { cell->withheld = cell->small = true; }
  static bool IsIn(const Table& table, const std::vector<GapColumn>& columns, size_t row,
                   const GapColumn& column) {
    for (size_t c = 0; c < columns.size(); ++c)
      if (columns[c] == column) return table.cells[row][c].withheld;
    return false;
  }

  // By region, with their sum: a kind, or nothing: the whole region.
  Table TableOf(const std::vector<GapColumn>& columns, const GapColumn* sum) const {
    Table table;
    table.cells.assign(children_.size() + 1, std::vector<Table::Cell>(columns.size() + 1));
    const auto at = [](const GapTable::Columns& groups, const GapColumn& column) {
      const auto group = groups.find(column);
      return CellOf(group == groups.end() ? nullptr : &group->second);
    };
    for (size_t r = 0; r < children_.size(); ++r) {
      for (size_t c = 0; c < columns.size(); ++c) table.cells[r][c] = BelowOwn(r, &columns[c]);
      Table::Cell& last = table.cells[r].back();
      last = BelowOwn(r, sum);
      if (sum != nullptr && IsWithheld(lower_.cells, children_[r], *sum)) Demand(&last);
    }
    auto& own = table.cells.back();
    for (size_t c = 0; c < columns.size(); ++c) {
      own[c] = at(above_.regions.at(parent_), columns[c]);
      if (decided_) Keep(IsWithheld(upper_.cells, parent_, columns[c]), &own[c]);
    }
    own.back() =
        sum != nullptr ? at(above_.regions.at(parent_), *sum) : CellOf(&above_.region_totals.at(parent_));
    const bool is_withheld =
        sum != nullptr ? IsWithheld(upper_.cells, parent_, *sum) : upper_.totals.contains(parent_);
    if (decided_) {
      Keep(is_withheld, &own.back());
    } else if (is_withheld) {
      Demand(&own.back());
    }
    return table;
  }

  // Of a region below; `column`: nothing: all of it.
  Table::Cell BelowOwn(size_t r, const GapColumn* column) const {
    const GapGroup* group = &below_.region_totals.at(children_[r]);
    const GapGroup* above = &above_.region_totals.at(parent_);
    if (column != nullptr) {
      const auto& groups = below_.regions.at(children_[r]);
      const auto found = groups.find(*column);
      if (found == groups.end()) return CellOf(nullptr);
      group = &found->second;
      above = &above_.regions.at(parent_).at(*column);
    }
    Table::Cell cell = CellOf(group);
    if (LeavesFew(*above, *group, Together(below_, children_, column))) cell.small = true;
    return cell;
  }

  void Store(const Table& table, const std::vector<GapColumn>& columns, const GapColumn* sum) {
    for (size_t r = 0; r <= children_.size(); ++r) {
      const bool is_own = r == children_.size();
      if (is_own && decided_) continue;
      const std::string& region = is_own ? parent_ : children_[r];
      Level& level = is_own ? upper_ : lower_;
      for (size_t c = 0; c < columns.size(); ++c)
        if (table.cells[r][c].withheld) level.cells[region].insert(columns[c]);
      if (!table.cells[r].back().withheld) continue;
      if (sum != nullptr) {
        level.cells[region].insert(*sum);
      } else {
        level.totals.insert(region);
      }
    }
  }

  const std::string& parent_;
  const GapTable &above_, &below_;
  const bool decided_;
  Level &upper_, &lower_;
  std::vector<std::string> children_;
};

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

// Persons of the rest are at least as many as those that are there more.
bool LeavesFew(const GapGroup& above, const GapGroup& below, int64_t all_below) {
  return below.findings > 0 && all_below > above.findings && above.findings > below.findings &&
         above.persons - below.persons < kSmallestShown;
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
        Below(parent, above, below, !is_country, &upper, &lower).Decide();
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
