// Conditions on groups of records, on benefits that go on after something happened, and on benefits as such.
#include <algorithm>
#include <map>
#include <set>

#include "server/coverage/condition.h"
#include "server/coverage/money.h"

namespace relief::coverage {
namespace {

class GroupedCountCondition : public Condition {
 public:
  explicit GroupedCountCondition(const GroupedCount& spec)
      : selector_({&spec.selector()}),
        group_by_(spec.group_by()),
        limit_(spec.limit()),
        distinct_(spec.distinct()) {}

  bool MayApply(SlotSet slots) const override { return (slots & selector_.slots()) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    const Items selected = selector_.Of(person);
    if (selected.empty() || (selected.size() < 2 && limit_.For(selected) > 0)) return;
    std::map<std::string, Items> groups;
    for (const Item* item : selected) {
      std::string value = FieldText(*item, group_by_);
      if (!value.empty()) groups[std::move(value)].push_back(item);
    }
    for (const auto& [value, items] : groups) {
      if (Count(items) <= limit_.For(items)) continue;
      const int64_t fen = AllButLargestFen(items);
      Items evidence = items;
      const auto left = LeftFen(fen, RepaidFen(person, items, &evidence));
      if (!left) continue;
      if (group_by_ == BENEFIT_YEAR || group_by_ == TERM) {
        findings->AddOfPeriod(value, Earliest(items).key(), evidence, *left);
      } else {
        findings->Add(value, Earliest(items).key(), evidence, MonthSpan(), *left);
      }
    }
  }

 private:
  int Count(const Items& items) const {
    if (distinct_ == FIELD_UNSPECIFIED) return static_cast<int>(items.size());
    std::set<std::string> values;
    for (const Item* item : items) values.insert(FieldText(*item, distinct_));
    values.erase("");
    return static_cast<int>(values.size());
  }

  RecordSelectors selector_;
  Field group_by_;
  RegionalNumber limit_;
  Field distinct_;
};

// The months from `first` on in which an item was still paid.
MonthSpan MonthsFrom(MonthIndex first, const Item& item, Clock& clock) {
  const MonthSpan after = Intersect(item.months, {first, clock.month()});
  // A payment that runs may yet reach the first wrong month, or another one.
  if (item.months.last == clock.month()) clock.MonthMatters();
  return after;
}

class AfterDeathCondition : public Condition {
 public:
  explicit AfterDeathCondition(const AfterDeath& spec) {
    for (const AfterDeath::Clause& clause : spec.clauses()) {
      clauses_.push_back({RecordSelector(clause.selector()), RegionalNumber(clause.grace_months()),
                          clause.has_grace_days(), RegionalNumber(clause.grace_days())});
      slots_ |= clauses_.back().selector.slots();
    }
  }

  bool MayApply(SlotSet slots) const override { return (slots & slots_) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    if (person.death() == nullptr) return;
    for (size_t i = 0; i < clauses_.size(); ++i) {
      for (const Item& item : person.of(clauses_[i].selector.slot())) {
        if (&item == person.death() || FirstClause(item) != i) continue;
        const bool by_day = clauses_[i].by_days && item.is_benefit();
        if (by_day) {
          if (PaidAfter(person, clauses_[i], item))
            Add(person, item, MonthSpan(), std::max<int64_t>(item.benefit().amount_fen(), 0), findings);
        } else if (!item.months.empty()) {
          const MonthIndex first_wrong = person.death_month() + clauses_[i].grace_months.For(item) + 1;
          const MonthSpan after = MonthsFrom(first_wrong, item, person.clock());
          if (!after.empty()) Add(person, item, after, TimesFen(MonthlyFen(item), after.count()), findings);
        }
      }
    }
  }

 private:
  struct Clause {
    RecordSelector selector;
    RegionalNumber grace_months;
    bool by_days;
    RegionalNumber grace_days;
  };

  // What the record says to be for a day, a term or a year that the person did not see counts at once; what it
  // does not say, from the day of payment.
  static bool PaidAfter(const PersonRecords& person, const Clause& clause, const Item& item) {
    const v1::Benefit& benefit = item.benefit();
    const int32_t death = person.death_day();
    if (benefit.has_event_date() && DayNumber(benefit.event_date()) > death) return true;
    if (benefit.form() == v1::INSURANCE_SUBSIDY && benefit.benefit_year() > person.death_month().year())
      return true;
    if (const auto term = TermOfText(benefit.term()); term && *term > person.death_month()) return true;
    const int32_t paid = item.day();
    return paid != INT32_MAX && paid > death + int64_t{clause.grace_days.For(item)};
  }

  static void Add(const PersonRecords& person, const Item& item, MonthSpan after, int64_t fen,
                  Findings* findings) {
    Items evidence = {&item, person.death()};
    if (const auto left = LeftFen(fen, RepaidFen(person, {&item}, &evidence)))
      findings->AddPair(item, *person.death(), evidence, after, *left);
  }

  // Of several clauses that fit, the first governs: a special one is written before the general one.
  size_t FirstClause(const Item& item) const {
    size_t i = 0;
    while (i < clauses_.size() && !clauses_[i].selector.Matches(item)) ++i;
    return i;
  }

  std::vector<Clause> clauses_;
  SlotSet slots_ = 0;
};

class AfterFactsCondition : public Condition {
 public:
  explicit AfterFactsCondition(const AfterFacts& spec)
      : fact_({&spec.fact()}),
        times_(spec.times()),
        benefit_(spec.benefit()),
        grace_months_(spec.grace_months()) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & fact_.slots()) != 0 && (slots & benefit_.slots()) != 0;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    Items facts = fact_.HeldBy(person);
    std::stable_sort(facts.begin(), facts.end(),
                     [](const Item* a, const Item* b) { return a->day() < b->day(); });
    for (const Item* item : benefit_.Of(person)) {
      const size_t times = static_cast<size_t>(std::max(times_.For(*item), 1));
      if (item->months.empty() || facts.size() < times) continue;
      const Item& last = *facts[times - 1];
      const MonthIndex first_wrong = last.months.first + grace_months_.For(*item) + 1;
      const MonthSpan after = MonthsFrom(first_wrong, *item, person.clock());
      if (after.empty()) continue;
      Items evidence(facts.begin(), facts.begin() + times);
      evidence.push_back(item);
      // By how much it should have been cut is for the office to say: in question is all of it.
      const int64_t fen = TimesFen(MonthlyFen(*item), after.count());
      if (const auto left = LeftFen(fen, RepaidFen(person, {item}, &evidence)))
        findings->Add(last.key().view(), item->key(), evidence, after, *left);
    }
  }

 private:
  RecordSelectors fact_;
  RegionalNumber times_;
  RecordSelectors benefit_;
  RegionalNumber grace_months_;
};

class HoldingCondition : public Condition {
 public:
  explicit HoldingCondition(const Holding& spec) : benefit_(spec.benefit()) {}

  bool MayApply(SlotSet slots) const override { return (slots & benefit_.slots()) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    for (const Item* item : benefit_.HeldBy(person)) {
      if (!item->months.empty()) findings->Add("", item->key(), {item});
    }
  }

 private:
  RecordSelectors benefit_;
};

class HeldTooLongCondition : public Condition {
 public:
  explicit HeldTooLongCondition(const HeldTooLong& spec)
      : selector_({&spec.selector()}),
        months_(spec.months()),
        has_age_(spec.has_unless_began_at()),
        age_(spec.unless_began_at()) {}

  bool MayApply(SlotSet slots) const override { return (slots & selector_.slots()) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    Items items = selector_.Of(person);
    std::map<MonthIndex, int64_t> held;  // what was paid in each month
    for (const Item* item : items) {
      if (item->months.last == person.clock().month()) person.clock().MonthMatters();
      for (MonthIndex month = item->months.first; month <= item->months.last; month = month + 1)
        held[month] = SumFen(held[month], MonthlyFen(*item));
    }
    const int limit = months_.For(items);
    if (static_cast<int>(held.size()) <= limit) return;
    if (has_age_ && person.WasAged(age_, held.begin()->first).value_or(false)) return;
    const auto beyond = std::next(held.begin(), limit);
    int64_t fen = 0;
    std::vector<MonthIndex> months;
    for (auto at = beyond; at != held.end(); ++at) {
      months.push_back(at->first);
      fen = SumFen(fen, at->second);
    }
    items.erase(
        std::remove_if(items.begin(), items.end(), [](const Item* item) { return item->months.empty(); }),
        items.end());
    Items evidence = items;
    if (const auto left = LeftFen(fen, RepaidFen(person, items, &evidence)))
      findings->Add("", Earliest(items).key(), evidence, months, *left);
  }

 private:
  RecordSelectors selector_;
  RegionalNumber months_;
  bool has_age_;
  Age age_;
};

}  // namespace

std::unique_ptr<Condition> MakeHeldTooLong(const HeldTooLong& spec) {
  return std::make_unique<HeldTooLongCondition>(spec);
}
std::unique_ptr<Condition> MakeGroupedCount(const GroupedCount& spec) {
  return std::make_unique<GroupedCountCondition>(spec);
}
std::unique_ptr<Condition> MakeAfterDeath(const AfterDeath& spec) {
  return std::make_unique<AfterDeathCondition>(spec);
}
std::unique_ptr<Condition> MakeAfterFacts(const AfterFacts& spec) {
  return std::make_unique<AfterFactsCondition>(spec);
}
std::unique_ptr<Condition> MakeHolding(const Holding& spec) {
  return std::make_unique<HoldingCondition>(spec);
}

}  // namespace relief::coverage
