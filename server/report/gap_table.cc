#include "server/report/gap_table.h"

#include <algorithm>
#include <set>

namespace relief::server {
namespace {

v1::Movement MovementOf(const Figures& flow, int64_t open_at_end, int64_t amount_at_end) {
  v1::Movement movement;
  movement.set_opened(flow[kOpened]);
  movement.set_reopened(flow[kReopened]);
  movement.set_closed(flow[kClosed]);
  movement.set_settled(flow[kSettled]);
  movement.set_recovered_fen(flow[kRecoveredChange]);
  movement.set_open_at_end(open_at_end);
  movement.set_amount_at_end_fen(amount_at_end);
  return movement;
}

// The groups that one cell counts in.
class Grouping {
 public:
  explicit Grouping(const GapQuery& query) : query_(query) {}

  std::vector<GapColumn> Columns(const stored::TallyCell& cell) const {
    GapColumn column;
    bool by_programme = false;
    for (const v1::GapDimension dimension : query_.columns) {
      if (dimension == v1::BY_RULE) column.rule_id = cell.rule_id();
      if (dimension == v1::BY_RULE || dimension == v1::BY_KIND) column.kind = cell.kind();
      if (dimension == v1::BY_SEVERITY) column.severity = cell.severity();
      if (dimension == v1::BY_OPEN_MONTH)
        column.open_month = MonthIndex(matcher::CivilDate::FromDays(cell.open_day()));
      by_programme |= dimension == v1::BY_PROGRAMME;
    }
    if (!by_programme) return {column};
    std::vector<GapColumn> columns;
    const auto& wanted = query_.filter.programmes();
    for (int programme : cell.programmes()) {
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), programme) == wanted.end()) continue;
      column.programme = programme;
      columns.push_back(column);
    }
    if (columns.empty()) columns.push_back(column);
    return columns;
  }

  std::set<std::string> Regions(const stored::TallyCell& cell) const {
    const std::string& prefix = query_.filter.region_prefix();
    if (query_.region_digits == 0) return {""};
    std::set<std::string> regions;
    for (const std::string& region : cell.regions())
      if (region.starts_with(prefix)) regions.insert(region.substr(0, static_cast<size_t>(query_.region_digits)));
    if (regions.empty()) regions.insert("");
    return regions;
  }

  bool IsFiner(const stored::TallyCell& cell, const std::string& region) const {
    return cell.finer() || std::any_of(cell.regions().begin(), cell.regions().end(), [&](const std::string& one) {
             return one.size() > region.size() && one.starts_with(region);
           });
  }

 private:
  const GapQuery& query_;
};

}  // namespace

v1::Movement GapGroup::Movement() const {
  return MovementOf(flow, stock - after[kOpenChange], stock_fen - after[kAmountChange]);
}

v1::Movement GapGroup::Previous() const {
  return MovementOf(before, stock - after[kOpenChange] - flow[kOpenChange],
                    stock_fen - after[kAmountChange] - flow[kAmountChange]);
}

v1::FindingFilter WithoutFlags(v1::FindingFilter filter) {
  filter.clear_only_overdue();
  filter.clear_only_disputed();
  return filter;
}

GapTable SumTally(const TallyReading& reading, const GapQuery& query) {
  const Grouping grouping(query);
  const v1::FindingFilter without_flags = WithoutFlags(query.filter);
  GapTable table;
  const auto in_each = [&](const stored::TallyCell& cell, const auto& add) {
    add(table.total);
    const auto columns = grouping.Columns(cell);
    for (const GapColumn& column : columns) add(table.totals[column]);
    for (const std::string& region : grouping.Regions(cell)) {
      GapGroup& whole = table.region_totals[region];
      add(whole);
      whole.finer |= query.region_digits > 0 && grouping.IsFiner(cell, region);
      for (const GapColumn& column : columns) {
        GapGroup& group = table.regions[region][column];
        add(group);
        group.finer |= query.region_digits > 0 && grouping.IsFiner(cell, region);
      }
    }
  };

  for (const TallyReading::Cell& cell : reading.cells) {
    if (cell.key.state() != v1::Finding::OPEN || !Allows(without_flags, cell.key, false)) continue;
    const bool shown = Allows(query.filter, cell.key, false);
    in_each(cell.key, [&](GapGroup& group) {
      group.stock += cell.figures[kFindings];
      group.stock_fen += cell.figures[kAmount];
      if (!shown) return;
      group.findings += cell.figures[kFindings];
      group.persons += cell.figures[kPersonMentions];
      group.amount_fen += cell.figures[kAmount];
      group.estimated_fen += cell.figures[kEstimated];
      if (cell.key.overdue()) group.overdue += cell.figures[kFindings];
      if (cell.key.disputed()) group.disputed += cell.figures[kFindings];
    });
  }

  for (const TallyReading::Shared& shared : reading.shared) {
    std::map<GapGroup*, int64_t> mentions;
    for (const stored::TallyCell& cell : shared.cells)
      if (Allows(query.filter, cell, false)) in_each(cell, [&](GapGroup& group) { ++mentions[&group]; });
    for (const auto& [group, times] : mentions) group->persons -= shared.persons * (times - 1);
  }

  const ReportPeriod& period = query.period;
  for (const TallyReading::Flow& flow : reading.flows) {
    if (flow.month < period.from - period.months() || !Allows(without_flags, flow.cell.key, false)) continue;
    in_each(flow.cell.key, [&](GapGroup& group) {
      (flow.month > period.to ? group.after : flow.month >= period.from ? group.flow : group.before) +=
          flow.cell.figures;
    });
  }
  return table;
}

}  // namespace relief::server
