#include "server/coverage/item.h"

namespace relief::coverage {
namespace {

constexpr int kFirstFactSlot = v1::Programme_MAX + 1;
static_assert(kFirstFactSlot + v1::FactType_MAX <= kLeadSlot,
              "a new programme or fact type needs another slot");

}  // namespace

Slot SlotOf(v1::Programme programme) {
  return programme > 0 && programme <= v1::Programme_MAX ? static_cast<Slot>(programme) : Slot{0};
}

Slot SlotOf(v1::FactType fact) {
  return fact > 0 && fact <= v1::FactType_MAX ? static_cast<Slot>(kFirstFactSlot + fact - 1) : Slot{0};
}

bool IsFact(Slot slot) { return slot >= kFirstFactSlot && slot < kFirstFactSlot + v1::FactType_MAX; }

v1::FactType FactOf(Slot slot) { return static_cast<v1::FactType>(slot - kFirstFactSlot + 1); }

int32_t Item::day() const {
  const v1::Record& record = *source->record;
  if (record.has_fact()) return DayNumber(record.fact().date());
  if (record.has_lead()) return DayNumber(record.lead().found_date());
  if (record.has_gift())
    return record.gift().has_give_date() ? DayNumber(record.gift().give_date()) : INT32_MAX;
  const v1::Benefit& benefit = record.benefit();
  if (benefit.has_pay_date()) return DayNumber(benefit.pay_date());
  if (benefit.has_start_month()) return MonthIndex::Of(benefit.start_month()).FirstDay();
  return INT32_MAX;
}

}  // namespace relief::coverage
