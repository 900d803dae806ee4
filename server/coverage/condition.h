// What every condition of a rule is given, and what it gives: the face that the evaluators share. Conditions
// are immutable after construction and callable from any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/coverage/feeds.h"
#include "server/coverage/person_records.h"
#include "server/coverage/rule.pb.h"
#include "server/coverage/rule_answer.h"
#include "server/coverage/selector.h"

namespace relief::coverage {

// A kind of help or fact whose feed must be able to say that it is not there.
struct Teller {
  Slot slot = 0;
  uint64_t forms = 0;  // a bit each; 0: whatever form
};

// What a rule says of itself, region by region.
class RuleSettings {
 public:
  explicit RuleSettings(const RuleSpec& spec);

  const std::string& id() const { return id_; }
  // Whether it finds gaps: then it answers for everybody whom it concerns.
  bool is_gap() const { return is_gap_; }
  const std::vector<Teller>& told_by() const { return told_by_; }
  bool OffIn(std::string_view region) const;
  v1::Severity SeverityIn(std::string_view region) const;
  int DeadlineDaysIn(std::string_view region) const;
  // 0 if the rule has no figure.
  int64_t EstimateFenIn(std::string_view region) const { return estimate_fen_.For(region); }

 private:
  std::string id_;
  bool is_gap_;
  std::vector<Teller> told_by_;
  bool off_;
  v1::Severity severity_;
  int deadline_days_;
  RegionalNumber estimate_fen_;
  std::vector<std::pair<std::string, RegionSetting>> regions_;  // the longest prefix first
};

// The id of a finding: "F-" and 80 bits of SHA-256 over rule, group and anchor, in Crockford's base 32.
std::string FindingId(std::string_view rule_id, std::string_view group, const matcher::RecordKey& anchor);

// What a gap is asked about: the list of a year or a term, or what came since a month.
struct Asked {
  std::string period = {};  // as people write it
  std::optional<MonthIndex> list = std::nullopt;
  std::optional<MonthIndex> since = std::nullopt;
};

// Collects what one rule says of one person (or of a household, where each gap is some member's), but for
// regions in which it is off. A rule on gaps gives one answer for each member: the least favourable.
class Findings {
 public:
  // Without feeds every gap can be claimed. `all`: also that a rule does not apply, and why.
  Findings(const RuleSettings& rule, const Feeds* feeds, bool all, uint32_t member, Judged* judged)
      : rule_(rule), feeds_(feeds), all_(all), member_(member), judged_(judged) {}
  ~Findings() { Finish(); }
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  // From here on it is about this member.
  void TurnTo(uint32_t member) {
    Finish();
    member_ = member;
  }

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
  // A finding of one year or school term, which is its group.
  void AddOfPeriod(const std::string& period, const matcher::RecordKey& anchor, const Items& evidence,
                   int64_t amount_fen);
  // Of another severity than the rule's.
  void AddAs(v1::Severity severity, std::string_view group, const matcher::RecordKey& anchor,
             const Items& evidence);

  // Of rules on gaps. Help is not there, as far as the feeds can say so.
  void AddGap(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
              const Asked& asked, int64_t amount_fen = 0);
  // It is there; the evidence is what raised the need.
  void Helped(const Items& evidence, const std::string& period = {});
  void NotConcerned(v1::Entitlement::Reason reason);
  // Whatever gap is added from here on is answered so.
  void AnswerGapsAs(v1::Entitlement::State state, v1::Entitlement::Reason reason) {
    instead_ = {state, reason};
  }

 private:
  FindingDraft Draft(std::string_view group, const matcher::RecordKey& anchor,
                     std::span<const CoverageRecord* const> evidence, const std::vector<MonthIndex>& months,
                     int64_t amount_fen, std::string_view region) const;
  void Answer(v1::Entitlement::State state, const Lack& lack, std::string_view region,
              const std::string& period, const std::string& finding_id);
  void Finish();

  const RuleSettings& rule_;
  const Feeds* feeds_;
  const bool all_;
  uint32_t member_;
  Judged* judged_;
  std::pair<v1::Entitlement::State, v1::Entitlement::Reason> instead_ = {};
  std::optional<RuleAnswer> answer_;
};

// One condition of a rule.
class Condition {
 public:
  virtual ~Condition() = default;
  // False if a person (or the members of a household) with records in these slots only cannot have a finding:
  // spares the call of Evaluate.
  virtual bool MayApply(SlotSet slots) const = 0;
  // Of a rule on gaps that may not apply: what it lacks.
  virtual v1::Entitlement::Reason WhyNot(SlotSet) const { return v1::Entitlement::NO_NEED; }
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
std::unique_ptr<Condition> MakeEarlyWarning(const EarlyWarning& spec);

// Whose feeds a gap of a well-formed rule needs.
std::vector<Teller> TellersOf(const RuleSpec& rule);

// The condition of a well-formed rule (see rule_file.h).
std::unique_ptr<Condition> MakeCondition(const RuleSpec& rule);

}  // namespace relief::coverage
