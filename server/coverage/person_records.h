// The records of one person, laid out for the rules: sorted once by what they are, so that a rule looks only
// at records that it names. Built per Evaluate call; allocates nothing for a person of up to 32 records.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/container/inlined_vector.h"
#include "server/coverage/clock.h"
#include "server/coverage/item.h"
#include "server/coverage/rule.pb.h"

namespace relief::coverage {

class PersonRecords {
 public:
  // Leaves out what is not yet: facts, leads and payments of a later day (but for a year or a term), benefits
  // of a later month that were not decided either, and facts and leads that state no date. The clock outlives
  // the person.
  PersonRecords(const PersonInput& person, Clock& clock);

  // In the order of record keys.
  std::span<const Item> of(Slot slot) const {
    return {items_.data() + begin_[slot], static_cast<size_t>(begin_[slot + 1] - begin_[slot])};
  }
  std::span<const Item> all() const { return items_; }
  SlotSet slots() const { return slots_; }
  Clock& clock() const { return *clock_; }
  std::span<const IdentityDoubt> doubts() const { return person_.doubts; }
  std::span<const AccountInput> accounts() const { return person_.accounts; }

  // What tells of the person's death: the earliest report that holds, or else funeral fees that were waived,
  // or a benefit that was stopped for it. nullptr if nothing does.
  const Item* death() const { return death_; }
  // The latest day on which the person may still have lived by that, and its month.
  int32_t death_day() const;
  MonthIndex death_month() const { return MonthIndex::Of(matcher::CivilDate::FromDays(death_day())); }

  // Whether the person is of that age on the day of judgement. Nothing if no record tells the birth date.
  std::optional<bool> IsAged(const Age& age) const;
  // The same in an earlier month.
  std::optional<bool> WasAged(const Age& age, MonthIndex month) const;

 private:
  PersonInput person_;
  Clock* clock_;
  absl::InlinedVector<Item, 32> items_;
  std::array<uint32_t, kSlots + 1> begin_{};
  SlotSet slots_ = 0;
  const Item* death_ = nullptr;
};

}  // namespace relief::coverage
