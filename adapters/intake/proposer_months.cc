// A column for each month: 一月 … 十二月, or 2026-01 …, with what was paid in it.
#include <algorithm>
#include <map>

#include "adapters/intake/proposer.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {

bool Proposer::SettleMonths() {
  // A school term is no month.
  if (!programme_ || (!programme_->facts && programme_->programme == v1::EDUCATION)) return false;
  std::map<std::pair<int, int>, ColumnGuess*> months;
  for (ColumnGuess& column : columns()) {
    const bool told = column.reason == Reason::kTold;
    const auto month = MonthOfHeading(column.heading);
    if (!month) {
      if (told && column.use == "benefit.amount_fen") return false;  // what is paid stands there
      continue;
    }
    if (told && column.use != "benefit.amount_fen") continue;
    const ColumnLook& look = looks_[static_cast<size_t>(column.position)];
    // Ticks and names of those who sign are no amounts.
    if (look.filled > 0 && look.Fits(MONEY) < 0.7) continue;
    if (!months.emplace(std::pair(month->year(), month->month()), &column).second) return false;
  }
  if (months.size() < 2) return false;
  const bool years_said = months.begin()->first.first > 0;
  if (years_said != (months.rbegin()->first.first > 0)) return false;
  for (auto& [month, column] : months) {
    if (column->reason != Reason::kTold) {
      column->confidence = 0.9;
      column->reason = Reason::kHeading;
    }
    column->use = "benefit.amount_fen";
    parts_.push_back(column);
  }
  parts_are_months_ = true;
  // Each month says when it was paid, and how much.
  for (ColumnGuess& column : columns()) {
    if (std::find(parts_.begin(), parts_.end(), &column) != parts_.end()) continue;
    const bool amount = column.use == "benefit.amount_fen";
    if (!amount && column.use != "benefit.start_month" && column.use != "benefit.end_month" &&
        column.use != "range" && column.use != "pay_month" && column.use != "benefit.pay_date")
      continue;
    const bool total =
        amount && (Has(column.heading, "合计") || Has(column.heading, "总") || Has(column.heading, "小计"));
    column.use = total ? "unused: part of a total" : "unused: another column is nearer";
    column.reason = total ? Reason::kPartOfTotal : Reason::kNearer;
  }
  if (!years_said && input_.year == 0) Ask(Doubt::kNoStart, "", true);
  return true;
}

}  // namespace relief::adapters
