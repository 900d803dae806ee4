#include "server/coverage/money.h"

#include <algorithm>
#include <cstdlib>

namespace relief::coverage {
namespace {

// Whether a strike-off may be of a benefit: what both state of which payment it is agrees, and at least what
// the strike-off states of an invoice is stated by the benefit too.
bool IsOf(const Item& strike_off, const Item& benefit) {
  if (strike_off.slot != benefit.slot) return false;
  const auto contradicts = [&](Field field) {
    const std::string a = FieldText(strike_off, field), b = FieldText(benefit, field);
    return !a.empty() && !b.empty() && a != b;
  };
  if (FieldText(strike_off, INVOICE_NUMBER) != FieldText(benefit, INVOICE_NUMBER)) return false;
  for (Field field : {BENEFIT_YEAR, TERM, APPROVAL_NUMBER, CONTRACT_NUMBER, DECISION_NUMBER, PAYING_REGION})
    if (contradicts(field)) return false;
  return strike_off.day() == INT32_MAX || benefit.day() == INT32_MAX || strike_off.day() >= benefit.day();
}

}  // namespace

int64_t SumFen(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

std::optional<int64_t> LeftFen(int64_t fen, int64_t repaid) {
  if (fen > 0 && repaid >= fen) return std::nullopt;
  return std::max<int64_t>(fen - repaid, 0);
}

int64_t TimesFen(int64_t fen, int64_t times) {
  int64_t product = 0;
  return __builtin_mul_overflow(fen, times, &product) ? INT64_MAX : product;
}

int64_t MonthlyFen(const Item& item) {
  if (!item.is_benefit()) return std::max<int64_t>(item.fact().amount_fen(), 0);
  const v1::Benefit& benefit = item.benefit();
  if (benefit.cycle() != v1::CYCLE_UNSPECIFIED && benefit.cycle() != v1::MONTHLY) return 0;
  return std::max<int64_t>(benefit.amount_fen(), 0);
}

int64_t AllButLargestFen(const Items& items) {
  int64_t sum = 0, largest = 0;
  int stated = 0;
  for (const Item* item : items) {
    const int64_t amount = std::max<int64_t>(item->benefit().amount_fen(), 0);
    stated += amount > 0;
    sum = SumFen(sum, amount);
    largest = std::max(largest, amount);
  }
  return stated == 1 && items.size() > 1 ? sum : sum - largest;
}

int64_t RepaidFen(const PersonRecords& person, const Items& benefits, Items* strike_offs) {
  int64_t repaid = 0;
  Items counted;
  for (const Item* benefit : benefits) {
    if (!benefit->is_benefit()) continue;
    for (const Item& item : person.of(benefit->slot)) {
      if (item.benefit().form() != v1::STRIKE_OFF || item.benefit().amount_fen() == 0) continue;
      if (std::find(counted.begin(), counted.end(), &item) != counted.end() || !IsOf(item, *benefit))
        continue;
      counted.push_back(&item);
      repaid = SumFen(repaid, std::abs(item.benefit().amount_fen()));
    }
  }
  strike_offs->insert(strike_offs->end(), counted.begin(), counted.end());
  return repaid;
}

}  // namespace relief::coverage
