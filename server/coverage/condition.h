// What every condition of a rule is given, and what it gives: the face that the evaluators share. Conditions
// are immutable after construction and callable from any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/coverage/finding_draft.h"
#include "server/coverage/person_records.h"
#include "server/coverage/rule.pb.h"
#include "server/coverage/selector.h"

namespace relief::coverage {

// What a rule says of itself, region by region.
class RuleSettings {
 public:
  explicit RuleSettings(const RuleSpec& spec);

  const std::string& id() const { return id_; }
  bool OffIn(std::string_view region) const;
  v1::Severity SeverityIn(std::string_view region) const;
  int DeadlineDaysIn(std::string_view region) const;
  // 0 if the rule has no figure.
  int64_t EstimateFenIn(std::string_view region) const { return estimate_fen_.For(region); }

 private:
  std::string id_;
  bool off_;
  v1::Severity severity_;
  int deadline_days_;
  RegionalNumber estimate_fen_;
  std::vector<std::pair<std::string, RegionSetting>> regions_;  // the longest prefix first
};

// The id of a finding: "F-" and 80 bits of SHA-256 over rule, group and anchor, in Crockford's base 32.
std::string FindingId(std::string_view rule_id, std::string_view group, const matcher::RecordKey& anchor);

// Collects the findings of one rule, but for regions in which it is off.
class Findings {
 public:
  Findings(const RuleSettings& rule, std::vector<FindingDraft>* drafts) : rule_(rule), drafts_(drafts) {}

  // The group tells findings of one rule apart (an invoice, a year ...) together with the anchor record.
  void Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
           MonthSpan months = {}, int64_t amount_fen = 0);
  void Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
           const std::vector<MonthIndex>& months, int64_t amount_fen);
  void Add(std::string_view group, const matcher::RecordKey& anchor,
           std::span<const CoverageRecord* const> evidence, const std::vector<MonthIndex>& months,
           int64_t amount_fen);
  // A finding of two records: the pair is its group. `evidence` has them, and what else speaks of them.
  void AddPair(const Item& a, const Item& b, const Items& evidence, MonthSpan months, int64_t amount_fen);

 private:
  const RuleSettings& rule_;
  std::vector<FindingDraft>* drafts_;
};

// One condition of a rule.
class Condition {
 public:
  virtual ~Condition() = default;
  // False if a person (or the members of a household) with records in these slots only cannot have a finding:
  // spares the call of Evaluate.
  virtual bool MayApply(SlotSet slots) const = 0;
  // On a person, or on the members of a household, or one of them. A condition is asked for what its rule is on.
  virtual void Evaluate(const PersonRecords&, Findings*) const {}
  virtual void EvaluateHousehold(std::span<const PersonRecords>, Findings*) const {}
  // On one member, with the help that others were given for all of them.
  virtual void EvaluateMember(const PersonRecords& member, std::span<const PersonRecords>,
                              Findings* findings) const {
    Evaluate(member, findings);
  }
};

std::unique_ptr<Condition> MakeOverlap(const Overlap& spec);
std::unique_ptr<Condition> MakeRepeat(const Repeat& spec);
std::unique_ptr<Condition> MakeInvoiceRepeat(const InvoiceRepeat& spec);
std::unique_ptr<Condition> MakeInvoiceExcess(const InvoiceExcess& spec);
std::unique_ptr<Condition> MakeGroupedCount(const GroupedCount& spec);
std::unique_ptr<Condition> MakeAfterDeath(const AfterDeath& spec);
std::unique_ptr<Condition> MakeMissing(const Missing& spec);
std::unique_ptr<Condition> MakeHolding(const Holding& spec);
std::unique_ptr<Condition> MakeAfterFacts(const AfterFacts& spec);
std::unique_ptr<Condition> MakeEnded(const Ended& spec);
std::unique_ptr<Condition> MakeIdentityDispute(const IdentityDispute& spec);
std::unique_ptr<Condition> MakeUnansweredLead(const UnansweredLead& spec);
std::unique_ptr<Condition> MakeAllJobless(const AllJobless& spec);
std::unique_ptr<Condition> MakePartCovered(const PartCovered& spec);
std::unique_ptr<Condition> MakeSharedAccount(const SharedAccount& spec);
std::unique_ptr<Condition> MakeHeldTooLong(const HeldTooLong& spec);

// The condition of a well-formed rule (see rule_file.h).
std::unique_ptr<Condition> MakeCondition(const RuleSpec& rule);

}  // namespace relief::coverage
