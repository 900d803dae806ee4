#include "server/reports/filter_protect.h"

#include <algorithm>

#include "server/reports/suppression.h"

namespace relief::server::reports {
namespace {

using RuleCounts = std::map<std::string, int64_t>;  // findings by rule

GapQuery WithoutFilter(GapQuery query, bool parts) {
  v1::FindingFilter filter;
  filter.set_region_prefix(query.filter.region_prefix());
  query.filter = std::move(filter);
  query.columns = {v1::BY_RULE};
  query.parts = parts;
  return query;
}

// One level of regions in the report without a filter; 0 digits: the country.
struct Level {
  GapTable rules;
  Withheld withheld;
  std::map<std::string, std::set<std::string>> small_parts;  // by region: rules with a small part
  std::map<std::string, std::set<std::string>> divisible;    // by region: rules whose parts may be shown

  bool IsWithheld(const std::string& region, const GapColumn& column) const {
    const auto hidden = withheld.cells.find(region);
    return hidden != withheld.cells.end() && hidden->second.contains(column);
  }
  bool IsDivisible(const std::string& region, const std::string& rule) const {
    const auto found = divisible.find(region);
    return found != divisible.end() && found->second.contains(rule);
  }
  // Of this region alone.
  bool MayDivide(const std::string& region, const GapColumn& column) const {
    const auto small = small_parts.find(region);
    return !IsWithheld(region, column) &&
           (small == small_parts.end() || !small->second.contains(column.rule_id));
  }
};

class Shield {
 public:
  Shield(const findings::TallyReading& reading, const GapQuery& query)
      : prefix_(query.filter.region_prefix()),
        rules_(reading, WithoutFilter(query, false), CubeDigits(prefix_, query.region_digits, true)),
        parts_(reading, WithoutFilter(query, true), CubeDigits(prefix_, query.region_digits, true)) {
    const int deepest = CubeDigits(prefix_, query.region_digits, true);
    AddLevel(0);
    Level& country = levels_.at(0);
    for (const auto& [column, group] : country.rules.regions[""])
      if (country.MayDivide("", column)) country.divisible[""].insert(column.rule_id);
    const Level* above = &country;
    for (const int digits : kRegionLevels) {
      if (digits > deepest) break;
      AddLevel(digits);
      Divide(*above, &levels_.at(digits));
      above = &levels_.at(digits);
    }
  }

  // `counted`: of each rule, what the filter leaves of it in the region.
  bool Shows(int digits, const std::string& region, const RuleCounts& counted) const {
    const auto level = levels_.find(digits);
    if (level == levels_.end()) return false;
    const auto row = level->second.rules.regions.find(region);
    if (row == level->second.rules.regions.end()) return counted.empty();
    bool takes_withheld = false, leaves_withheld = false;
    for (const auto& [column, group] : row->second) {
      if (group.findings <= 0) continue;
      const bool is_withheld = level->second.IsWithheld(region, column);
      const auto taken = counted.find(column.rule_id);
      if (taken == counted.end() || taken->second == 0) {
        leaves_withheld = leaves_withheld || is_withheld;
      } else if (taken->second == group.findings) {
        takes_withheld = takes_withheld || is_withheld;
      } else if (!level->second.IsDivisible(region, column.rule_id)) {
        return false;
      }
    }
    // All that is withheld together is the region's sum less what is shown.
    return !takes_withheld || (!leaves_withheld && !level->second.withheld.region_totals.contains(region));
  }

 private:
  void AddLevel(int digits) {
    Level& level = levels_[digits];
    level.rules = rules_.Table("", digits);
    level.withheld = Protect(rules_, digits == 0 ? "" : prefix_, digits);
    const GapTable parts = parts_.Table("", digits);
    for (const auto& [region, columns] : parts.regions)
      for (const auto& [column, group] : columns)
        if (group.findings > 0 && group.persons < kSmallestShown)
          level.small_parts[region].insert(column.rule_id);
  }

  // Parts of a region are shown in all of the regions below it or in none: its own less theirs would tell.
  void Divide(const Level& above, Level* below) const {
    const bool from_country = &above == &levels_.at(0);
    for (const auto& [parent, rules] : above.divisible) {
      const bool on_path = parent.starts_with(prefix_) || prefix_.starts_with(parent);
      if (!on_path || (parent.empty() && !from_country)) continue;
      for (const std::string& rule : rules) {
        std::vector<std::string> regions;
        bool all = true;
        for (const auto& [region, columns] : below->rules.regions) {
          if (!region.starts_with(parent) || (region.empty() && !parent.empty())) continue;
          for (const auto& [column, group] : columns) {
            if (column.rule_id != rule || group.findings <= 0) continue;
            all = all && below->MayDivide(region, column);
            regions.push_back(region);
          }
        }
        if (!all) continue;
        for (const std::string& region : regions) below->divisible[region].insert(rule);
      }
    }
  }

  const std::string prefix_;
  const GapCube rules_, parts_;
  std::map<int, Level> levels_;
};

// The column of the question that this one, which has a rule besides, is a part of.
GapColumn WithoutRule(GapColumn column, const GapQuery& query) {
  const auto groups = [&](v1::GapDimension dimension) {
    return std::find(query.columns.begin(), query.columns.end(), dimension) != query.columns.end();
  };
  if (groups(v1::BY_RULE)) return column;
  column.rule_id.clear();
  if (!groups(v1::BY_KIND)) column.kind = 0;
  return column;
}

std::map<GapColumn, RuleCounts> CountsOf(const GapTable::Columns& columns, const GapQuery& query) {
  std::map<GapColumn, RuleCounts> counts;
  for (const auto& [column, group] : columns)
    if (group.findings > 0) counts[WithoutRule(column, query)][column.rule_id] += group.findings;
  return counts;
}

RuleCounts SumOf(const GapTable::Columns& columns) {
  RuleCounts counts;
  for (const auto& [column, group] : columns)
    if (group.findings > 0) counts[column.rule_id] += group.findings;
  return counts;
}

}  // namespace

bool IsFiltered(const v1::FindingFilter& filter) {
  v1::FindingFilter rest = filter;
  rest.clear_region_prefix();
  return rest.ByteSizeLong() > 0;
}

void ProtectFiltered(const findings::TallyReading& reading, const GapQuery& query, const GapTable& table,
                     Withheld* withheld) {
  const std::string& prefix = query.filter.region_prefix();
  const int digits = query.region_digits, own_digits = static_cast<int>(prefix.size());
  const Shield shield(reading, query);
  GapQuery with_rules = query, only_rules = query;
  if (std::find(query.columns.begin(), query.columns.end(), v1::BY_RULE) == query.columns.end())
    with_rules.columns.push_back(v1::BY_RULE);
  only_rules.columns = {v1::BY_RULE};
  // Under the filter, by what is asked for and by rule; and by rule alone, for the sums: a finding of two programmes
  // counts once in them.
  const GapTable cells = SumTally(reading, with_rules), sums = SumTally(reading, only_rules);

  for (const auto& [column, counted] : CountsOf(cells.totals, query))
    if (!shield.Shows(own_digits, prefix, counted)) withheld->totals.insert(column);
  if (!shield.Shows(own_digits, prefix, SumOf(sums.totals))) withheld->total = true;
  if (digits == 0) {
    withheld->cells[""].insert(withheld->totals.begin(), withheld->totals.end());
    if (withheld->total) withheld->region_totals.insert("");
    return;
  }
  for (const auto& [region, columns] : table.regions) {
    if (const auto parts = cells.regions.find(region); parts != cells.regions.end())
      for (const auto& [column, counted] : CountsOf(parts->second, query))
        if (!shield.Shows(digits, region, counted)) withheld->cells[region].insert(column);
    if (const auto parts = sums.regions.find(region); parts != sums.regions.end())
      if (!shield.Shows(digits, region, SumOf(parts->second))) withheld->region_totals.insert(region);
  }
}

GapSums SumsOf(const findings::TallyReading& reading, const GapQuery& query, bool is_protected) {
  const std::string& prefix = query.filter.region_prefix();
  const GapCube cube(reading, query, CubeDigits(prefix, query.region_digits, is_protected));
  GapSums sums{cube.Table(prefix, query.region_digits),
               is_protected ? Protect(cube, prefix, query.region_digits) : Withheld()};
  if (is_protected && IsFiltered(query.filter)) ProtectFiltered(reading, query, sums.table, &sums.withheld);
  return sums;
}

}  // namespace relief::server::reports
