#include "server/reports/filter_protect.h"

#include <algorithm>

#include "server/reports/suppression.h"

namespace relief::server::reports {
namespace {

using RuleCounts = std::map<std::string, int64_t>;  // findings by rule

// The report from which all others follow: rules and kinds, without a filter.
GapQuery Published(const GapQuery& query) {
  GapQuery published = query;
  published.filter.Clear();
  published.filter.set_region_prefix(query.filter.region_prefix());
  published.columns = {v1::BY_RULE};
  published.with_kinds = true;
  return published;
}

// By what the question takes rules apart. What is overdue was opened long ago: months tell of it.
GapParts PartsOf(const GapQuery& query) {
  GapParts parts;
  parts.severity = query.filter.severities_size() > 0 || query.Groups(v1::BY_SEVERITY);
  parts.need = query.filter.needs_size() > 0;
  parts.open_month = query.Groups(v1::BY_OPEN_MONTH);
  parts.overdue = query.filter.only_overdue() || parts.open_month;
  parts.disputed = query.filter.only_disputed();
  parts.programmes = query.filter.programmes_size() > 0 || query.Groups(v1::BY_PROGRAMME);
  return parts;
}

// The one dimension that the question takes rules apart by, and nothing else; GAP_DIMENSION_UNSPECIFIED: there is none, or
// there are several, or a filter.
v1::GapDimension OnlyDimension(const GapQuery& query) {
  v1::FindingFilter rest = query.filter;
  rest.clear_region_prefix();
  if (rest.ByteSizeLong() > 0) return v1::GAP_DIMENSION_UNSPECIFIED;
  v1::GapDimension only = v1::GAP_DIMENSION_UNSPECIFIED;
  for (const v1::GapDimension dimension : query.columns) {
    if (dimension == v1::BY_RULE || dimension == v1::BY_KIND) continue;
    if (only != v1::GAP_DIMENSION_UNSPECIFIED && only != dimension) return v1::GAP_DIMENSION_UNSPECIFIED;
    only = dimension;
  }
  return only;
}

// What may be shown of rules in part. Of a question by one dimension each value is compared with the rest of its rule,
// and may be shown where others are not; otherwise all parts that the question tells apart are looked at together.
GapQuery InParts(const GapQuery& query) {
  GapQuery parts = Published(query);
  parts.with_kinds = false;
  if (const v1::GapDimension only = OnlyDimension(query); only != v1::GAP_DIMENSION_UNSPECIFIED) {
    parts.columns = {v1::BY_RULE, only};
  } else {
    parts.parts = PartsOf(query);
  }
  return parts;
}

// The rule that a part is of.
GapColumn RuleOf(const GapColumn& part) { return {part.rule_id, part.kind}; }

// A part as it is looked for: the rule, where all parts are looked at together.
GapColumn KeyOf(GapColumn part, bool together) {
  if (together) return RuleOf(part);
  part.part.clear();
  return part;
}

// One level of regions in the published report; 0 digits: the country.
struct Level {
  GapTable rules, parts;
  Withheld withheld;
  std::map<std::string, std::set<GapColumn>> small_parts;  // by region: KeyOf those that are small
  std::map<std::string, std::set<GapColumn>> divisible;    // by region: KeyOf those that may be shown

  bool IsWithheld(const std::string& region, const GapColumn& column) const {
    const auto hidden = withheld.cells.find(region);
    return hidden != withheld.cells.end() && hidden->second.contains(column);
  }
  bool IsDivisible(const std::string& region, const GapColumn& key) const {
    const auto found = divisible.find(region);
    return found != divisible.end() && found->second.contains(key);
  }
  // Of this region alone.
  bool MayDivide(const std::string& region, const GapColumn& key) const {
    const auto small = small_parts.find(region);
    return !IsWithheld(region, RuleOf(key)) && (small == small_parts.end() || !small->second.contains(key));
  }
  bool Has(const std::string& region, const GapColumn& key, bool together) const {
    const GapTable& table = together ? rules : parts;
    const auto row = table.regions.find(region);
    if (row == table.regions.end()) return false;
    const auto group = row->second.find(key);
    return group != row->second.end() && group->second.findings > 0;
  }
};

class Shield {
 public:
  Shield(const findings::TallyReading& reading, const GapQuery& query)
      : prefix_(query.filter.region_prefix()),
        rules_(reading, Published(query), CubeDigits(prefix_, query.region_digits, true)),
        parts_(reading, InParts(query), CubeDigits(prefix_, query.region_digits, true)),
        together_(OnlyDimension(query) == v1::GAP_DIMENSION_UNSPECIFIED) {
    const int deepest = CubeDigits(prefix_, query.region_digits, true);
    AddLevel(0);
    Level& country = levels_.at(0);
    for (const auto& [column, group] : country.parts.regions[""])
      if (const GapColumn key = KeyOf(column, together_); country.MayDivide("", key))
        country.divisible[""].insert(key);
    const Level* above = &country;
    for (const int digits : kRegionLevels) {
      if (digits > deepest) break;
      AddLevel(digits);
      Divide(*above, &levels_.at(digits));
      above = &levels_.at(digits);
    }
  }

  // `counted`: of each rule, what the column of the question has of it in the region.
  bool Shows(int digits, const std::string& region, const GapColumn& asked, const RuleCounts& counted) const {
    const auto level = levels_.find(digits);
    if (level == levels_.end()) return false;
    const auto row = level->second.rules.regions.find(region);
    if (row == level->second.rules.regions.end()) return counted.empty();
    // What the filter takes and leaves of a kind, and how much of each is withheld.
    struct Kind {
      int takes = 0, leaves = 0, takes_withheld = 0, leaves_withheld = 0;
    };
    std::map<int, Kind> kinds;
    for (const auto& [column, group] : row->second) {
      if (group.findings <= 0 || column.rule_id.empty()) continue;
      const bool is_withheld = level->second.IsWithheld(region, column);
      const auto taken = counted.find(column.rule_id);
      Kind& kind = kinds[column.kind];
      if (taken != counted.end() && taken->second == group.findings) {
        ++kind.takes;
        kind.takes_withheld += is_withheld;
      } else {
        ++kind.leaves;
        kind.leaves_withheld += is_withheld;
        const bool is_part = taken != counted.end() && taken->second > 0;
        GapColumn key = column;
        if (!together_) {
          key.programme = asked.programme;
          key.severity = asked.severity;
          key.open_month = asked.open_month;
        }
        if (is_part && !level->second.IsDivisible(region, key)) return false;
      }
    }
    // All that is withheld of a kind is the kind less what is shown of it, and all withheld kinds are the region's sum
    // less what is shown.
    bool takes_withheld = false, leaves_withheld = false;
    for (const auto& [number, kind] : kinds) {
      // The only rule of its kind is the kind.
      const bool is_withheld =
          level->second.IsWithheld(region, GapColumn{"", number}) ||
          (kind.takes + kind.leaves == 1 && kind.takes_withheld + kind.leaves_withheld == 1);
      if (kind.leaves == 0) {
        takes_withheld = takes_withheld || is_withheld;
      } else if (kind.takes_withheld > 0 && (is_withheld || kind.leaves_withheld > 0)) {
        return false;
      } else {
        leaves_withheld = leaves_withheld || is_withheld;
      }
    }
    return !takes_withheld || (!leaves_withheld && !level->second.withheld.region_totals.contains(region));
  }

 private:
  void AddLevel(int digits) {
    Level& level = levels_[digits];
    level.rules = rules_.Table("", digits);
    level.withheld = Protect(rules_, digits == 0 ? "" : prefix_, digits);
    level.parts = parts_.Table("", digits);
    for (const auto& [region, columns] : level.parts.regions) {
      const GapTable::Columns& rules = level.rules.regions[region];
      for (const auto& [column, group] : columns) {
        if (group.findings <= 0) continue;
        const auto rule = rules.find(RuleOf(column));
        if (group.persons < kSmallestShown ||
            (!together_ && rule != rules.end() && LeavesFew(rule->second, group)))
          level.small_parts[region].insert(KeyOf(column, together_));
      }
    }
  }

  // The rest of a rule beside one of its parts: at least as many persons as the rule has more.
  static bool LeavesFew(const GapGroup& rule, const GapGroup& part) {
    return rule.findings > part.findings && rule.persons - part.persons < kSmallestShown;
  }

  // Parts that leave few of those above them that are not their own are small, too.
  void Compare(const GapTable::Columns& parent, const std::vector<std::string>& children,
               Level* below) const {
    std::map<GapColumn, int64_t> all_below;
    for (const std::string& child : children)
      for (const auto& [column, group] : below->parts.regions[child]) all_below[column] += group.findings;
    for (const std::string& child : children)
      for (const auto& [column, group] : below->parts.regions[child])
        if (const auto above = parent.find(column);
            above != parent.end() && reports::LeavesFew(above->second, group, all_below[column]))
          below->small_parts[child].insert(KeyOf(column, together_));
  }

  // Parts of a region are shown in all of the regions below it or in none: its own less theirs would tell.
  void Divide(const Level& above, Level* below) const {
    const bool from_country = &above == &levels_.at(0);
    for (const auto& [parent, keys] : above.divisible) {
      const bool on_path = parent.starts_with(prefix_) || prefix_.starts_with(parent);
      if (!on_path || (parent.empty() && !from_country)) continue;
      std::vector<std::string> children;
      for (const auto& [region, columns] : below->parts.regions)
        if (region.starts_with(parent) && (!region.empty() || parent.empty())) children.push_back(region);
      if (const auto own = above.parts.regions.find(parent); own != above.parts.regions.end())
        Compare(own->second, children, below);
      for (const GapColumn& key : keys) {
        std::vector<std::string> regions;
        for (const std::string& child : children)
          if (below->Has(child, key, together_)) regions.push_back(child);
        if (std::all_of(regions.begin(), regions.end(),
                        [&](const std::string& region) { return below->MayDivide(region, key); }))
          for (const std::string& region : regions) below->divisible[region].insert(key);
      }
    }
  }

  const std::string prefix_;
  const GapCube rules_, parts_;
  const bool together_;
  std::map<int, Level> levels_;
};

// The column of the question that this one, which has a rule besides, is a part of.
GapColumn WithoutRule(GapColumn column, const GapQuery& query) {
  if (query.Groups(v1::BY_RULE)) return column;
  column.rule_id.clear();
  if (!query.Groups(v1::BY_KIND)) column.kind = 0;
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

// Whether the answer is a part of the published report: its rules, its kinds, or its sums alone.
bool IsPublished(const GapQuery& query) {
  v1::FindingFilter rest = query.filter;
  rest.clear_region_prefix();
  return rest.ByteSizeLong() == 0 &&
         std::all_of(query.columns.begin(), query.columns.end(), [](v1::GapDimension dimension) {
           return dimension == v1::BY_RULE || dimension == v1::BY_KIND;
         });
}

// Of the published report, the columns that the question asks for.
GapTable::Columns Asked(const GapTable::Columns& published, const GapGroup& sum, const GapQuery& query) {
  if (query.columns.empty()) return {{GapColumn(), sum}};
  GapTable::Columns asked;
  for (const auto& [column, group] : published)
    if (column.rule_id.empty() != query.Groups(v1::BY_RULE)) asked.emplace(column, group);
  return asked;
}

GapSums PublishedSums(const findings::TallyReading& reading, const GapQuery& query) {
  const std::string& prefix = query.filter.region_prefix();
  const GapCube cube(reading, Published(query), CubeDigits(prefix, query.region_digits, true));
  GapSums sums{cube.Table(prefix, query.region_digits), Protect(cube, prefix, query.region_digits)};
  sums.table.totals = Asked(sums.table.totals, sums.table.total, query);
  for (auto& [region, columns] : sums.table.regions)
    columns = Asked(columns, sums.table.region_totals[region], query);
  if (!query.columns.empty()) return sums;
  if (sums.withheld.total) sums.withheld.totals.insert(GapColumn());
  for (const std::string& region : sums.withheld.region_totals)
    sums.withheld.cells[region].insert(GapColumn());
  return sums;
}

// What alone is withheld of a line with a known sum follows from it.
void CloseLine(const GapTable::Columns& columns, bool sum_is_withheld, std::set<GapColumn>* withheld) {
  if (sum_is_withheld) return;
  int hidden = 0;
  const GapColumn* least = nullptr;
  for (const auto& [column, group] : columns) {
    if (group.findings <= 0) continue;
    if (withheld->contains(column)) {
      ++hidden;
    } else if (least == nullptr || group.findings < columns.at(*least).findings) {
      least = &column;
    }
  }
  if (hidden == 1 && least != nullptr) withheld->insert(*least);
}

// Withholds of `table`, the answer to `query`, what the published report does not tell.
void ProtectFiltered(const findings::TallyReading& reading, const GapQuery& query, const GapTable& table,
                     Withheld* withheld) {
  const std::string& prefix = query.filter.region_prefix();
  const int digits = query.region_digits, own_digits = static_cast<int>(prefix.size());
  const Shield shield(reading, query);
  GapQuery with_rules = query, only_rules = query;
  if (!query.Groups(v1::BY_RULE)) with_rules.columns.push_back(v1::BY_RULE);
  only_rules.columns = {v1::BY_RULE};
  // Under the filter, by what is asked for and by rule; and by rule alone, for the sums: a finding of two programmes
  // counts once in them.
  const GapTable cells = SumTally(reading, with_rules), sums = SumTally(reading, only_rules);

  for (const auto& [column, counted] : CountsOf(cells.totals, query))
    if (!shield.Shows(own_digits, prefix, column, counted)) withheld->totals.insert(column);
  if (!shield.Shows(own_digits, prefix, {}, SumOf(sums.totals))) withheld->total = true;
  CloseLine(table.totals, withheld->total, &withheld->totals);
  if (digits == 0) {
    withheld->cells[""].insert(withheld->totals.begin(), withheld->totals.end());
    if (withheld->total) withheld->region_totals.insert("");
    return;
  }
  for (const auto& [region, columns] : table.regions) {
    if (const auto parts = cells.regions.find(region); parts != cells.regions.end())
      for (const auto& [column, counted] : CountsOf(parts->second, query))
        if (!shield.Shows(digits, region, column, counted)) withheld->cells[region].insert(column);
    if (const auto parts = sums.regions.find(region); parts != sums.regions.end())
      if (!shield.Shows(digits, region, {}, SumOf(parts->second))) withheld->region_totals.insert(region);
    CloseLine(columns, withheld->region_totals.contains(region), &withheld->cells[region]);
  }
}

}  // namespace

GapSums SumsOf(const findings::TallyReading& reading, const GapQuery& query, bool is_protected) {
  if (is_protected && IsPublished(query)) return PublishedSums(reading, query);
  const std::string& prefix = query.filter.region_prefix();
  const GapCube cube(reading, query, CubeDigits(prefix, query.region_digits, is_protected));
  GapSums sums{cube.Table(prefix, query.region_digits), {}};
  if (!is_protected) return sums;
  sums.withheld = Protect(cube, prefix, query.region_digits);
  ProtectFiltered(reading, query, sums.table, &sums.withheld);
  return sums;
}

}  // namespace relief::server::reports
