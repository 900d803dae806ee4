// Of several columns of money: which is what is paid.
#include <algorithm>
#include <map>
#include <set>

#include "adapters/intake/proposer.h"
#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {

bool Proposer::CountsOtherThings(const std::string& heading) {
  for (const char* word : {"月数", "个月", "天数", "日数", "次数", "份数", "面积", "户数", "床位数"})
    if (Has(heading, word)) return true;
  return false;
}

bool Proposer::IsForSeveralMonths(const ColumnGuess& total, const std::vector<ColumnGuess*>& amounts) const {
  int64_t times = 0;
  int rows = 0;
  for (const SheetRow& row : *input_.rows) {
    const auto whole = AmountAt(row, total.position);
    int64_t parts = 0;
    for (const ColumnGuess* part : amounts)
      if (part != &total) parts += AmountAt(row, part->position).value_or(0);
    if (!whole || *whole == 0 || parts == 0) continue;
    if (*whole % parts != 0 || *whole / parts < 2 || *whole / parts > 12) return false;
    if (times != 0 && times != *whole / parts) return false;
    times = *whole / parts;
    ++rows;
  }
  return rows > 0;
}

std::optional<int64_t> Proposer::AmountAt(const SheetRow& row, int position) const {
  if (static_cast<size_t>(position) >= row.cells.size()) return std::nullopt;
  const std::string cell = Trim(row.cells[static_cast<size_t>(position)]);
  if (cell.empty() || SaysNothing(cell)) return 0;
  Repair repair;
  auto fen = ReadMoney(cell, YUAN, &repair);
  if (!fen.ok()) return std::nullopt;
  return *fen;
}

void Proposer::SettleAmounts() {
  std::vector<ColumnGuess*> amounts;
  for (ColumnGuess& column : columns())
    if (column.use == "benefit.amount_fen") amounts.push_back(&column);
  if (amounts.size() < 2) return;
  const auto drop = [&](ColumnGuess* column, Reason reason) {
    column->use =
        reason == Reason::kPartOfTotal ? "unused: part of a total" : "unused: another column is nearer";
    column->reason = reason;
  };
  for (ColumnGuess* told : amounts) {
    if (told->reason != Reason::kTold) continue;
    for (ColumnGuess* other : amounts)
      if (other != told && other->reason != Reason::kTold) drop(other, Reason::kNearer);
    return;
  }
  for (ColumnGuess* total : amounts) {
    const std::string own = OwnHeading(total->heading);
    if (!Has(own, "合计") && !Has(own, "总") && !Has(own, "实发") && !Has(own, "应发") && !Has(own, "小计"))
      continue;
    int rows = 0, right = 0;
    for (const SheetRow& row : *input_.rows) {
      const auto sum = AmountAt(row, total->position);
      if (!sum || *sum == 0) continue;
      int64_t parts = 0;
      bool known = true;
      for (ColumnGuess* part : amounts) {
        if (part == total || Has(OwnHeading(part->heading), "标准")) continue;
        const auto amount = AmountAt(row, part->position);
        known = known && amount.has_value();
        parts += amount.value_or(0);
      }
      if (!known) continue;
      ++rows;
      right += parts == *sum ? 1 : 0;
    }
    if (rows == 0 || right * 10 < rows * 9) {
      // A total that is none of these amounts' sum still says what is paid, if it says so.
      if (!Has(own, "实发") && !Has(own, "合计")) continue;
    }
    for (ColumnGuess* part : amounts)
      if (part != total) drop(part, Reason::kPartOfTotal);
    return;
  }
  if (amounts.size() > 2) {
    for (ColumnGuess* total : amounts) {
      if (!IsForSeveralMonths(*total, amounts)) continue;
      // The benefit is so much a month; what was paid at once is told by the others.
      drop(total, Reason::kPartOfTotal);
      amounts.erase(std::find(amounts.begin(), amounts.end(), total));
      parts_ = amounts;
      return;
    }
  }
  // A standard is not what is paid where something else is.
  for (size_t i = 0; i < amounts.size() && amounts.size() > 1;) {
    if (Has(OwnHeading(amounts[i]->heading), "标准")) {
      drop(amounts[i], Reason::kNearer);
      amounts.erase(amounts.begin() + static_cast<ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  if (amounts.size() < 2) return;
  // 户月... beside 人均...: the household's.
  for (ColumnGuess* amount : amounts) {
    if (!Has(amount->heading, "人均")) continue;
    if (std::any_of(amounts.begin(), amounts.end(),
                    [](const ColumnGuess* other) { return !Has(other->heading, "人均"); })) {
      drop(amount, Reason::kNearer);
      amounts.erase(std::find(amounts.begin(), amounts.end(), amount));
      break;
    }
  }
  if (amounts.size() < 2) return;
  parts_ = amounts;
}

void Proposer::AddAmounts(const std::string& target) {
  Mapping& mapping = proposal_.mapping;
  if (!parts_.empty()) {
    for (const ColumnGuess* amount : parts_) {
      Part* part = mapping.add_parts();
      part->set_name(BareHeading(OwnHeading(amount->heading)));
      Add(target, *amount, MONEY_YUAN, part->mutable_fields());
      if (parts_are_months_) {
        *part->mutable_month() = *MonthOfHeading(amount->heading);
      } else if (mapping.content() == v1::Source::BENEFITS) {
        AddConstant("benefit.sub_item", part->name(), part->mutable_fields());
      } else if (const auto type = FactTypeOf(part->name(), words_)) {
        AddConstant("fact.type", *type, part->mutable_fields());
      }
    }
    return;
  }
  const ColumnGuess* amount = Of("benefit.amount_fen");
  if (amount == nullptr) return;
  Add(target, *amount, MONEY_YUAN);
  // 户月保障金额 on every member's row is one amount, and so is an amount that all rows of a household repeat.
  const bool of_household = amount->heading.find("户月") != std::string::npos ||
                            amount->heading.find("家庭月") != std::string::npos ||
                            amount->heading.find("全户") != std::string::npos;
  bool of_group = false;
  for (const ColumnGuess& column : columns())
    of_group = of_group ||
               (column.use == "unused: part of a total" && column.heading.find("户月") != std::string::npos);
  if ((of_household || of_group) &&
      (Of("household.relation") != nullptr || Of("head.id_number") != nullptr || Of("head.name") != nullptr))
    mapping.set_amount_of_household(true);
}

}  // namespace relief::adapters
