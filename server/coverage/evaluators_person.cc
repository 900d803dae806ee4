// Conditions on groups of records, on benefits that go on after something happened, and on benefits as such.
#include <algorithm>
#include <map>
#include <set>

#include "server/coverage/condition.h"

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
      findings->Add(value, Earliest(items).key(), items, {}, AllButLargestFen(items));
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
      clauses_.push_back({RecordSelector(clause.selector()), RegionalNumber(clause.grace_months())});
      slots_ |= clauses_.back().selector.slots();
    }
  }

  bool MayApply(SlotSet slots) const override {
    return (slots & Bit(SlotOf(v1::DEATH))) != 0 && (slots & slots_) != 0;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    const Item* death = person.death();
    if (death == nullptr) return;
    for (size_t i = 0; i < clauses_.size(); ++i) {
      for (const Item& item : person.of(clauses_[i].selector.slot())) {
        if (item.months.empty() || FirstClause(item) != i) continue;
        const MonthIndex first_wrong = death->months.first + clauses_[i].grace_months.For(item) + 1;
        const MonthSpan after = MonthsFrom(first_wrong, item, person.clock());
        if (!after.empty()) findings->AddPair(item, *death, after, after.count() * MonthlyFen(item));
      }
    }
  }

 private:
  struct Clause {
    RecordSelector selector;
    RegionalNumber grace_months;
  };

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
      // By how much the benefit should have been cut is for the office to say: no amount is in question.
      findings->Add(last.key().view(), item->key(), evidence, after, 0);
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

}  // namespace

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
