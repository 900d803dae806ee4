#include "server/reports/gap_table.h"

#include <algorithm>
#include <unordered_map>

namespace relief::server::reports {
namespace {

v1::Movement MovementOf(const findings::Figures& flow, int64_t open_at_end, int64_t amount_at_end) {
  v1::Movement movement;
  movement.set_opened(flow[findings::kOpened]);
  movement.set_reopened(flow[findings::kReopened]);
  movement.set_closed(flow[findings::kClosed]);
  movement.set_settled(flow[findings::kSettled]);
  movement.set_recovered_fen(flow[findings::kRecoveredChange]);
  movement.set_open_at_end(open_at_end);
  movement.set_amount_at_end_fen(amount_at_end);
  return movement;
}

// Which part of its rule a cell is.
std::string PartOf(const stored::TallyCell& cell, const GapParts& by) {
  std::string part;
  if (by.severity) part += "s" + std::to_string(cell.severity());
  if (by.need) part += "n" + std::to_string(cell.need());
  if (by.overdue && cell.overdue()) part += "o";
  if (by.disputed && cell.disputed()) part += "d";
  if (by.open_month)
    part += "m" + std::to_string(findings::MonthIndex(matcher::CivilDate::FromDays(cell.open_day())));
  if (!by.programmes) return part;
  std::vector<int> programmes(cell.programmes().begin(), cell.programmes().end());
  std::sort(programmes.begin(), programmes.end());
  for (const int programme : programmes) part += "," + std::to_string(programme);
  return part;
}

// The columns that one cell counts in. A month's flow does not know when its findings first opened: it counts
// in sums only.
std::vector<GapColumn> ColumnsOf(const stored::TallyCell& cell, const GapQuery& query, bool is_flow) {
  GapColumn column;
  if (query.Groups(v1::BY_RULE)) column.rule_id = cell.rule_id();
  if (query.Groups(v1::BY_RULE) || query.Groups(v1::BY_KIND)) column.kind = cell.kind();
  if (query.Groups(v1::BY_SEVERITY)) column.severity = cell.severity();
  if (query.Groups(v1::BY_OPEN_MONTH)) {
    if (is_flow) return {};
    column.open_month = findings::MonthIndex(matcher::CivilDate::FromDays(cell.open_day()));
  }
  if (query.parts != GapParts()) column.part = PartOf(cell, query.parts);
  if (query.with_kinds) return {column, GapColumn{"", column.kind}};
  if (!query.Groups(v1::BY_PROGRAMME)) return {column};
  std::vector<GapColumn> columns;
  const auto& wanted = query.filter.programmes();
  for (int programme : cell.programmes()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), programme) == wanted.end()) continue;
    column.programme = programme;
    columns.push_back(column);
  }
  if (columns.empty()) columns.push_back(column);
  return columns;
}

// The key of a cell of the cube: its columns and its regions.
std::string KeyOf(const std::vector<GapColumn>& columns, const std::vector<std::string>& regions) {
  std::string key;
  for (const GapColumn& column : columns) {
    key.append(column.rule_id).push_back('\0');
    key.append(column.part).push_back('\0');
    for (const int part :
         {column.kind, column.programme, column.severity, static_cast<int>(column.open_month)})
      key.append(std::to_string(part)).push_back(',');
  }
  key.push_back('\0');
  for (const std::string& region : regions) key.append(region).push_back(',');
  return key;
}

}  // namespace

v1::Movement GapGroup::Movement() const {
  return MovementOf(flow, stock - after[findings::kOpenChange], stock_fen - after[findings::kAmountChange]);
}

v1::Movement GapGroup::Previous() const {
  return MovementOf(before, stock - after[findings::kOpenChange] - flow[findings::kOpenChange],
                    stock_fen - after[findings::kAmountChange] - flow[findings::kAmountChange]);
}

GapGroup& GapGroup::operator+=(const GapGroup& other) {
  findings += other.findings;
  persons += other.persons;
  amount_fen += other.amount_fen;
  estimated_fen += other.estimated_fen;
  overdue += other.overdue;
  disputed += other.disputed;
  flow += other.flow;
  before += other.before;
  after += other.after;
  stock += other.stock;
  stock_fen += other.stock_fen;
  return *this;
}

v1::FindingFilter WithoutFlags(v1::FindingFilter filter) {
  filter.clear_only_overdue();
  filter.clear_only_disputed();
  return filter;
}

GapCube::GapCube(const findings::TallyReading& reading, const GapQuery& query, int digits) {
  v1::FindingFilter filter = query.filter;
  filter.clear_region_prefix();
  const v1::FindingFilter without_flags = WithoutFlags(filter);
  std::unordered_map<std::string, size_t> known;
  const auto cell_of = [&](const stored::TallyCell& key, bool is_flow) {
    std::vector<std::string> regions;  // stay sorted when they are cut
    std::vector<bool> finer;
    for (const std::string& region : key.regions()) {
      std::string cut = region.substr(0, static_cast<size_t>(digits));
      const bool more = key.finer() || region.size() > cut.size();
      if (!regions.empty() && regions.back() == cut) {
        finer.back() = finer.back() || more;
      } else {
        regions.push_back(std::move(cut));
        finer.push_back(more);
      }
    }
    std::vector<GapColumn> columns = ColumnsOf(key, query, is_flow);
    const auto [found, is_new] = known.try_emplace(KeyOf(columns, regions), cells_.size());
    if (is_new) {
      cells_.push_back({std::move(regions), std::move(finer), std::move(columns), {}});
    } else {
      std::vector<bool>& merged = cells_[found->second].finer;
      for (size_t i = 0; i < finer.size(); ++i) merged[i] = merged[i] || finer[i];
    }
    return found->second;
  };

  for (const findings::TallyReading::Cell& cell : reading.cells) {
    if (cell.key.state() != v1::Finding::OPEN || !findings::Allows(without_flags, cell.key, false)) continue;
    GapGroup& sums = cells_[cell_of(cell.key, false)].sums;
    sums.stock += cell.figures[findings::kFindings];
    sums.stock_fen += cell.figures[findings::kAmount];
    if (!findings::Allows(filter, cell.key, false)) continue;
    sums.findings += cell.figures[findings::kFindings];
    sums.persons += cell.figures[findings::kPersonMentions];
    sums.amount_fen += cell.figures[findings::kAmount];
    sums.estimated_fen += cell.figures[findings::kEstimated];
    if (cell.key.overdue()) sums.overdue += cell.figures[findings::kFindings];
    if (cell.key.disputed()) sums.disputed += cell.figures[findings::kFindings];
  }

  std::map<std::vector<size_t>, int64_t> shared;
  for (const findings::TallyReading::Shared& one : reading.shared) {
    std::vector<size_t> cells;
    for (const stored::TallyCell& cell : one.cells)
      if (findings::Allows(filter, cell, false)) cells.push_back(cell_of(cell, false));
    std::sort(cells.begin(), cells.end());
    if (cells.size() > 1) shared[std::move(cells)] += one.persons;
  }
  for (auto& [cells, persons] : shared) shared_.push_back({persons, cells});

  const ReportPeriod& period = query.period;
  for (const findings::TallyReading::Flow& flow : reading.flows) {
    if (flow.month < period.from - period.months() || !findings::Allows(without_flags, flow.cell.key, false))
      continue;
    GapGroup& sums = cells_[cell_of(flow.cell.key, true)].sums;
    (flow.month > period.to      ? sums.after
     : flow.month >= period.from ? sums.flow
                                 : sums.before) += flow.cell.figures;
  }
}

GapTable GapCube::Table(const std::string& prefix, int digits) const {
  GapTable table;
  std::vector<std::vector<GapGroup*>> groups(cells_.size());  // that each cell counts in
  for (size_t c = 0; c < cells_.size(); ++c) {
    const Cell& cell = cells_[c];
    std::map<std::string, bool> regions;  // and whether it has finer ones
    bool inside = prefix.empty();
    for (size_t i = 0; i < cell.regions.size(); ++i) {
      const std::string& region = cell.regions[i];
      if (!region.starts_with(prefix)) continue;
      inside = true;
      if (digits == 0) continue;
      const std::string cut = region.substr(0, static_cast<size_t>(digits));
      regions[cut] |= cell.finer[i] || region.size() > cut.size();
    }
    if (!inside) continue;
    if (regions.empty()) regions[""] = false;
    std::vector<GapGroup*>& into = groups[c];
    into.push_back(&table.total);
    for (const GapColumn& column : cell.columns) into.push_back(&table.totals[column]);
    for (const auto& [region, finer] : regions) {
      into.push_back(&table.region_totals[region]);
      into.back()->finer |= finer;
      GapTable::Columns& row = table.regions[region];
      for (const GapColumn& column : cell.columns) {
        into.push_back(&row[column]);
        into.back()->finer |= finer;
      }
    }
    for (GapGroup* group : into) *group += cell.sums;
  }

  // Everybody counts once in each group.
  std::vector<GapGroup*> mentions;
  for (const Shared& shared : shared_) {
    mentions.clear();
    for (const size_t cell : shared.cells)
      mentions.insert(mentions.end(), groups[cell].begin(), groups[cell].end());
    std::sort(mentions.begin(), mentions.end());
    for (size_t i = 1; i < mentions.size(); ++i)
      if (mentions[i] == mentions[i - 1]) mentions[i]->persons -= shared.persons;
  }
  return table;
}

GapTable SumTally(const findings::TallyReading& reading, const GapQuery& query) {
  const std::string& prefix = query.filter.region_prefix();
  return GapCube(reading, query, std::max(query.region_digits, static_cast<int>(prefix.size())))
      .Table(prefix, query.region_digits);
}

}  // namespace relief::server::reports
