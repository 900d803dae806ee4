// One record as the rules see it on the day of judgement: what it is, the months it covers, whether it holds.
#pragma once

#include <cstdint>

#include "server/coverage/person_input.h"
#include "server/coverage/timeline.h"

namespace relief::coverage {

// Where a kind of record stands: programmes first, then fact types, leads, gifts. 0 = no rule can name it.
using Slot = uint8_t;
constexpr int kSlots = 48;
constexpr Slot kLeadSlot = kSlots - 2, kGiftSlot = kSlots - 1;
Slot SlotOf(v1::Programme programme);
Slot SlotOf(v1::FactType fact);
bool IsFact(Slot slot);
v1::FactType FactOf(Slot slot);  // Requires: IsFact(slot).

// A set of slots, one bit each.
using SlotSet = uint64_t;
inline SlotSet Bit(Slot slot) { return SlotSet{1} << slot; }

struct Item {
  const CoverageRecord* source = nullptr;
  MonthSpan months;  // up to the month of judgement
  Slot slot = 0;
  bool holds = false;  // a benefit runs this month, or has no months; a fact or lead holds today

  const matcher::RecordKey& key() const { return source->key; }
  const v1::Record& record() const { return *source->record; }
  const v1::Benefit& benefit() const { return source->record->benefit(); }
  const v1::Fact& fact() const { return source->record->fact(); }
  const v1::Lead& lead() const { return source->record->lead(); }
  bool is_benefit() const { return source->record->has_benefit(); }

  // When it was paid, or began, or was reported: days since 1970. INT32_MAX: the record does not say.
  int32_t day() const;
};

}  // namespace relief::coverage
