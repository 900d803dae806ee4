// Two payments lie close together. On a household the two are of two members.
#include <algorithm>
#include <cstdlib>

#include "server/coverage/condition.h"
#include "server/coverage/money.h"

namespace relief::coverage {
namespace {

class RepeatCondition : public Condition {
 public:
  explicit RepeatCondition(const Repeat& spec)
      : left_({&spec.selector()}),
        right_({spec.has_other() ? &spec.other() : &spec.selector()}),
        comparison_(spec),
        whenever_(!spec.has_within_days()),
        within_(spec.within_days()),
        allowed_times_(spec.has_allowed_times() ? RegionalNumber(spec.allowed_times()) : RegionalNumber(1)) {}

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

 private:
  void ComparePairs(const PersonRecords& a_person, const PersonRecords& b_person, Findings* findings) const {
    const Items left = left_.Of(a_person), right = right_.Of(b_person);
    for (const Item* a : left) {
      for (const Item* b : right) {
        if (a == b) continue;
        // Where either record may stand on either side, the pair comes up twice: take it once.
        if (b->key() < a->key() && left_.Matches(*b) && right_.Matches(*a)) continue;
        Compare(a_person, b_person, *a, *b, findings);
      }
    }
  }

  void Compare(const PersonRecords& person, const PersonRecords& other, const Item& a, const Item& b,
               Findings* findings) const {
    const bool dated = a.day() != INT32_MAX && b.day() != INT32_MAX;
    if ((!dated && !whenever_) || !comparison_.Holds(a, b)) return;
    const int within = whenever_ ? INT32_MAX : within_.For({&a, &b});
    if (dated && std::abs(int64_t{a.day()} - b.day()) > within) return;
    const int allowed = allowed_times_.For({&a, &b});
    if (allowed != 1 && TimesBefore(person, a.day() < b.day() ? b : a, within) < allowed) return;
    Items evidence = {&a, &b};
    const int64_t twice = AllButLargestFen(evidence);
    int64_t repaid = RepaidFen(person, {&a, &b}, &evidence);
    if (&person != &other) repaid = SumFen(repaid, RepaidFen(other, {&a, &b}, &evidence));
    if (const auto left = LeftFen(twice, repaid)) findings->AddPair(a, b, evidence, {}, *left);
  }

  // Payments like `later` that came before it, or on its day; those that do not differ from one another count
  // once.
  int TimesBefore(const PersonRecords& person, const Item& later, int within) const {
    Items counted;
    for (const Item* item : left_.Of(person)) {
      if (item == &later || item->day() > later.day() || later.day() - item->day() > within) continue;
      if (!comparison_.Holds(*item, later)) continue;
      if (std::none_of(counted.begin(), counted.end(),
                       [&](const Item* other) { return !comparison_.Holds(*item, *other); }))
        counted.push_back(item);
    }
    return static_cast<int>(counted.size());
  }

  RecordSelectors left_, right_;
  Comparison comparison_;
  bool whenever_;
  RegionalNumber within_, allowed_times_;
};

}  // namespace

std::unique_ptr<Condition> MakeRepeat(const Repeat& spec) { return std::make_unique<RepeatCondition>(spec); }

}  // namespace relief::coverage
