// What the evaluators are built from: selectors, parameters, field values and the sink of findings; and the
// face they share. Everything here is immutable after construction and callable from any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/coverage/coverage.h"
#include "server/coverage/person_records.h"
#include "server/coverage/rule.pb.h"

namespace relief::coverage {

// A compiled Selector.
class RecordSelector {
 public:
  explicit RecordSelector(const Selector& spec);

  SlotSet slots() const { return Bit(slot_); }
  Slot slot() const { return slot_; }
  bool Matches(const Item& item) const;

 private:
  Slot slot_;
  uint64_t forms_ = 0;  // one bit for each form; 0 = every form
  std::vector<std::string> fact_values_;
};

// A compiled Parameter.
class RegionalNumber {
 public:
  explicit RegionalNumber(const Parameter& spec);
  int For(std::string_view region) const;

 private:
  int value_;
  std::vector<std::pair<std::string, int>> by_region_;  // the longest prefix first
};

// The value as text; empty if the benefit does not state it.
std::string FieldText(const v1::Benefit& benefit, Field field);

// Whether both state the field, and the same (or another) value in it.
bool AgreeOn(const std::vector<Field>& same, const v1::Benefit& a, const v1::Benefit& b);
bool DifferOn(const std::vector<Field>& different, const v1::Benefit& a, const v1::Benefit& b);

// References to records, in the order of record keys.
using Items = absl::InlinedVector<const Item*, 8>;

// Appends what the selector picks.
void Select(const PersonRecords& person, const RecordSelector& selector, Items* items);
void SortByKey(Items* items);

// The paying region that decides a regional number: that of the first record that states one.
std::string_view RegionOf(const Items& items);

// The record after which a finding of a group is named: the earliest by payment date or first month, then by
// key. A record that joins the group later leaves it alone, so that the finding changes and no second one
// opens.
const Item& Earliest(const Items& items);

// The monthly amount; 0 if not stated or not monthly.
int64_t MonthlyFen(const v1::Benefit& benefit);
// The sum of all amounts but the largest.
int64_t AllButLargestFen(const Items& items);

// The id of a finding: "F-" and 80 bits of SHA-256 over rule, group and anchor, in Crockford's base 32.
std::string FindingId(std::string_view rule_id, std::string_view group, const matcher::RecordKey& anchor);

// Collects the findings of one rule.
class Findings {
 public:
  Findings(const std::string& rule_id, std::vector<FindingDraft>* drafts)
      : rule_id_(rule_id), drafts_(drafts) {}

  // The group tells findings of one rule apart (an invoice, a year ...) together with the anchor record.
  void Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence, MonthSpan months,
           int64_t amount_fen);
  // A finding of two records: the pair is its group.
  void AddPair(const Item& a, const Item& b, MonthSpan months, int64_t amount_fen);

 private:
  const std::string& rule_id_;
  std::vector<FindingDraft>* drafts_;
};

// One condition of a rule.
class Condition {
 public:
  virtual ~Condition() = default;
  // False if a person with records in these slots only cannot have a finding: spares the call of Evaluate.
  virtual bool MayApply(SlotSet slots) const = 0;
  virtual void Evaluate(const PersonRecords& person, Findings* findings) const = 0;
};

std::unique_ptr<Condition> MakeOverlap(const Overlap& spec);
std::unique_ptr<Condition> MakeRepeat(const Repeat& spec);
std::unique_ptr<Condition> MakeInvoiceRepeat(const InvoiceRepeat& spec);
std::unique_ptr<Condition> MakeInvoiceExcess(const InvoiceExcess& spec);
std::unique_ptr<Condition> MakeGroupedCount(const GroupedCount& spec);
std::unique_ptr<Condition> MakeAfterDeath(const AfterDeath& spec);
std::unique_ptr<Condition> MakeMissing(const Missing& spec);

// The condition of a well-formed rule (see rule_file.h).
std::unique_ptr<Condition> MakeCondition(const RuleSpec& rule);

}  // namespace relief::coverage
