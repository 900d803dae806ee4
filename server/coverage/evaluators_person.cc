// Conditions on groups of records, and on benefits paid after death.
#include <algorithm>
#include <map>
#include <set>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

class GroupedCountCondition : public Condition {
 public:
  explicit GroupedCountCondition(const GroupedCount& spec)
      : selector_(spec.selector()),
        group_by_(spec.group_by()),
        limit_(spec.limit()),
        distinct_(spec.distinct()) {}

  bool MayApply(SlotSet slots) const override { return (slots & selector_.slots()) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    Items selected;
    Select(person, selector_, &selected);
    if (selected.size() < 2) {
      if (selected.empty() || limit_.For(RegionOf(selected)) > 0) return;
    }
    std::map<std::string, Items> groups;
    for (const Item* item : selected) {
      std::string value = FieldText(item->benefit(), group_by_);
      if (!value.empty()) groups[std::move(value)].push_back(item);
    }
    for (const auto& [value, items] : groups) {
      if (Count(items) <= limit_.For(RegionOf(items))) continue;
      findings->Add(value, Earliest(items).key(), items, {}, AllButLargestFen(items));
    }
  }

 private:
  int Count(const Items& items) const {
    if (distinct_ == FIELD_UNSPECIFIED) return static_cast<int>(items.size());
    std::set<std::string> values;
    for (const Item* item : items) values.insert(FieldText(item->benefit(), distinct_));
    values.erase("");
    return static_cast<int>(values.size());
  }

  RecordSelector selector_;
  Field group_by_;
  RegionalNumber limit_;
  Field distinct_;
};

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
    const MonthIndex month_of_death = MonthIndex::Of(death->fact().date());
    for (size_t i = 0; i < clauses_.size(); ++i) {
      for (const Item& item : person.of(clauses_[i].selector.slot())) {
        if (FirstClause(item) != i) continue;
        const MonthIndex first_wrong = month_of_death + clauses_[i].grace_months.For(RegionOf({&item})) + 1;
        const MonthSpan after = Intersect(item.months, {first_wrong, person.now()});
        if (after.empty()) continue;
        findings->AddPair(item, *death, after, after.count() * MonthlyFen(item.benefit()));
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

}  // namespace

std::unique_ptr<Condition> MakeGroupedCount(const GroupedCount& spec) {
  return std::make_unique<GroupedCountCondition>(spec);
}
std::unique_ptr<Condition> MakeAfterDeath(const AfterDeath& spec) {
  return std::make_unique<AfterDeathCondition>(spec);
}

}  // namespace relief::coverage
