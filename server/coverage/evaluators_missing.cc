// Someone living, entitled by what is known, is not reached.
#include <algorithm>
#include <optional>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

class MissingCondition : public Condition {
 public:
  explicit MissingCondition(const Missing& spec)
      : base_(spec.base()),
        base_optional_(spec.base_optional()),
        base_min_months_(spec.base_min_months()),
        base_at_trigger_(spec.base_at() == Missing::DAY_OF_TRIGGER),
        trigger_(spec.trigger()),
        trigger_min_days_(spec.trigger_min_days()),
        trigger_min_fen_(spec.trigger_min_fen()),
        trigger_kinds_(spec.has_trigger_kinds() ? RegionalNumber(spec.trigger_kinds()) : RegionalNumber(1)),
        settlement_({&spec.settlement().selector()}),
        settlement_min_days_(spec.settlement().older_than_days()),
        by_settlement_(spec.has_settlement()),
        expected_(spec.expected()),
        of_household_(spec.expected_of_household()),
        scope_(spec.scope()),
        period_min_days_(spec.period_min_days()) {}

  bool MayApply(SlotSet slots) const override {
    if (!base_.empty() && !base_optional_ && (slots & base_.slots()) == 0) return false;
    if (!trigger_.empty() && (slots & trigger_.slots()) == 0) return false;
    return !by_settlement_ || (slots & settlement_.slots()) != 0;
  }

  v1::Entitlement::Reason WhyNot(SlotSet slots) const override {
    const bool has_base = base_.empty() || base_optional_ || (slots & base_.slots()) != 0;
    return has_base ? v1::Entitlement::NO_NEED : v1::Entitlement::NO_BASE;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    EvaluateMember(person, {}, findings);
  }

  void EvaluateMember(const PersonRecords& person, std::span<const PersonRecords> members,
                      Findings* findings) const override {
    const bool of_the_dead = (trigger_.slots() & Bit(SlotOf(v1::DEATH))) != 0;
    if (person.death() != nullptr && !of_the_dead) return findings->NotConcerned(v1::Entitlement::DEAD);
    const Items triggers = Triggers(person);
    if (!trigger_.empty() && triggers.empty())
      return findings->NotConcerned(trigger_.AnyHeldBy(person) ? v1::Entitlement::NOT_YET_DUE
                                                               : v1::Entitlement::NO_NEED);
    Items live;
    if (!base_.empty()) {
      const MonthIndex month = base_at_trigger_ ? MonthOf(Earliest(triggers)) : person.clock().month();
      live = Covering(person, month);
      if (!base_at_trigger_) EraseEnded(&live);
      if (!base_optional_ && !live.empty() && !LongEnough(live, person.clock()))
        return findings->NotConcerned(v1::Entitlement::NOT_YET_DUE);
      if (!base_optional_ && live.empty()) return findings->NotConcerned(v1::Entitlement::NO_BASE);
    }
    if (by_settlement_) return JudgeSettlements(person, findings);
    Judge(person, members, live, triggers, findings);
  }

 private:
  static MonthIndex MonthOf(const Item& item) {
    return MonthIndex::Of(matcher::CivilDate::FromDays(item.day()));
  }

  // The base benefits that ran in a month.
  Items Covering(const PersonRecords& person, MonthIndex month) const {
    Items cover = base_.Of(person);
    cover.erase(std::remove_if(cover.begin(), cover.end(),
                               [&](const Item* item) { return !item->months.contains(month); }),
                cover.end());
    return cover;
  }

  // A fact may end in the month that it still counts for.
  static void EraseEnded(Items* items) {
    items->erase(std::remove_if(items->begin(), items->end(), [](const Item* item) { return !item->holds; }),
                 items->end());
  }

  bool LongEnough(const Items& live, Clock& clock) const {
    const int months = base_min_months_.For(live);
    return std::any_of(live.begin(), live.end(),
                       [&](const Item* item) { return clock.Reached(item->months.first + months); });
  }

  // Of each type the earliest fact that is old enough and states enough; none if too few types come together.
  Items Triggers(const PersonRecords& person) const {
    Items counted, first_of_kind;
    for (const Item* item : trigger_.HeldBy(person)) {
      if (item->fact().amount_fen() < trigger_min_fen_.For(*item)) continue;
      if (person.clock().Reached(int64_t{item->day()} + trigger_min_days_.For(*item)))
        counted.push_back(item);
    }
    for (const Item* item : counted) {
      const auto same_kind = std::find_if(first_of_kind.begin(), first_of_kind.end(),
                                          [&](const Item* other) { return other->slot == item->slot; });
      if (same_kind == first_of_kind.end()) {
        first_of_kind.push_back(item);
      } else if (item->day() < (*same_kind)->day()) {
        *same_kind = item;
      }
    }
    if (first_of_kind.empty()) return {};
    const int kinds = trigger_kinds_.For(first_of_kind);
    if (static_cast<int>(first_of_kind.size()) < kinds) return {};
    if (kinds <= 1) return {&Earliest(first_of_kind)};
    return first_of_kind;
  }

  // One finding at most, whatever the number of reports: the earliest report names it.
  void Judge(const PersonRecords& person, std::span<const PersonRecords> members, const Items& live,
             const Items& triggers, Findings* findings) const {
    Items evidence = live;
    evidence.insert(evidence.end(), triggers.begin(), triggers.end());
    const Item& anchor = Earliest(triggers.empty() ? live : triggers);
    const std::string period = Period(person.clock());
    if (Reached(expected_, person, triggers, period)) return findings->Helped(evidence, period);
    for (const PersonRecords& member : members)
      if (&member != &person && Reached(of_household_, member, triggers, period))
        return findings->Helped(evidence, period);
    if (!PeriodIsOldEnough(person.clock(), evidence))
      return findings->NotConcerned(v1::Entitlement::NOT_YET_DUE);
    Asked asked{period};
    if (!period.empty()) asked.list = PeriodStart(person.clock());
    if (scope_ == Missing::SINCE_TRIGGER) asked.since = MonthOf(anchor);
    findings->AddGap(period, anchor.key(), evidence, asked);
  }

  MonthIndex PeriodStart(Clock& clock) const {
    return scope_ == Missing::YEAR ? MonthIndex::Of(clock.month().year(), 1) : TermStart(clock.month());
  }

  // Next year's or next term's gap is another finding; a gap without a period is told by its fact alone.
  std::string Period(Clock& clock) const {
    if (scope_ == Missing::YEAR) return std::to_string(clock.Year());
    if (scope_ == Missing::TERM_OF_DAY) return clock.Term();
    return {};
  }

  bool PeriodIsOldEnough(Clock& clock, const Items& evidence) const {
    if (scope_ != Missing::YEAR && scope_ != Missing::TERM_OF_DAY) return true;
    return clock.Reached(int64_t{PeriodStart(clock).FirstDay()} + period_min_days_.For(evidence));
  }

  bool Reached(const RecordSelectors& expected, const PersonRecords& person, const Items& triggers,
               const std::string& period) const {
    if ((expected.slots() & person.slots()) == 0) return false;
    for (const Item* item : expected.Of(person)) {
      switch (scope_) {
        case Missing::YEAR:
          if (YearOf(*item) == period) return true;
          break;
        case Missing::TERM_OF_DAY:
          if (item->benefit().term() == period) return true;
          break;
        case Missing::NOW:
          if (item->holds) return true;
          break;
        case Missing::SINCE_TRIGGER:
          if (IsSince(*item, Earliest(triggers))) return true;
          break;
        default:
          return true;
      }
    }
    return false;
  }

  static std::string YearOf(const Item& item) {
    return item.is_benefit() ? FieldText(item, BENEFIT_YEAR) : item.fact().value();
  }

  static bool IsSince(const Item& item, const Item& trigger) {
    const std::string& event = trigger.fact().event_id();
    if (!event.empty() && FieldText(item, EVENT_ID) == event) return true;
    if (!item.months.empty()) return item.months.last >= trigger.months.first;
    return item.day() != INT32_MAX && item.day() >= trigger.day();
  }

  void JudgeSettlements(const PersonRecords& person, Findings* findings) const {
    for (const Item* bill : settlement_.Of(person)) {
      const v1::Benefit& benefit = bill->benefit();
      if (!benefit.has_pay_date()) continue;
      const int64_t left = benefit.total_cost_fen() - benefit.insured_fen() - benefit.other_assisted_fen();
      if (benefit.amount_fen() != 0 || left <= 0) continue;
      Items evidence = base_.empty() ? Items() : Covering(person, MonthIndex::Of(benefit.pay_date()));
      if (!base_.empty() && evidence.empty()) continue;
      evidence.push_back(bill);
      if (Assisted(person, benefit.invoice_number())) {
        findings->Helped(evidence);
        continue;
      }
      if (!person.clock().Reached(int64_t{bill->day()} + settlement_min_days_.For(evidence) + 1)) {
        findings->NotConcerned(v1::Entitlement::NOT_YET_DUE);
        continue;
      }
      findings->AddGap(benefit.invoice_number(), bill->key(), evidence,
                       {{}, std::nullopt, MonthIndex::Of(benefit.pay_date())}, left);
    }
    findings->NotConcerned(v1::Entitlement::NO_NEED);
  }

  bool Assisted(const PersonRecords& person, const std::string& invoice) const {
    if (invoice.empty()) return false;
    const Items items = expected_.Of(person);
    return std::any_of(items.begin(), items.end(), [&](const Item* item) {
      return item->benefit().amount_fen() > 0 && item->benefit().invoice_number() == invoice;
    });
  }

  RecordSelectors base_;
  bool base_optional_;
  RegionalNumber base_min_months_;
  bool base_at_trigger_;
  RecordSelectors trigger_;
  RegionalNumber trigger_min_days_, trigger_min_fen_, trigger_kinds_;
  RecordSelectors settlement_;
  RegionalNumber settlement_min_days_;
  bool by_settlement_;
  RecordSelectors expected_, of_household_;
  Missing::Scope scope_;
  RegionalNumber period_min_days_;
};

}  // namespace

std::unique_ptr<Condition> MakeMissing(const Missing& spec) {
  return std::make_unique<MissingCondition>(spec);
}

}  // namespace relief::coverage
