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

bool Rule::LooksAt(const PersonRecords& person, Findings* findings) const {
  if (!only_if_.empty() && !only_if_.AnyHeldBy(person)) {
    findings->NotConcerned(v1::Entitlement::NO_NEED);
    return false;
  }
  if (unless_.AnyHeldBy(person)) {
    findings->NotConcerned(v1::Entitlement::EXCEPTED);
    return false;
  }
  if (!spec_.has_age()) return true;
  const std::optional<bool> aged = person.IsAged(spec_.age());
  if (aged.value_or(false)) return true;
  if (aged) {
    findings->NotConcerned(v1::Entitlement::OTHER_AGE);
    return false;
  }
  if (!settings_.is_gap()) return false;
  findings->AnswerGapsAs(v1::Entitlement::UNDECIDED, v1::Entitlement::BIRTH_DATE_UNKNOWN);
  return true;
}

v1::Entitlement::Reason Rule::Silenced(const PersonRecords& person) const {
  if (!spec_.has_silence()) return v1::Entitlement::REASON_UNSPECIFIED;
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
  if (std::any_of(refused.begin(), refused.end(),
                  [&](const Item& item) { return item.holds && concerns(item); }))
    return v1::Entitlement::DECLINED_BY_PERSON;
  if (within(v1::APPLICATION, processing_days_)) return v1::Entitlement::BEING_PROCESSED;
  if (within(v1::INELIGIBLE, ineligible_days_)) return v1::Entitlement::FOUND_NOT_ELIGIBLE;
  return v1::Entitlement::REASON_UNSPECIFIED;
}

void Rule::Judge(const PersonRecords& person, const View& view) const {
  if (spec_.unit() != RuleSpec::PERSON) return;
  const bool may_apply = condition_->MayApply(person.slots());
  if ((!may_apply && !(view.all && settings_.is_gap())) || !InForce(person.clock())) return;
  Findings findings(settings_, view.feeds, view.all, 0, view.judged);
  if (!may_apply) return findings.NotConcerned(condition_->WhyNot(person.slots()));
  if (!LooksAt(person, &findings)) return;
  if (const v1::Entitlement::Reason reason = Silenced(person);
      reason != v1::Entitlement::REASON_UNSPECIFIED) {
    if (!settings_.is_gap()) return;
    findings.AnswerGapsAs(v1::Entitlement::NOT_CONCERNED, reason);
  }
  condition_->Evaluate(person, &findings);
}

void Rule::JudgeHousehold(std::span<const PersonRecords> members, SlotSet slots, Clock& clock,
                          const View& view) const {
  if (spec_.unit() == RuleSpec::PERSON) return;
  const bool may_apply = condition_->MayApply(slots);
  if ((!may_apply && !(view.all && settings_.is_gap())) || !InForce(clock)) return;
  if (spec_.unit() == RuleSpec::MEMBER) {
    for (uint32_t i = 0; i < members.size(); ++i) {
      const PersonRecords& member = members[i];
      Findings findings(settings_, view.feeds, view.all, i, view.judged);
      if (!condition_->MayApply(member.slots())) {
        findings.NotConcerned(condition_->WhyNot(member.slots()));
        continue;
      }
      if (!LooksAt(member, &findings)) continue;
      if (const v1::Entitlement::Reason reason = Silenced(member);
          reason != v1::Entitlement::REASON_UNSPECIFIED) {
        if (!settings_.is_gap()) continue;
        findings.AnswerGapsAs(v1::Entitlement::NOT_CONCERNED, reason);
      }
      condition_->EvaluateMember(member, members, &findings);
    }
    return;
  }
  Findings findings(settings_, view.feeds, view.all, 0, view.judged);
  if (!may_apply) {
    for (uint32_t i = 0; i < members.size(); ++i) {
      findings.TurnTo(i);
      findings.NotConcerned(condition_->WhyNot(slots));
    }
    return;
  }
  // What one member asked for or declined is taken to speak for the household.
  for (const PersonRecords& member : members) {
    const v1::Entitlement::Reason reason = Silenced(member);
    if (reason == v1::Entitlement::REASON_UNSPECIFIED) continue;
    if (!settings_.is_gap()) return;
    findings.AnswerGapsAs(v1::Entitlement::NOT_CONCERNED, reason);
    break;
  }
  condition_->EvaluateHousehold(members, &findings);
}

}  // namespace relief::coverage
