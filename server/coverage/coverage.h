// Coverage: what a person gets, judged by the rules. Timelines + rules -> findings.
//
// Pure logic: it is handed a person's records, the rules and the day to judge for, and returns findings. It
// knows no clock, no store and no network, and is callable from any thread. The same input gives the same
// findings, whatever the order of the records.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/finding_service.pb.h"
#include "server/coverage/feeds.h"
#include "server/coverage/finding_draft.h"
#include "server/coverage/person_input.h"
#include "server/coverage/rule_answer.h"

namespace relief::coverage {

// What is known of a rule that is in force, for those who administer rules.
struct RuleInfo {
  std::string id;
  int version = 0;
  std::string title_zh;
  std::string title_en;
  std::string legal_basis;
  bool basis_confirmed = false;
  v1::FindingKind kind = v1::FINDING_KIND_UNSPECIFIED;
  v1::Severity severity = v1::SEVERITY_UNSPECIFIED;  // where no region says otherwise
  v1::Need need = v1::NEED_UNSPECIFIED;
  matcher::CivilDate effective_from;
  std::optional<matcher::CivilDate> effective_to;  // last day; none: until further notice
  bool of_household = false;
};

// The rules of one directory, compiled. Immutable.
class RuleSet {
 public:
  // Reads every *.textproto of the directory. NOT_FOUND: there is none. INVALID_ARGUMENT: a file that is not
  // text format, a rule that is not well formed, or two rules in force with one id; the message names file,
  // line and column.
  static absl::StatusOr<std::shared_ptr<const RuleSet>> LoadDirectory(const std::string& directory);
  // The same for the texts of several files.
  struct File {
    std::string name;  // as errors call it
    std::string text;
  };
  static absl::StatusOr<std::shared_ptr<const RuleSet>> ParseFiles(const std::vector<File>& files);
  // The same for one text, which errors call `name`.
  static absl::StatusOr<std::shared_ptr<const RuleSet>> Parse(const std::string& name,
                                                              const std::string& text);
  ~RuleSet();

  // Changes whenever the meaning of any rule may have changed.
  const std::string& fingerprint() const;

  // Ids in order.
  std::vector<std::string> rule_ids() const;

  // The rules in force on a day, in the order of ids.
  std::vector<RuleInfo> rules_in_force(matcher::CivilDate as_of) const;

  // Fills the parts of a finding that come from its rule: kind, severity, version, titles, legal basis, need,
  // whom to notify. The due date counts from `opened`. `region` is that of the draft. Returns false if there
  // is no such rule.
  bool Describe(const std::string& rule_id, matcher::CivilDate opened, v1::Finding* finding,
                std::string_view region = {}) const;
  // Whether the rule is off in the region; false if there is no such rule.
  bool OffIn(const std::string& rule_id, matcher::CivilDate on, std::string_view region) const;
  // What the rule says is to be done, in Chinese and English; empty if it says nothing.
  std::pair<std::string, std::string> ActionOf(const std::string& rule_id, matcher::CivilDate on) const;

  // What the rules on persons that are in force say of one person on `as_of`. Benefits count up to the month
  // of `as_of`, facts if they hold on that day (a fact that begins later, or ended earlier, does not; one
  // without a date never does). Gaps are claimed as far as the feeds can say that something is not there;
  // without feeds they can. `all`: also which rules on gaps do not apply, and why.
  Judged Judge(const PersonInput& person, const Feeds* feeds, matcher::CivilDate as_of,
               bool all = false) const;

  // Whether any rule, in force or not, is on households: spares the making of households.
  bool has_household_rules() const;
  // What the rules on households say of persons who live together. The order of members and of their records
  // does not matter, but that answers name a member by its place. A rule on households names the members
  // itself: Record.household says who is whose.
  Judged JudgeHousehold(std::span<const PersonInput> members, const Feeds* feeds, matcher::CivilDate as_of,
                        bool all = false) const;

  // The findings of the two, where the feeds can say everything.
  std::vector<FindingDraft> Evaluate(const PersonInput& person, matcher::CivilDate as_of) const;
  std::vector<FindingDraft> Evaluate(std::span<const CoverageRecord> records, matcher::CivilDate as_of) const;
  std::vector<FindingDraft> EvaluateHousehold(std::span<const PersonInput> members,
                                              matcher::CivilDate as_of) const;

  // The first day after `as_of` on which Judge (JudgeHousehold) says something else, if the records and what
  // the feeds can say stay as they are; at the latest kHorizonDays later, when it is to be asked again.
  static constexpr int kHorizonDays = 400;
  matcher::CivilDate NextChange(const PersonInput& person, matcher::CivilDate as_of,
                                const Feeds* feeds = nullptr) const;
  matcher::CivilDate NextChange(std::span<const CoverageRecord> records, matcher::CivilDate as_of) const;
  matcher::CivilDate NextHouseholdChange(std::span<const PersonInput> members, matcher::CivilDate as_of,
                                         const Feeds* feeds = nullptr) const;

 private:
  RuleSet();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relief::coverage
