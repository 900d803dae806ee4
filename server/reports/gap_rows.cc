#include "server/reports/gap_rows.h"

#include <algorithm>

namespace relief::server::reports {
namespace {

bool Moved(const v1::Movement& movement) {
  return movement.opened() + movement.reopened() + movement.closed() + movement.settled() +
             movement.open_at_end() !=
         0;
}

bool IsEmpty(const v1::GapFigures& figures) {
  return !figures.suppressed() && figures.findings() == 0 && !Moved(figures.movement()) &&
         !Moved(figures.previous());
}

}  // namespace

const v1::Finding& RuleTitles::Of(const std::string& rule_id) const {
  const auto [found, is_new] = known_.try_emplace(rule_id);
  if (is_new) rules_.Describe(rule_id, matcher::CivilDate{2000, 1, 1}, &found->second);
  return found->second;
}

v1::GapFigures FiguresOf(const GapGroup& group, bool is_withheld, const ReportQuery& query) {
  v1::GapFigures figures;
  if (is_withheld) {
    figures.set_suppressed(true);
    return figures;
  }
  const bool rounded = query.is_protected;
  figures.set_findings(group.findings);
  figures.set_persons(group.persons);
  figures.set_amount_fen(group.amount_fen);
  figures.set_estimated_fen(group.estimated_fen);
  figures.set_overdue(rounded ? Rounded(group.overdue) : group.overdue);
  figures.set_disputed(rounded ? Rounded(group.disputed) : group.disputed);
  *figures.mutable_movement() = group.Movement();
  if (rounded) Round(figures.mutable_movement());
  if (!query.compare) return figures;
  *figures.mutable_previous() = group.Previous();
  if (rounded) Round(figures.mutable_previous());
  return figures;
}

GapRows RowsOf(const GapTable& table, const Withheld& withheld, const ReportQuery& query,
               const RuleTitles& titles) {
  GapRows rows;
  for (const auto& [region, columns] : table.regions) {
    const auto hidden = withheld.cells.find(region);
    for (const auto& [column, group] : columns) {
      const bool is_withheld = hidden != withheld.cells.end() && hidden->second.contains(column);
      v1::GapFigures figures = FiguresOf(group, is_withheld, query);
      if (IsEmpty(figures)) continue;
      v1::GapRow& row = *rows.Add();
      row.set_rule_id(column.rule_id);
      row.set_kind(static_cast<v1::FindingKind>(column.kind));
      row.set_region_prefix(region);
      row.set_programme(static_cast<v1::Programme>(column.programme));
      row.set_severity(static_cast<v1::Severity>(column.severity));
      if (column.open_month != 0) *row.mutable_open_month() = MonthOf(column.open_month);
      row.set_has_finer_regions(group.finer);
      if (!column.rule_id.empty()) {
        const v1::Finding& rule = titles.Of(column.rule_id);
        row.set_title_zh(rule.title_zh());
        row.set_title_en(rule.title_en());
      }
      *row.mutable_figures() = std::move(figures);
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const v1::GapRow& a, const v1::GapRow& b) {
    if (a.figures().suppressed() != b.figures().suppressed()) return b.figures().suppressed();
    return a.figures().findings() > b.figures().findings();
  });
  return rows;
}

}  // namespace relief::server::reports
