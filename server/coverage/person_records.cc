#include "server/coverage/person_records.h"

#include <algorithm>
#include <tuple>

#include "server/coverage/identity_view.h"

namespace relief::coverage {
namespace {

Slot SlotOfRecord(const v1::Record& record) {
  if (record.has_benefit()) return SlotOf(record.benefit().programme());
  if (record.has_fact()) return SlotOf(record.fact().type());
  if (record.has_lead()) return kLeadSlot;
  if (record.has_gift()) return kGiftSlot;
  return 0;
}

// False if it has not begun.
bool LayOut(const v1::Record& record, Clock& clock, Item* item) {
  if (record.has_benefit()) {
    const v1::Benefit& benefit = record.benefit();
    item->months = BenefitMonths(benefit, clock.month());
    item->holds = true;
    if (benefit.has_start_month()) item->holds = clock.Reached(MonthIndex::Of(benefit.start_month()));
    if (benefit.has_start_month() && benefit.has_end_month())
      item->holds &= !clock.Reached(MonthIndex::Of(benefit.end_month()) + 1);
    // What is for a year or a term is told by that, whenever the office will have paid it.
    const bool for_a_period = benefit.benefit_year() != 0 || !benefit.term().empty();
    if (for_a_period && !benefit.has_start_month()) return true;
    if (benefit.has_start_month() ? clock.Reached(MonthIndex::Of(benefit.start_month()))
                                  : !benefit.has_pay_date() || clock.Reached(DayNumber(benefit.pay_date())))
      return true;
    // Decided and about to begin: it is known, and answers what asks for an answer.
    return benefit.has_start_month() && benefit.has_decision_date() &&
           clock.Reached(DayNumber(benefit.decision_date()));
  }
  if (record.has_fact()) {
    const v1::Fact& fact = record.fact();
    if (!fact.has_date() || !clock.Reached(DayNumber(fact.date()))) return false;
    item->months = FactMonths(fact, clock.month());
    item->holds = !fact.has_end_date() || !clock.Reached(int64_t{DayNumber(fact.end_date())} + 1);
    return true;
  }
  if (record.has_lead()) {
    const v1::Lead& lead = record.lead();
    if (!lead.has_found_date() || !clock.Reached(DayNumber(lead.found_date()))) return false;
    item->holds = !lead.has_closed_date() || !clock.Reached(DayNumber(lead.closed_date()));
  }
  return true;
}

// A benefit that came to its end because its person died.
bool StoppedForDeath(const Item& item, Clock& clock) {
  if (!item.is_benefit() || !item.benefit().has_end_month()) return false;
  const std::string& reason = item.benefit().stop_reason();
  for (const char* word : {"死亡", "身故", "去世", "病故", "亡故"})
    if (reason.find(word) != std::string::npos)
      return clock.Reached(MonthIndex::Of(item.benefit().end_month()) + 1);
  return false;
}

int32_t LastDayOf(const Item& benefit) {
  return (MonthIndex::Of(benefit.benefit().end_month()) + 1).FirstDay() - 1;
}

// A benefit goes on to the end of the month of death at the least.
int32_t DayOfDeath(const Item& sign) { return sign.is_benefit() ? LastDayOf(sign) : sign.day(); }

}  // namespace

PersonRecords::PersonRecords(const PersonInput& person, Clock& clock) : person_(person), clock_(&clock) {
  items_.reserve(person.records.size());
  for (const CoverageRecord& source : person.records) {
    if (source.record->deleted()) continue;
    Item item{&source, {}, SlotOfRecord(*source.record), false};
    if (item.slot == 0 || !LayOut(*source.record, clock, &item)) continue;
    items_.push_back(item);
    slots_ |= Bit(item.slot);
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
    if (item.holds && (death_ == nullptr || item.day() < death_->day())) death_ = &item;
  }
  if (death_ != nullptr) return;
  for (const Item& item : of(SlotOf(v1::FUNERAL_WAIVER)))
    if (death_ == nullptr || item.day() < death_->day()) death_ = &item;
  for (const Item& item : items_) {
    if (!StoppedForDeath(item, clock)) continue;
    if (death_ == nullptr || LastDayOf(item) < DayOfDeath(*death_)) death_ = &item;
  }
}

int32_t PersonRecords::death_day() const { return DayOfDeath(*death_); }

namespace {

// Somebody born on 29 February is a year older on 1 March of a common year, as FromDays counts on.
int32_t Birthday(const matcher::CivilDate& birth, int age) {
  return matcher::CivilDate{static_cast<int16_t>(birth.year + age), birth.month, 1}.days() + birth.day - 1;
}

int From(const Age& age, matcher::Sex sex) {
  return sex == matcher::Sex::kFemale && age.women_from() > 0 ? age.women_from() : age.from();
}
int To(const Age& age, matcher::Sex sex) {
  return sex == matcher::Sex::kFemale && age.women_to() > 0 ? age.women_to() : age.to();
}

}  // namespace

std::optional<bool> PersonRecords::IsAged(const Age& age) const {
  const std::optional<matcher::CivilDate> birth = BirthDateOf(all());
  if (!birth) return age.unknown_counts() ? std::optional(true) : std::nullopt;
  const bool by_sex = age.women_from() > 0 || age.women_to() > 0;
  const matcher::Sex sex = by_sex ? SexOf(all()) : matcher::Sex::kUnknown;
  int32_t old_enough = Birthday(*birth, From(age, sex));
  if (age.from_on_31_august()) {
    // The 31 August on which the age counts, and the days that the lists take from then.
    int year = matcher::CivilDate::FromDays(old_enough).year;
    const auto august = [](int of_year) {
      return matcher::CivilDate{static_cast<int16_t>(of_year), 8, 31}.days();
    };
    if (august(year) < old_enough) ++year;
    old_enough = august(year) + age.after_august_days().value();
  }
  return clock_->Reached(old_enough) && !clock_->Reached(Birthday(*birth, To(age, sex) + 1));
}

std::optional<bool> PersonRecords::WasAged(const Age& age, MonthIndex month) const {
  const std::optional<matcher::CivilDate> birth = BirthDateOf(all());
  if (!birth) return std::nullopt;
  const matcher::Sex sex = SexOf(all());
  const int32_t day = (month + 1).FirstDay() - 1;
  return Birthday(*birth, From(age, sex)) <= day && day < Birthday(*birth, To(age, sex) + 1);
}

}  // namespace relief::coverage
