#include "server/findings/judging.h"

#include <algorithm>

#include "server/findings/account_index.h"
#include "server/findings/household_reader.h"
#include "server/findings/in_review.h"
#include "server/records/identity_mapping.h"
#include "storage/status_macros.h"

namespace relief::server::findings {
namespace {

using Doubts = std::map<matcher::RecordKey, std::vector<coverage::IdentityDoubt>>;

// A person as the rules see one. The spans of `input` point into it.
struct Seen {
  std::vector<coverage::CoverageRecord> records;
  std::vector<coverage::IdentityDoubt> doubts;
  std::vector<coverage::AccountInput> accounts;
  std::vector<coverage::CoverageRecord> in_review;

  coverage::PersonInput input() const { return {records, doubts, accounts, in_review}; }
};

class Judge {
 public:
  Judge(const storage::Reader& reader, const coverage::RuleSet& rules, matcher::CivilDate as_of,
        bool look_ahead, const coverage::Feeds* feeds)
      : reader_(reader),
        people_(reader_),
        rules_(rules),
        feeds_(feeds),
        as_of_(as_of),
        look_ahead_(look_ahead) {}

  absl::StatusOr<Judgement> Run(const std::set<matcher::PersonId>& persons) {
    if (absl::Status status = people_.Load(persons, rules_.has_household_rules()); !status.ok())
      return status;
    RELIEF_ASSIGN_OR_RETURN(const auto conflicts, ConflictsOf(people_.members()));
    RELIEF_RETURN_IF_ERROR(ReadDoubts(persons, conflicts));
    RELIEF_ASSIGN_OR_RETURN(in_review_, RecordsInReview(reader_, people_.members(), conflicts));
    for (const auto& [person, keys] : in_review_) RELIEF_RETURN_IF_ERROR(people_.LoadRecords(keys));
    if (absl::Status status = ReadAccounts(persons); !status.ok()) return status;
    for (const std::vector<matcher::PersonId>& household : people_.Households())
      JudgeHousehold(household, persons);
    judgement_.records = std::move(people_.records());
    return std::move(judgement_);
  }

 private:
  absl::StatusOr<std::vector<matcher::MatchConflict>> ConflictsOf(const RecordsOfPersons& members) const {
    std::vector<matcher::RecordKey> keys;
    for (const auto& [person, of_person] : members)
      keys.insert(keys.end(), of_person.begin(), of_person.end());
    return matcher::ConflictsOfRecords(reader_, keys);
  }

  // Reports each doubt between two persons once, on the person owning the record with the smaller key.
  absl::Status ReadDoubts(const std::set<matcher::PersonId>& persons,
                          const std::vector<matcher::MatchConflict>& conflicts) {
    std::vector<matcher::RecordKey> own, others;
    for (const matcher::PersonId& person : persons)
      own.insert(own.end(), people_.keys(person).begin(), people_.keys(person).end());
    std::sort(own.begin(), own.end());
    std::vector<matcher::MatchConflict> told;
    for (const matcher::MatchConflict& conflict : conflicts) {
      const bool of_numbers = conflict.kind == matcher::ConflictKind::kSharedId ||
                              conflict.kind == matcher::ConflictKind::kTwoIds;
      if (!of_numbers || !std::binary_search(own.begin(), own.end(), conflict.a)) continue;
      told.push_back(conflict);
      others.push_back(conflict.b);
    }
    if (absl::Status status = people_.LoadRecords(others); !status.ok()) return status;
    for (const matcher::MatchConflict& conflict : told)
      doubts_[conflict.a].push_back({conflict.kind == matcher::ConflictKind::kSharedId
                                         ? coverage::IdentityDoubt::Kind::kSharedId
                                         : coverage::IdentityDoubt::Kind::kTwoIds,
                                     conflict.a, Record(conflict.b)});
    return absl::OkStatus();
  }

  // Evaluates a shared account once, with the owner of its smallest record key.
  absl::Status ReadAccounts(const std::set<matcher::PersonId>& persons) {
    std::optional<matcher::BlockSecret> secret;
    for (const matcher::PersonId& person : persons) {
      for (const matcher::RecordKey& key : people_.keys(person)) {
        const stored::Record& record = people_.records().at(key);
        if (record.record().benefit().payee_account().empty()) continue;
        if (!secret) {
          auto read = matcher::ReadBlockSecret(reader_);
          if (!read.ok()) return read.status();
          secret = *read;
        }
        const auto account = AccountOf(record, *secret);
        if (!account) continue;
        auto records = RecordsOnAccount(reader_, *account, kMostOnAccount);
        if (!records.ok()) return records.status();
        if (records->size() < 2 || records->front() != key) continue;
        if (absl::Status status = people_.LoadRecords(*records); !status.ok()) return status;
        accounts_[person].push_back(*std::move(records));
      }
    }
    return absl::OkStatus();
  }

  coverage::CoverageRecord Record(const matcher::RecordKey& key) {
    const stored::Record& record = people_.records().at(key);
    return {key, &record.record(), record.source_id()};
  }

  void JudgeHousehold(const std::vector<matcher::PersonId>& household,
                      const std::set<matcher::PersonId>& in_full) {
    std::map<matcher::PersonId, Seen> seen;
    std::map<matcher::RecordKey, size_t> position;  // of a record's person among those judged now
    const size_t first = judgement_.persons.size();
    std::vector<coverage::PersonInput> members;
    std::vector<size_t> position_of_member;
    for (const matcher::PersonId& person : household) {
      Seen& one = seen[person];
      for (const matcher::RecordKey& key : people_.keys(person)) {
        one.records.push_back(Record(key));
        position[key] = judgement_.persons.size();
        if (const auto doubts = doubts_.find(key); doubts != doubts_.end())
          one.doubts.insert(one.doubts.end(), doubts->second.begin(), doubts->second.end());
      }
      for (const std::vector<matcher::RecordKey>& account : accounts_[person])
        for (const matcher::RecordKey& key : account) {
          if (key == account.front()) one.accounts.emplace_back();
          one.accounts.back().records.push_back(Record(key));
        }
      if (const auto others = in_review_.find(person); others != in_review_.end())
        for (const matcher::RecordKey& key : others->second) one.in_review.push_back(Record(key));
      JudgedPerson& judged = judgement_.persons.emplace_back();
      judged.person = person;
      judged.in_full = in_full.contains(person);
      judged.records = people_.keys(person);
      if (household.size() > 1) judged.household = household;
      if (one.records.empty()) continue;
      members.push_back(one.input());
      position_of_member.push_back(judgement_.persons.size() - 1);
    }
    if (members.empty()) return;
    std::optional<int32_t> household_wake;
    if (rules_.has_household_rules() && household.size() <= kLargestHousehold) {
      coverage::Judged together = rules_.JudgeHousehold(members, feeds_, as_of_);
      for (coverage::FindingDraft& draft : together.drafts)
        judgement_.persons[position.at(draft.anchor)].household_drafts.push_back(std::move(draft));
      for (coverage::FindingDraft& draft : together.unheard)
        judgement_.persons[position.at(draft.anchor)].household_unheard.push_back(std::move(draft));
      for (coverage::RuleAnswer& answer : together.answers)
        judgement_.persons[position_of_member[answer.member]].household_answers.push_back(std::move(answer));
      if (look_ahead_) household_wake = rules_.NextHouseholdChange(members, as_of_, feeds_).days();
    }
    for (size_t i = first; i < judgement_.persons.size(); ++i) {
      JudgedPerson& judged = judgement_.persons[i];
      const Seen& one = seen.at(judged.person);
      if (!judged.in_full || one.records.empty()) continue;
      coverage::Judged alone = rules_.Judge(one.input(), feeds_, as_of_);
      judged.drafts = std::move(alone.drafts);
      judged.unheard = std::move(alone.unheard);
      judged.answers = std::move(alone.answers);
      judged.wake_day = as_of_.days() + 1;
      if (!look_ahead_) continue;
      judged.wake_day = rules_.NextChange(one.input(), as_of_, feeds_).days();
      if (household_wake) judged.wake_day = std::min(judged.wake_day, *household_wake);
    }
  }

  const storage::Reader& reader_;
  HouseholdReader people_;
  const coverage::RuleSet& rules_;
  const coverage::Feeds* const feeds_;
  const matcher::CivilDate as_of_;
  const bool look_ahead_;
  Doubts doubts_;
  RecordsOfPersons in_review_;
  std::map<matcher::PersonId, std::vector<std::vector<matcher::RecordKey>>> accounts_;
  Judgement judgement_;
};

}  // namespace

absl::StatusOr<Judgement> JudgePersons(const storage::Reader& reader,
                                       const std::set<matcher::PersonId>& persons,
                                       const coverage::RuleSet& rules, matcher::CivilDate as_of,
                                       bool look_ahead, const coverage::Feeds* feeds) {
  return Judge(reader, rules, as_of, look_ahead, feeds).Run(persons);
}

std::vector<coverage::CoverageRecord> HouseholdMembers::ToRules(
    const std::vector<matcher::RecordKey>& keys) const {
  std::vector<coverage::CoverageRecord> found;
  found.reserve(keys.size());
  for (const matcher::RecordKey& key : keys) {
    const stored::Record& record = records.at(key);
    found.push_back({key, &record.record(), record.source_id()});
  }
  return found;
}

std::vector<coverage::CoverageRecord> HouseholdMembers::InReviewWith(matcher::PersonId member) const {
  const auto found = in_review.find(member);
  return found == in_review.end() ? std::vector<coverage::CoverageRecord>() : ToRules(found->second);
}

absl::StatusOr<HouseholdMembers> ReadHousehold(const storage::Reader& reader, matcher::PersonId person) {
  HouseholdReader people(reader);
  if (absl::Status status = people.Load({person}, true); !status.ok()) return status;
  if (people.keys(person).empty()) return absl::NotFoundError("no such person");
  HouseholdMembers household;
  household.members = people.members();
  std::vector<matcher::RecordKey> keys;
  for (const auto& [member, of_member] : household.members)
    keys.insert(keys.end(), of_member.begin(), of_member.end());
  RELIEF_ASSIGN_OR_RETURN(const auto conflicts, matcher::ConflictsOfRecords(reader, keys));
  RELIEF_ASSIGN_OR_RETURN(household.in_review, RecordsInReview(reader, household.members, conflicts));
  for (const auto& [member, in_review] : household.in_review)
    RELIEF_RETURN_IF_ERROR(people.LoadRecords(in_review));
  household.records = std::move(people.records());
  return household;
}

}  // namespace relief::server::findings
