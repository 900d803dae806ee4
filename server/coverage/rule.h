// One rule, compiled: when it is in force, whom it looks at, and its condition. Immutable; callable from any
// thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "server/coverage/condition.h"

namespace relief::coverage {

// How a judgement is made, and where it is put.
struct View {
  const Feeds* feeds = nullptr;  // null: they can say everything
  bool all = false;              // also that a rule does not apply
  Judged* judged = nullptr;
};

class Rule {
 public:
  explicit Rule(RuleSpec spec);

  const RuleSpec& spec() const { return spec_; }
  const RuleSettings& settings() const { return settings_; }
  bool of_household() const { return spec_.unit() == RuleSpec::HOUSEHOLD; }
  bool judged_with_household() const { return spec_.unit() != RuleSpec::PERSON; }
  bool InForce(int32_t day) const { return first_day_ <= day && day <= last_day_; }

  // Appends what the rule says; nothing if it is on the other unit.
  void Judge(const PersonRecords& person, const View& view) const;
  // `slots` are those of all members.
  void JudgeHousehold(std::span<const PersonRecords> members, SlotSet slots, Clock& clock,
                      const View& view) const;

 private:
  bool InForce(Clock& clock) const;
  // Whether the rule looks at the person at all; what stands against it is answered.
  bool LooksAt(const PersonRecords& person, Findings* findings) const;
  // Why a gap of the person is not claimed for now; unspecified: nothing is.
  v1::Entitlement::Reason Silenced(const PersonRecords& person) const;

  RuleSpec spec_;
  RuleSettings settings_;
  std::unique_ptr<Condition> condition_;
  int32_t first_day_, last_day_;
  RecordSelectors only_if_, unless_;
  RegionalNumber processing_days_, ineligible_days_;
};

}  // namespace relief::coverage
