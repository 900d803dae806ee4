#include "server/coverage/rule.h"

#include <algorithm>

namespace relief::coverage {

Rule::Rule(RuleSpec spec)
    : spec_(std::move(spec)),
      settings_(spec_),
      condition_(MakeCondition(spec_)),
      first_day_(DayNumber(spec_.effective_from())),
      last_day_(spec_.has_effective_to() ? DayNumber(spec_.effective_to()) : INT32_MAX),
      only_if_(spec_.only_if()),
      unless_(spec_.unless()),
      processing_days_(spec_.silence().processing_days()),
      ineligible_days_(spec_.silence().ineligible_days()) {}

bool Rule::InForce(Clock& clock) const {
  return clock.Reached(first_day_) && !clock.Reached(int64_t{last_day_} + 1);
}

bool Rule::LooksAt(const PersonRecords& person) const {
  if (!only_if_.empty() && !only_if_.AnyHeldBy(person)) return false;
  if (unless_.AnyHeldBy(person)) return false;
  if (spec_.has_age() && !person.IsAged(spec_.age()).value_or(false)) return false;
  return true;
}

bool Rule::IsSilent(const PersonRecords& person) const {
  if (!spec_.has_silence()) return false;
  const auto concerns = [&](const Item& item) {
    return std::any_of(spec_.notify().begin(), spec_.notify().end(), [&](int programme) {
      return item.fact().value() == v1::Programme_Name(static_cast<v1::Programme>(programme));
    });
  };
  const auto within = [&](v1::FactType type, const RegionalNumber& days) {
    const std::span<const Item> items = person.of(SlotOf(type));
    return std::any_of(items.begin(), items.end(), [&](const Item& item) {
      return item.holds && concerns(item) &&
             !person.clock().Reached(int64_t{item.day()} + days.For(item) + 1);
    });
  };
  const std::span<const Item> refused = person.of(SlotOf(v1::REFUSED));
  return std::any_of(refused.begin(), refused.end(),
                     [&](const Item& item) { return item.holds && concerns(item); }) ||
         within(v1::APPLICATION, processing_days_) || within(v1::INELIGIBLE, ineligible_days_);
}

void Rule::Judge(const PersonRecords& person, std::vector<FindingDraft>* drafts) const {
  if (spec_.unit() != RuleSpec::PERSON || !condition_->MayApply(person.slots()) || !InForce(person.clock()))
    return;
  if (!LooksAt(person) || IsSilent(person)) return;
  Findings findings(settings_, drafts);
  condition_->Evaluate(person, &findings);
}

void Rule::JudgeHousehold(std::span<const PersonRecords> members, SlotSet slots, Clock& clock,
                          std::vector<FindingDraft>* drafts) const {
  if (spec_.unit() == RuleSpec::PERSON || !condition_->MayApply(slots) || !InForce(clock)) return;
  if (spec_.unit() == RuleSpec::MEMBER) {
    Findings findings(settings_, drafts);
    for (const PersonRecords& member : members)
      if (condition_->MayApply(member.slots()) && LooksAt(member) && !IsSilent(member))
        condition_->EvaluateMember(member, members, &findings);
    return;
  }
  // What one member asked for or declined is taken to speak for the household.
  if (std::any_of(members.begin(), members.end(),
                  [&](const PersonRecords& member) { return IsSilent(member); }))
    return;
  Findings findings(settings_, drafts);
  condition_->EvaluateHousehold(members, &findings);
}

}  // namespace relief::coverage
