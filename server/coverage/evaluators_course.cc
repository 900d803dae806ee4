// Conditions on what should have followed: after a benefit that ended, and after a lead.
#include <algorithm>
#include <cstdlib>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

class EndedCondition : public Condition {
 public:
  explicit EndedCondition(const Ended& spec)
      : benefit_(spec.benefit()),
        wait_months_(spec.wait_months()),
        within_months_(spec.within_months()),
        expected_(spec.expected()),
        trigger_(spec.trigger()),
        trigger_within_months_(spec.trigger_within_months()) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & benefit_.slots()) != 0 && (trigger_.empty() || (slots & trigger_.slots()) != 0);
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    if (person.death() != nullptr) return findings->NotConcerned(v1::Entitlement::DEAD);
    const Item* last = nullptr;
    for (const Item* item : benefit_.Of(person)) {
      if (item->holds) return findings->NotConcerned(v1::Entitlement::NO_NEED);
      if (item->months.empty()) continue;
      if (last == nullptr || item->months.last > last->months.last) last = item;
    }
    if (last == nullptr) return findings->NotConcerned(v1::Entitlement::NO_NEED);
    Items evidence = {last};
    if (!trigger_.empty()) {
      const Item* trigger = Trigger(person, *last);
      if (trigger == nullptr) return findings->NotConcerned(v1::Entitlement::NO_NEED);
      evidence.push_back(trigger);
    }
    Clock& clock = person.clock();
    const MonthIndex end = last->months.last;
    if (!clock.Reached(end + wait_months_.For(evidence) + 1))
      return findings->NotConcerned(v1::Entitlement::NOT_YET_DUE);
    if (clock.Reached(end + within_months_.For(evidence) + 1))
      return findings->NotConcerned(v1::Entitlement::NO_NEED);
    if (Followed(person, end)) return findings->Helped(evidence);
    findings->AddGap("", last->key(), evidence, {{}, std::nullopt, end + 1});
  }

 private:
  // The earliest fact near the end of the benefit.
  const Item* Trigger(const PersonRecords& person, const Item& ended) const {
    const Item* found = nullptr;
    for (const Item* item : trigger_.HeldBy(person)) {
      const int apart = std::abs(item->months.first.ordinal - ended.months.last.ordinal);
      if (apart > trigger_within_months_.For({&ended, item})) continue;
      if (found == nullptr || item->day() < found->day()) found = item;
    }
    return found;
  }

  bool Followed(const PersonRecords& person, MonthIndex end) const {
    const Items items = expected_.Of(person);
    return std::any_of(items.begin(), items.end(), [&](const Item* item) {
      if (item->holds && !item->months.empty()) return true;
      return !item->months.empty() ? item->months.last > end
                                   : item->day() != INT32_MAX && item->day() >= (end + 1).FirstDay();
    });
  }

  RecordSelectors benefit_;
  RegionalNumber wait_months_, within_months_;
  RecordSelectors expected_, trigger_;
  RegionalNumber trigger_within_months_;
};

class UnansweredLeadCondition : public Condition {
 public:
  explicit UnansweredLeadCondition(const UnansweredLead& spec)
      : need_(spec.need()),
        answer_(spec.answer()),
        of_household_(spec.answer_of_household()),
        high_days_(spec.high_days()),
        medium_days_(spec.medium_days()),
        low_days_(spec.low_days()) {}

  bool MayApply(SlotSet slots) const override { return (slots & Bit(kLeadSlot)) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    EvaluateMember(person, {}, findings);
  }

  void EvaluateMember(const PersonRecords& person, std::span<const PersonRecords> members,
                      Findings* findings) const override {
    if (person.death() != nullptr) return findings->NotConcerned(v1::Entitlement::DEAD);
    for (const Item& lead : person.of(kLeadSlot)) {
      if (!lead.holds || lead.lead().need() != need_) continue;
      const bool of_others = std::any_of(members.begin(), members.end(), [&](const PersonRecords& member) {
        return &member != &person && Answered(of_household_, member, lead);
      });
      if (of_others || Answered(answer_, person, lead)) {
        findings->Helped({&lead});
      } else if (!person.clock().Reached(int64_t{lead.day()} + LimitDays(lead) + 1)) {
        findings->NotConcerned(v1::Entitlement::NOT_YET_DUE);
      } else {
        findings->AddGap("", lead.key(), {&lead},
                         {{}, std::nullopt, MonthIndex::Of(matcher::CivilDate::FromDays(lead.day()))});
      }
    }
    findings->NotConcerned(v1::Entitlement::NO_NEED);
  }

 private:
  int LimitDays(const Item& lead) const {
    switch (lead.lead().urgency()) {
      case v1::HIGH:
        return high_days_.For(lead);
      case v1::LOW:
        return low_days_.For(lead);
      default:
        return medium_days_.For(lead);
    }
  }

  // By something that began, was decided, or was paid since: what the person had before was not enough.
  static bool Answered(const RecordSelectors& answer, const PersonRecords& person, const Item& lead) {
    const Items items = answer.Of(person);
    return std::any_of(items.begin(), items.end(), [&](const Item* item) {
      const v1::Benefit& benefit = item->benefit();
      if (benefit.has_decision_date() && DayNumber(benefit.decision_date()) >= lead.day()) return true;
      if (benefit.has_start_month())
        return MonthIndex::Of(benefit.start_month()).FirstDay() >= MonthStart(lead);
      return item->day() != INT32_MAX && item->day() >= lead.day();
    });
  }

  static int32_t MonthStart(const Item& lead) {
    return MonthIndex::Of(matcher::CivilDate::FromDays(lead.day())).FirstDay();
  }

  v1::Need need_;
  RecordSelectors answer_, of_household_;
  RegionalNumber high_days_, medium_days_, low_days_;
};

}  // namespace

std::unique_ptr<Condition> MakeEnded(const Ended& spec) { return std::make_unique<EndedCondition>(spec); }
std::unique_ptr<Condition> MakeUnansweredLead(const UnansweredLead& spec) {
  return std::make_unique<UnansweredLeadCondition>(spec);
}

}  // namespace relief::coverage
