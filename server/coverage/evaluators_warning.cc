// A household that may fall into need, by what happened to its members lately.
#include <algorithm>
#include <optional>

#include "server/coverage/condition.h"
#include "server/coverage/money.h"

namespace relief::coverage {
namespace {

class EarlyWarningCondition : public Condition {
 public:
  explicit EarlyWarningCondition(const EarlyWarning& spec)
      : base_(spec.base()),
        blue_(spec.blue_points()),
        yellow_(spec.yellow_points()),
        red_(spec.red_points()) {
    for (const EarlyWarning::Event& event : spec.events())
      events_.push_back({RecordSelectors({&event.selector()}), RegionalNumber(event.within_days()),
                         RegionalNumber(event.min_fen()), event.ended(), event.points(),
                         event.has_age() ? std::optional(event.age()) : std::nullopt});
  }

  bool MayApply(SlotSet slots) const override { return (slots & base_.slots()) != 0; }

  void EvaluateHousehold(std::span<const PersonRecords> persons, Findings* findings) const override {
    Items base;
    for (const PersonRecords& person : persons) {
      if (person.death() != nullptr) continue;
      for (const Item* item : base_.HeldBy(person))
        if (!item->months.empty()) base.push_back(item);
    }
    if (base.empty()) return;
    Items evidence = base;
    int points = 0;
    for (const PersonRecords& person : persons)
      for (const Event& event : events_)
        if (const Item* item = Newest(person, event)) {
          points += event.points;
          evidence.push_back(item);
        }
    if (points < blue_.For(base)) return;
    const v1::Severity level = points >= red_.For(base)      ? v1::HIGH
                               : points >= yellow_.For(base) ? v1::MEDIUM
                                                             : v1::LOW;
    findings->AddAs(level, "", Earliest(base).key(), evidence);
  }

 private:
  struct Event {
    RecordSelectors selector;
    RegionalNumber within_days, min_fen;
    bool ended;
    int points;
    std::optional<Age> age;
  };

  // The newest event of the kind that still counts; each kind counts once for a member.
  static const Item* Newest(const PersonRecords& person, const Event& event) {
    if (event.age && !person.IsAged(*event.age).value_or(false)) return nullptr;
    const Item* newest = nullptr;
    for (const Item* item : event.selector.Of(person)) {
      if (item->fact().amount_fen() < event.min_fen.For(*item)) continue;
      if (event.ended) {
        // Whoever still is, or is again, has not left.
        if (item->holds) return nullptr;
        if (!item->fact().has_end_date()) continue;
      } else if (!item->holds) {
        continue;
      }
      const int64_t day = DayOf(*item, event.ended);
      if (person.clock().Reached(day + event.within_days.For(*item) + 1)) continue;
      if (newest == nullptr || DayOf(*newest, event.ended) < day) newest = item;
    }
    return newest;
  }
  static int64_t DayOf(const Item& item, bool ended) {
    return ended ? int64_t{DayNumber(item.fact().end_date())} + 1 : item.day();
  }

  RecordSelectors base_;
  RegionalNumber blue_, yellow_, red_;
  std::vector<Event> events_;
};

}  // namespace

std::unique_ptr<Condition> MakeEarlyWarning(const EarlyWarning& spec) {
  return std::make_unique<EarlyWarningCondition>(spec);
}

}  // namespace relief::coverage
