// What the rules say of persons and of their households: read through the transaction that changed them, or
// from a snapshot to see what other rules would say.
//
// A household is everybody whom a source counts into one household, and, through members that they share,
// those of other sources' households. It is judged whenever any of its members is: from each member it is the
// same household, so that the findings do not depend on whom the change touched.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "matcher/resolve/resolver.h"
#include "server/coverage/coverage.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"

namespace relief::server::findings {

// More persons than these are no household but a number that stands for many: no rule is applied to them
// together.
inline constexpr size_t kLargestHousehold = 60;

struct JudgedPerson {
  matcher::PersonId person;
  // False: only the household was judged, on behalf of another member; what the rules say of the person alone
  // is as it was.
  bool in_full = true;
  std::vector<coverage::FindingDraft> drafts;  // on the person
  std::vector<coverage::FindingDraft>
      household_drafts;  // on the household, named after a record of this person
  // Gaps whose feed fell silent (coverage::Judged.unheard), on the person and on the household.
  std::vector<coverage::FindingDraft> unheard, household_unheard;
  // Of the rules on gaps: on the person alone, and on it as a member of its household.
  std::vector<coverage::RuleAnswer> answers, household_answers;
  std::vector<matcher::PersonId> household;  // everybody in it, sorted; empty for a person alone
  // To be judged again on this day, in days since 1970; 0 for somebody who is no more.
  int32_t wake_day = 0;
  std::vector<matcher::RecordKey> records;  // the person's own
};

struct Judgement {
  std::vector<JudgedPerson> persons;
  std::map<matcher::RecordKey, stored::Record>
      records;  // effective ones: of the persons, and of those in doubt with them
};

// Judges these persons, and their households with all who belong to them. With `look_ahead` the day to judge
// them again is worked out; without it, it is tomorrow: what changes today may change again today, and
// looking ahead is the slow part. Gaps are claimed as far as `feeds` can say; null: they can say everything.
absl::StatusOr<Judgement> JudgePersons(const storage::Reader& reader,
                                       const std::set<matcher::PersonId>& persons,
                                       const coverage::RuleSet& rules, matcher::CivilDate as_of,
                                       bool look_ahead, const coverage::Feeds* feeds = nullptr);

// The persons of a household with their records, for reading. A person whom no source counts into one is
// alone.
struct HouseholdMembers {
  std::map<matcher::PersonId, std::vector<matcher::RecordKey>> members;
  // Of members whom the matcher asks about: the records of others who may be them (coverage::PersonInput.in_review).
  std::map<matcher::PersonId, std::vector<matcher::RecordKey>> in_review;
  std::map<matcher::RecordKey, stored::Record> records;  // of both

  // These records as the rules look at them; they refer to `records`.
  std::vector<coverage::CoverageRecord> ToRules(const std::vector<matcher::RecordKey>& keys) const;
  std::vector<coverage::CoverageRecord> InReviewWith(matcher::PersonId member) const;
};
absl::StatusOr<HouseholdMembers> ReadHousehold(const storage::Reader& reader, matcher::PersonId person);

}  // namespace relief::server::findings
