// Conditions on two records: months that overlap, payments that lie close together.
#include <algorithm>
#include <cstdlib>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

std::vector<Field> Fields(const google::protobuf::RepeatedField<int>& fields) {
  std::vector<Field> result;
  for (int field : fields) result.push_back(static_cast<Field>(field));
  return result;
}

class OverlapCondition : public Condition {
 public:
  explicit OverlapCondition(const Overlap& spec)
      : left_(spec.left()),
        right_(spec.right()),
        allowed_(spec.allowed_months()),
        same_(Fields(spec.same())),
        different_(Fields(spec.different())) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & left_.slots()) != 0 && (slots & right_.slots()) != 0;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    for (const Item& a : person.of(left_.slot())) {
      if (a.months.empty() || !left_.Matches(a)) continue;
      for (const Item& b : person.of(right_.slot())) {
        if (&a == &b || !right_.Matches(b)) continue;
        // Where either record may stand on either side, the pair comes up twice: take it once.
        if (b.key() < a.key() && left_.Matches(b) && right_.Matches(a)) continue;
        Compare(a, b, findings);
      }
    }
  }

 private:
  void Compare(const Item& a, const Item& b, Findings* findings) const {
    const MonthSpan shared = Intersect(a.months, b.months);
    if (shared.empty()) return;
    const int beyond = shared.count() - allowed_.For(RegionOf({&a, &b}));
    if (beyond <= 0) return;
    if (!AgreeOn(same_, a.benefit(), b.benefit()) || !DifferOn(different_, a.benefit(), b.benefit())) return;
    // Of two benefits one is rightly had; we count the smaller, and 0 if either is unknown.
    const int64_t smaller = std::min(MonthlyFen(a.benefit()), MonthlyFen(b.benefit()));
    findings->AddPair(a, b, shared, beyond * smaller);
  }

  RecordSelector left_, right_;
  RegionalNumber allowed_;
  std::vector<Field> same_, different_;
};

class RepeatCondition : public Condition {
 public:
  explicit RepeatCondition(const Repeat& spec)
      : selector_(spec.selector()),
        same_(Fields(spec.same())),
        different_(Fields(spec.different())),
        within_(spec.within_days()) {}

  bool MayApply(SlotSet slots) const override { return (slots & selector_.slots()) != 0; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    const std::span<const Item> items = person.of(selector_.slot());
    for (size_t i = 0; i < items.size(); ++i) {
      for (size_t j = i + 1; j < items.size(); ++j) {
        if (selector_.Matches(items[i]) && selector_.Matches(items[j])) Compare(items[i], items[j], findings);
      }
    }
  }

 private:
  void Compare(const Item& a, const Item& b, Findings* findings) const {
    if (!a.benefit().has_pay_date() || !b.benefit().has_pay_date()) return;
    const int days = std::abs(DayNumber(a.benefit().pay_date()) - DayNumber(b.benefit().pay_date()));
    if (days > within_.For(RegionOf({&a, &b}))) return;
    if (!AgreeOn(same_, a.benefit(), b.benefit()) || !DifferOn(different_, a.benefit(), b.benefit())) return;
    findings->AddPair(a, b, {}, AllButLargestFen({&a, &b}));
  }

  RecordSelector selector_;
  std::vector<Field> same_, different_;
  RegionalNumber within_;
};

}  // namespace

std::unique_ptr<Condition> MakeOverlap(const Overlap& spec) {
  return std::make_unique<OverlapCondition>(spec);
}
std::unique_ptr<Condition> MakeRepeat(const Repeat& spec) { return std::make_unique<RepeatCondition>(spec); }

}  // namespace relief::coverage
