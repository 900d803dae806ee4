// What a rule says. A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "matcher/record_key.h"
#include "relief/v1/types.pb.h"

namespace relief::coverage {

// What a rule says of a person or a household. `evidence` is sorted and has each record once.
//
// The id is a function of the rule, the group and one anchor record, and of nothing else, so that the same
// problem keeps its id while evidence joins or leaves it:
//   condition         group                     anchor
//   overlap, repeat   the first record of each side  the first of them
//   after_death       benefit and report        the first of them
//   after_facts       the fact that was too many  the benefit
//   invoice_*         the invoice               the earliest settlement (payment date, then key)
//   grouped_count     the shared value          the earliest record
//   missing           year, term, or nothing    the earliest report; the bill; without either the base
//   benefit that
//                                               began first
//   holding, ended    nothing                   the benefit
//   unanswered_lead   nothing                   the lead
//   identity          nothing                   the earliest record that speaks of it
//   all_jobless, part_covered  the household    the benefit in it that began first
// A third payment of one invoice therefore changes a finding and opens no second one (unless it turns out to
// be the earliest).
//
// The amount in question, in fen, is what would be spared if only the rightful share had been paid:
//   overlap           of each month listed the smaller side, or the one that states an amount
//   repeat, grouped_count  all but the largest; invoice_repeat  but the largest that no strike-off cancelled
//   invoice_excess    insured + assistance + what others gave - cost; what was paid back counts against each
//   after_death, after_facts, held_too_long  what was paid in the months (or the payment) after
//   missing           the cost of the bill that is left; or else the rule's own figure, marked as an estimate
struct FindingDraft {
  std::string finding_id;  // "F-" and 16 characters; from the rule id, the rule's group (pair, invoice, year
                           // ...) and its first record
  std::string rule_id;
  std::vector<matcher::RecordKey> evidence;
  std::vector<v1::Month> overlap_months;  // sorted; only for rules that compare months
  int64_t amount_fen = 0;                 // in question; 0 if the data do not say
  bool amount_is_estimate = false;        // what the rule itself says that somebody would be entitled to
  matcher::RecordKey anchor;              // the record after which the finding is named; its person owns it
  std::string region;                     // whose settings of the rule were applied; empty: none was stated
  std::string period;                     // "2026", "2026秋": of a rule on one year or school term
  v1::Severity severity = v1::SEVERITY_UNSPECIFIED;  // unspecified: the rule's own

  friend bool operator==(const FindingDraft& a, const FindingDraft& b);
};

}  // namespace relief::coverage
