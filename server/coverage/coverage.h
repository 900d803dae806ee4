// Coverage: what a person gets, judged by the rules. Timelines + rules -> findings.
//
// Pure logic: it is handed a person's records, the rules and the day to judge for, and returns findings. It
// knows no clock, no store and no network, and is callable from any thread. The same input gives the same
// findings, whatever the order of the records.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/record_key.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/record.pb.h"

namespace relief::coverage {

// One live record of the person. The record outlives the call.
struct CoverageRecord {
  matcher::RecordKey key;
  const v1::Record* record = nullptr;
};

// What a rule says of a person. `evidence` is sorted and has each record once.
//
// The id is a function of the rule, the group and one anchor record, and of nothing else, so that the same
// problem keeps its id while evidence joins or leaves it:
//   condition        group                     anchor
//   overlap, repeat  the two records           the first of them
//   after_death      benefit and report        the first of them
//   invoice_*        the invoice               the earliest settlement (payment date, then key)
//   grouped_count    the shared value          the earliest record
//   missing          year, term, or nothing    the report; the bill; without either the base benefit that
//   began first
// A third payment of one invoice therefore changes a finding and opens no second one (unless it turns out to
// be the earliest).
//
// The amount in question, in fen, is what would be spared if only the rightful share had been paid:
//   overlap          months beyond the allowed hand-over x the smaller monthly amount; 0 if either is not
//   stated repeat, grouped  all amounts but the largest invoice_repeat   the settlements that no strike-off
//   cancelled, but the largest invoice_excess   insured + assistance - cost after_death      months after the
//   grace x the monthly amount missing          0, but for a bill: the cost left after insurance
struct FindingDraft {
  std::string finding_id;  // "F-" and 16 characters; from the rule id, the rule's group (pair, invoice, year
                           // ...) and its first record
  std::string rule_id;
  std::vector<matcher::RecordKey> evidence;
  std::vector<v1::Month> overlap_months;  // sorted; only for rules that compare months
  int64_t amount_fen = 0;                 // in question; 0 if the data do not say

  friend bool operator==(const FindingDraft& a, const FindingDraft& b);
};

class Rule;  // a compiled rule

// The rules of one directory, compiled. Immutable.
class RuleSet {
 public:
  // Reads every *.textproto of the directory. NOT_FOUND: there is none. INVALID_ARGUMENT: a file that is not
  // text format, a rule that is not well formed, or two rules in force with one id; the message names file,
  // line and column.
  static absl::StatusOr<std::shared_ptr<const RuleSet>> LoadDirectory(const std::string& directory);
  // The same for one text, which errors call `name`.
  static absl::StatusOr<std::shared_ptr<const RuleSet>> Parse(const std::string& name,
                                                              const std::string& text);
  ~RuleSet();

  // Changes whenever the meaning of any rule may have changed.
  const std::string& fingerprint() const;

  // Ids in order.
  std::vector<std::string> rule_ids() const;

  // Fills the parts of a finding that come from its rule: kind, severity, version, titles, legal basis, whom
  // to notify. The due date counts from `opened`. Returns false if there is no such rule.
  bool Describe(const std::string& rule_id, matcher::CivilDate opened, v1::Finding* finding) const;

  // What the rules in force say of one person on `as_of`. Benefits count up to the month of `as_of`, facts if
  // they hold on that day (a fact that begins later, or ended earlier, does not; one without a date never
  // does). Sorted by finding_id, each once.
  std::vector<FindingDraft> Evaluate(std::span<const CoverageRecord> records, matcher::CivilDate as_of) const;

  // The first day after `as_of` on which Evaluate says something else, if the records stay as they are; at the latest
  // kHorizonDays later, when it is to be asked again.
  static constexpr int kHorizonDays = 400;
  matcher::CivilDate NextChange(std::span<const CoverageRecord> records, matcher::CivilDate as_of) const;

 private:
  RuleSet();
  // Days that any rule counts (0 included), and first days and days after the last of all rules; days since 1970.
  const std::vector<int>& day_parameters() const;
  const std::vector<int32_t>& boundary_days() const;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relief::coverage
