#include "server/reports/monthly_protect.h"

#include "server/reports/suppression.h"

namespace relief::server::reports {
namespace {

// A cell of a table and where it is remembered that it is withheld.
struct Place {
  const GapGroup* group = nullptr;  // null: nothing is there
  std::set<GapColumn>* withheld = nullptr;
  GapColumn column;

  bool hidden() const { return withheld->contains(column); }
};

// Everything withheld so far must not follow from the rest: it is small for this purpose, whatever its size.
SuppressionTable::Cell CellOf(const Place& place) {
  if (!place.group || place.group->findings <= 0) return {};
  return {place.group->findings, place.hidden(), place.hidden(), false};
}

// Decides a table of places; the last of each row and the last row are sums.
bool Decide(const std::vector<std::vector<Place>>& places, SuppressionTable table) {
  Suppress(&table);
  bool changed = false;
  for (size_t r = 0; r < places.size(); ++r)
    for (size_t c = 0; c < places[r].size(); ++c)
      if (table.cells[r][c].withheld && places[r][c].withheld->insert(places[r][c].column).second)
        changed = true;
  return changed;
}

bool DecideTable(const std::vector<std::vector<Place>>& places) {
  SuppressionTable table;
  for (const auto& row : places) {
    auto& cells = table.cells.emplace_back();
    for (const Place& place : row) cells.push_back(CellOf(place));
  }
  return Decide(places, std::move(table));
}

// Parts and their sum, in one line. The sums of the columns are nowhere: they are as if withheld.
bool DecideLine(const std::vector<Place>& line) {
  SuppressionTable table;
  table.cells.resize(1);
  for (const Place& place : line) table.cells[0].push_back(CellOf(place));
  table.cells.emplace_back(line.size(), SuppressionTable::Cell{0, false, true, false});
  return Decide({line}, std::move(table));
}

Place PlaceIn(const GapTable::Columns& columns, const GapColumn& column, std::set<GapColumn>* withheld) {
  const auto found = columns.find(column);
  return {found == columns.end() ? nullptr : &found->second, withheld, column};
}

// The total is the same in all tables: a set that is empty or holds the nameless column.
class Totals {
 public:
  explicit Totals(MonthlySums* sums) : sums_(*sums) {
    if (sums_.rules.withheld.total || sums_.regions.withheld.total || sums_.programmes.withheld.total)
      hidden_.insert(GapColumn());
  }
  Place place() { return {&sums_.rules.table.total, &hidden_, {}}; }
  void Store() {
    for (GapSums* one : {&sums_.rules, &sums_.regions, &sums_.programmes})
      one->withheld.total = !hidden_.empty();
  }

 private:
  MonthlySums& sums_;
  std::set<GapColumn> hidden_;
};

// Regions by kinds, with the rows by kind as sums below and the regions' own sums, which are not printed,
// beside.
bool DecideRegions(GapSums* sums, Place total) {
  std::vector<std::vector<Place>> places;
  std::map<std::string, std::set<GapColumn>> region_totals;
  for (const std::string& region : sums->withheld.region_totals) region_totals[region].insert(GapColumn());
  for (const auto& [region, columns] : sums->table.regions) {
    auto& row = places.emplace_back();
    for (const auto& [kind, group] : sums->table.totals)
      row.push_back(PlaceIn(columns, kind, &sums->withheld.cells[region]));
    row.push_back({&sums->table.region_totals.at(region), &region_totals[region], {}});
  }
  auto& bottom = places.emplace_back();
  for (const auto& [kind, group] : sums->table.totals)
    bottom.push_back({&group, &sums->withheld.totals, kind});
  bottom.push_back(total);
  const bool changed = DecideTable(places);
  for (const auto& [region, hidden] : region_totals)
    if (!hidden.empty()) sums->withheld.region_totals.insert(region);
  return changed;
}

}  // namespace

void ProtectTogether(MonthlySums* sums) {
  if (sums->rules.table.totals.empty()) return;
  Totals totals(sums);
  const auto line_of = [](GapSums* part, const auto& take, Place sum) {
    std::vector<Place> line;
    for (const auto& [column, group] : part->table.totals)
      if (take(column)) line.push_back({&group, &part->withheld.cells[""], column});
    line.push_back(sum);
    return line;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [kind, group] : sums->regions.table.totals) {
      const Place sum{&group, &sums->regions.withheld.totals, kind};
      changed |= DecideLine(line_of(
          &sums->rules, [&](const GapColumn& rule) { return rule.kind == kind.kind; }, sum));
    }
    changed |= DecideRegions(&sums->regions, totals.place());
    changed |= DecideLine(line_of(
        &sums->programmes, [](const GapColumn&) { return true; }, totals.place()));
  }
  totals.Store();
  for (GapSums* one : {&sums->rules, &sums->programmes}) one->withheld.totals = one->withheld.cells[""];
}

}  // namespace relief::server::reports
