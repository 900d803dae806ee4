// The records of one person, laid out for the rules: sorted once by what they are, so that a rule looks only
// at records that it names. Built per Evaluate call; allocates nothing for a person of up to 32 records.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "absl/container/inlined_vector.h"
#include "server/coverage/coverage.h"
#include "server/coverage/timeline.h"

namespace relief::coverage {

// Where a kind of record stands: programmes first, then fact types, leads, gifts. 0 = no rule can name it.
using Slot = uint8_t;
constexpr int kSlots = 48;
constexpr Slot kLeadSlot = kSlots - 2, kGiftSlot = kSlots - 1;
Slot SlotOf(v1::Programme programme);
Slot SlotOf(v1::FactType fact);

// A set of slots, one bit each.
using SlotSet = uint64_t;
inline SlotSet Bit(Slot slot) { return SlotSet{1} << slot; }

struct Item {
  const CoverageRecord* source = nullptr;
  MonthSpan months;  // of a benefit, up to the month of judgement
  Slot slot = 0;

  const matcher::RecordKey& key() const { return source->key; }
  const v1::Benefit& benefit() const { return source->record->benefit(); }
  const v1::Fact& fact() const { return source->record->fact(); }
  const v1::Lead& lead() const { return source->record->lead(); }
  const v1::Gift& gift() const { return source->record->gift(); }
};

class PersonRecords {
 public:
  // Leaves out facts that do not hold on `as_of`: those that begin after it, ended before it, or state no
  // date.
  PersonRecords(std::span<const CoverageRecord> records, matcher::CivilDate as_of);

  // In the order of record keys.
  std::span<const Item> of(Slot slot) const {
    return {items_.data() + begin_[slot], static_cast<size_t>(begin_[slot + 1] - begin_[slot])};
  }
  SlotSet slots() const { return slots_; }
  MonthIndex now() const { return now_; }
  int32_t today() const { return today_; }

  // The earliest report of death; nullptr if there is none.
  const Item* death() const { return death_; }

 private:
  absl::InlinedVector<Item, 32> items_;
  std::array<uint32_t, kSlots + 1> begin_{};
  SlotSet slots_ = 0;
  MonthIndex now_;
  int32_t today_ = 0;
  const Item* death_ = nullptr;
};

}  // namespace relief::coverage
