// Two benefits, or a benefit and a fact, run in the same months. On a household the two are of two members.
#include <algorithm>
#include <map>
#include <set>

#include "server/coverage/condition.h"
#include "server/coverage/money.h"

namespace relief::coverage {
namespace {

// The records of two runs that share months, and the months that are wrong.
struct SharedRuns {
  Items left, right;  // what is rightly compared; one run with itself: all of it on the left
  std::set<MonthIndex> months;
  std::set<MonthIndex> left_ended;  // months in which a record of the left side came to its end
};

// Whose run: of a household the number of the member.
using RunKey = std::pair<size_t, std::string>;
using Runs = std::map<std::pair<RunKey, RunKey>, SharedRuns>;

class OverlapCondition : public Condition {
 public:
  explicit OverlapCondition(const Overlap& spec)
      : left_(spec.left()),
        right_(spec.right()),
        allowed_(spec.allowed_months()),
        from_left_(spec.from_left()),
        comparison_(spec) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & left_.slots()) != 0 && (slots & right_.slots()) != 0;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    Runs runs;
    Collect({&person, 0}, {&person, 0}, &runs);
    Report(runs, {&person}, findings);
  }

  void EvaluateHousehold(std::span<const PersonRecords> members, Findings* findings) const override {
    for (size_t i = 0; i < members.size(); ++i) {
      for (size_t j = i + 1; j < members.size(); ++j) {
        Runs runs;
        Collect({&members[i], i}, {&members[j], j}, &runs);
        Collect({&members[j], j}, {&members[i], i}, &runs);
        Report(runs, {&members[i], &members[j]}, findings);
      }
    }
  }

 private:
  struct Side {
    const PersonRecords* person;
    size_t number;
  };

  void Collect(Side a_side, Side b_side, Runs* runs) const {
    const Items left = left_.Of(*a_side.person);
    if (left.empty()) return;
    const Items right = right_.Of(*b_side.person);
    for (const Item* a : left) {
      for (const Item* b : right) {
        if (a == b) continue;
        // Where either record may stand on either side, the pair comes up twice: take it once.
        const bool either = left_.Matches(*b) && right_.Matches(*a);
        if (either && b->key() < a->key()) continue;
        MonthSpan shared = Intersect(a->months, b->months);
        if (shared.empty() || !comparison_.Holds(*a, *b)) continue;
        Clock& clock = a_side.person->clock();
        if (shared.last == clock.month()) clock.MonthMatters();
        if (from_left_) shared.first = std::max(shared.first, a->months.first + allowed_.For({a, b}));
        if (shared.empty()) continue;
        // Of two kinds that cannot change places, one stands on the left.
        RunKey of_a{a_side.number, (either ? "" : "l") + comparison_.RunOf(*a)};
        RunKey of_b{b_side.number, (either ? "" : "r") + comparison_.RunOf(*b)};
        const bool swap = either && of_b < of_a;
        SharedRuns& both = (*runs)[swap ? std::pair(of_b, of_a) : std::pair(of_a, of_b)];
        (swap ? both.right : both.left).push_back(a);
        // A run with itself: what is paid twice is whatever runs beside another row of it.
        (of_a == of_b ? both.left : swap ? both.left : both.right).push_back(b);
        for (MonthIndex month = shared.first; month <= shared.last; month = month + 1)
          both.months.insert(month);
        if (from_left_ && !a->holds) both.left_ended.insert(a->months.last);
      }
    }
  }

  void Report(Runs& runs, std::initializer_list<const PersonRecords*> persons, Findings* findings) const {
    for (auto& [keys, both] : runs) {
      SortByKey(&both.left);
      SortByKey(&both.right);
      Items all = both.left;
      all.insert(all.end(), both.right.begin(), both.right.end());
      std::set<MonthIndex>& months = both.months;
      if (from_left_) {
        const auto first =
            std::min_element(both.right.begin(), both.right.end(),
                             [](const Item* a, const Item* b) { return a->months.first < b->months.first; });
        if (both.left_ended.contains((*first)->months.first)) months.erase((*first)->months.first);
      } else {
        const int allowed = allowed_.For(all);
        for (int i = 0; i < allowed && !months.empty(); ++i) months.erase(months.begin());
      }
      if (months.empty()) continue;
      const auto outside = [&](const Item* item) {
        const auto at = months.lower_bound(item->months.first);
        return at == months.end() || item->months.last < *at;
      };
      for (Items* side : {&both.left, &both.right, &all})
        side->erase(std::remove_if(side->begin(), side->end(), outside), side->end());
      int64_t fen = 0;
      for (MonthIndex month : months) fen = SumFen(fen, TwiceFen(both, month));
      int64_t repaid = 0;
      Items strike_offs;
      for (const PersonRecords* person : persons)
        repaid = SumFen(repaid, RepaidFen(*person, all, &strike_offs));
      const auto left = LeftFen(fen, repaid);
      if (!left) continue;
      const Item& a = Earliest(both.left);
      const Item& b = both.right.empty() ? Second(both.left, a) : Earliest(both.right);
      const Item& first = a.key() < b.key() ? a : b;
      std::string group(first.key().view());
      group.append((&first == &a ? b : a).key().view());
      all.insert(all.end(), strike_offs.begin(), strike_offs.end());
      findings->Add(group, first.key(), all, std::vector<MonthIndex>(months.begin(), months.end()), *left);
    }
  }

  static const Item& Second(const Items& items, const Item& first) {
    Items rest;
    for (const Item* item : items)
      if (item != &first) rest.push_back(item);
    return Earliest(rest);
  }

  // What was paid twice in a month. Of two benefits one is rightly had: we count the smaller, or the one that
  // is stated. Of one run with itself, all but the largest.
  static int64_t TwiceFen(const SharedRuns& both, MonthIndex month) {
    const auto paid = [&](const Items& side, int* stated, int64_t* largest) {
      int64_t sum = 0;
      for (const Item* item : side) {
        if (!item->months.contains(month)) continue;
        const int64_t fen = MonthlyFen(*item);
        *stated += fen > 0;
        *largest = std::max(*largest, fen);
        sum = SumFen(sum, fen);
      }
      return sum;
    };
    int stated = 0;
    int64_t largest = 0;
    const int64_t left = paid(both.left, &stated, &largest);
    if (both.right.empty()) return stated < 2 ? left : left - largest;
    const int64_t right = paid(both.right, &stated, &largest);
    return left == 0 || right == 0 ? std::max(left, right) : std::min(left, right);
  }

  RecordSelectors left_, right_;
  RegionalNumber allowed_;
  bool from_left_;
  Comparison comparison_;
};

}  // namespace

std::unique_ptr<Condition> MakeOverlap(const Overlap& spec) {
  return std::make_unique<OverlapCondition>(spec);
}

}  // namespace relief::coverage
