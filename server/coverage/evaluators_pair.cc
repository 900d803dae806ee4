// Conditions on two records: months that overlap, payments that lie close together. On a household the two
// are of two members.
#include <algorithm>
#include <cstdlib>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

// Two records of one person (or of two members): one from each side.
class PairCondition : public Condition {
 public:
  PairCondition(RecordSelectors left, RecordSelectors right)
      : left_(std::move(left)), right_(std::move(right)) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & left_.slots()) != 0 && (slots & right_.slots()) != 0;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    ComparePairs(person, person, findings);
  }

  void EvaluateHousehold(std::span<const PersonRecords> members, Findings* findings) const override {
    for (const PersonRecords& a : members) {
      for (const PersonRecords& b : members) {
        if (&a != &b) ComparePairs(a, b, findings);
      }
    }
  }

 protected:
  virtual void Compare(const PersonRecords& person, const Item& a, const Item& b,
                       Findings* findings) const = 0;
  const RecordSelectors& left() const { return left_; }

 private:
  void ComparePairs(const PersonRecords& a_person, const PersonRecords& b_person, Findings* findings) const {
    const Items left = left_.Of(a_person), right = right_.Of(b_person);
    for (const Item* a : left) {
      for (const Item* b : right) {
        if (a == b) continue;
        // Where either record may stand on either side, the pair comes up twice: take it once.
        if (b->key() < a->key() && left_.Matches(*b) && right_.Matches(*a)) continue;
        Compare(a_person, *a, *b, findings);
      }
    }
  }

  RecordSelectors left_, right_;
};

class OverlapCondition : public PairCondition {
 public:
  explicit OverlapCondition(const Overlap& spec)
      : PairCondition(RecordSelectors(spec.left()), RecordSelectors(spec.right())),
        allowed_(spec.allowed_months()),
        comparison_(spec.same(), spec.different()) {}

 protected:
  void Compare(const PersonRecords& person, const Item& a, const Item& b, Findings* findings) const override {
    const MonthSpan shared = Intersect(a.months, b.months);
    if (shared.empty() || !comparison_.Holds(a, b)) return;
    if (shared.last == person.clock().month()) person.clock().MonthMatters();
    const int beyond = shared.count() - allowed_.For({&a, &b});
    if (beyond <= 0) return;
    // Of two benefits one is rightly had; we count the smaller, and 0 if either is unknown.
    findings->AddPair(a, b, shared, beyond * std::min(MonthlyFen(a), MonthlyFen(b)));
  }

 private:
  RegionalNumber allowed_;
  Comparison comparison_;
};

class RepeatCondition : public PairCondition {
 public:
  explicit RepeatCondition(const Repeat& spec)
      : PairCondition(RecordSelectors({&spec.selector()}),
                      RecordSelectors({spec.has_other() ? &spec.other() : &spec.selector()})),
        comparison_(spec.same(), spec.different()),
        within_(spec.within_days()),
        allowed_times_(spec.has_allowed_times() ? RegionalNumber(spec.allowed_times()) : RegionalNumber(1)) {}

 protected:
  void Compare(const PersonRecords& person, const Item& a, const Item& b, Findings* findings) const override {
    if (a.day() == INT32_MAX || b.day() == INT32_MAX) return;
    const int within = within_.For({&a, &b});
    if (std::abs(a.day() - b.day()) > within || !comparison_.Holds(a, b)) return;
    const int allowed = allowed_times_.For({&a, &b});
    if (allowed != 1 && TimesBefore(person, a.day() < b.day() ? b : a, within) < allowed) return;
    findings->AddPair(a, b, {}, AllButLargestFen({&a, &b}));
  }

 private:
  // Payments like `later` that came before it, or on its day; those that do not differ from one another count
  // once.
  int TimesBefore(const PersonRecords& person, const Item& later, int within) const {
    Items counted;
    for (const Item* item : left().Of(person)) {
      if (item == &later || item->day() > later.day() || later.day() - item->day() > within) continue;
      if (!comparison_.Holds(*item, later)) continue;
      if (std::none_of(counted.begin(), counted.end(),
                       [&](const Item* other) { return !comparison_.Holds(*item, *other); }))
        counted.push_back(item);
    }
    return static_cast<int>(counted.size());
  }

  Comparison comparison_;
  RegionalNumber within_, allowed_times_;
};

}  // namespace

std::unique_ptr<Condition> MakeOverlap(const Overlap& spec) {
  return std::make_unique<OverlapCondition>(spec);
}
std::unique_ptr<Condition> MakeRepeat(const Repeat& spec) { return std::make_unique<RepeatCondition>(spec); }

}  // namespace relief::coverage
