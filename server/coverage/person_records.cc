#include "server/coverage/person_records.h"

#include <algorithm>
#include <tuple>

namespace relief::coverage {
namespace {

constexpr int kFirstFactSlot = v1::Programme_MAX + 1;
static_assert(kFirstFactSlot + v1::FactType_MAX <= kLeadSlot,
              "a new programme or fact type needs another slot");

Slot SlotOfRecord(const v1::Record& record) {
  if (record.has_benefit()) return SlotOf(record.benefit().programme());
  if (record.has_fact()) return SlotOf(record.fact().type());
  if (record.has_lead()) return kLeadSlot;
  if (record.has_gift()) return kGiftSlot;
  return 0;
}

bool Holds(const v1::Fact& fact, int32_t today) {
  if (!fact.has_date() || DayNumber(fact.date()) > today) return false;
  return !fact.has_end_date() || DayNumber(fact.end_date()) >= today;
}

}  // namespace

Slot SlotOf(v1::Programme programme) {
  return programme > 0 && programme <= v1::Programme_MAX ? static_cast<Slot>(programme) : Slot{0};
}

Slot SlotOf(v1::FactType fact) {
  return fact > 0 && fact <= v1::FactType_MAX ? static_cast<Slot>(kFirstFactSlot + fact - 1) : Slot{0};
}

PersonRecords::PersonRecords(std::span<const CoverageRecord> records, matcher::CivilDate as_of)
    : now_(MonthIndex::Of(as_of)), today_(as_of.days()) {
  items_.reserve(records.size());
  for (const CoverageRecord& source : records) {
    const v1::Record& record = *source.record;
    if (record.deleted()) continue;
    const Slot slot = SlotOfRecord(record);
    if (slot == 0) continue;
    if (record.has_fact() && !Holds(record.fact(), today_)) continue;
    Item item{&source, {}, slot};
    if (record.has_benefit()) item.months = BenefitMonths(record.benefit(), now_);
    items_.push_back(item);
    slots_ |= Bit(slot);
  }
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
    return std::tie(a.slot, a.key()) < std::tie(b.slot, b.key());
  });
  uint32_t at = 0;
  for (int slot = 0; slot <= kSlots; ++slot) {
    while (at < items_.size() && items_[at].slot < slot) ++at;
    begin_[slot] = at;
  }
  for (const Item& item : of(SlotOf(v1::DEATH))) {
    if (death_ == nullptr || DayNumber(item.fact().date()) < DayNumber(death_->fact().date())) death_ = &item;
  }
}

}  // namespace relief::coverage
