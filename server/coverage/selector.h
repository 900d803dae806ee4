// Which records a rule names, and what it compares in them. Immutable after construction and callable from
// any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/coverage/person_records.h"
#include "server/coverage/rule.pb.h"

namespace relief::coverage {

// References to records, in the order of record keys.
using Items = absl::InlinedVector<const Item*, 8>;

// A compiled Selector. A strike-off is no benefit: it is picked only where its form is named.
class RecordSelector {
 public:
  explicit RecordSelector(const Selector& spec);

  Slot slot() const { return slot_; }
  SlotSet slots() const { return Bit(slot_); }
  bool Matches(const Item& item) const;

 private:
  Slot slot_;
  uint64_t forms_ = 0, except_forms_ = 0, except_marks_ = 0;  // a bit each; forms_ 0 = every form
  std::vector<std::string> fact_values_, except_stop_reasons_, except_causes_;
};

// Several of them: a record is named if any of them names it.
class RecordSelectors {
 public:
  template <typename Repeated>
  explicit RecordSelectors(const Repeated& specs) {
    for (const Selector& spec : specs) {
      selectors_.emplace_back(spec);
      slots_ |= selectors_.back().slots();
    }
  }
  RecordSelectors(std::initializer_list<const Selector*> specs) {
    for (const Selector* spec : specs) {
      selectors_.emplace_back(*spec);
      slots_ |= selectors_.back().slots();
    }
  }

  bool empty() const { return selectors_.empty(); }
  SlotSet slots() const { return slots_; }
  bool Matches(const Item& item) const;
  // Appends what they name in a person.
  void Collect(const PersonRecords& person, Items* items) const;
  Items Of(const PersonRecords& person) const;
  // Those that hold on the day of judgement.
  Items HeldBy(const PersonRecords& person) const;
  bool AnyHeldBy(const PersonRecords& person) const;

 private:
  std::vector<RecordSelector> selectors_;
  SlotSet slots_ = 0;
};

// A compiled Parameter.
class RegionalNumber {
 public:
  explicit RegionalNumber(const Parameter& spec);
  explicit RegionalNumber(int value) : value_(value) {}
  int For(std::string_view region) const;
  int For(const Item& item) const;
  int For(const Items& items) const;

 private:
  int value_;
  std::vector<std::pair<std::string, int>> by_region_;  // the longest prefix first
};

// The value that fits a region best: `by_prefix` has the longest prefix first. nullptr: none fits.
template <typename Value>
const Value* FindRegion(const std::vector<std::pair<std::string, Value>>& by_prefix,
                        std::string_view region) {
  for (const auto& [prefix, value] : by_prefix) {
    if (region.substr(0, prefix.size()) == prefix) return &value;
  }
  return nullptr;
}

// The value as text; empty if the record does not state it.
std::string FieldText(const Item& item, Field field);

// Fields that two records must both state, with one value (or two); and those in which one value (or two)
// lets them pass.
class Comparison {
 public:
  template <typename Spec>
  explicit Comparison(const Spec& spec)
      : same_(Fields(spec.same())),
        different_(Fields(spec.different())),
        unless_same_(Fields(spec.unless_same())),
        unless_different_(Fields(spec.unless_different())) {}
  bool Holds(const Item& a, const Item& b) const;

  // What tells the runs of one kind of record apart: the kind, and the fields that must be one or two. Rows
  // of one run are one benefit, however their source cuts it.
  std::string RunOf(const Item& item) const;

 private:
  static std::vector<Field> Fields(const google::protobuf::RepeatedField<int>& fields);

  std::vector<Field> same_, different_, unless_same_, unless_different_;
};

// The region whose parameters count: the paying region of the first record that states one, or else the first
// region in which the person of a record lives.
std::string_view RegionOf(std::span<const CoverageRecord* const> records);
std::string_view RegionOf(const Items& items);

void SortByKey(Items* items);

// The record after which a finding of a group is named: the earliest by its day, then by key. A record that
// joins the group later leaves it alone, so that the finding changes and no second one opens. `items` is not
// empty.
const Item& Earliest(const Items& items);

// The record that is the first by its day, then by key.
bool IsEarlier(const Item& a, const Item& b);

}  // namespace relief::coverage
