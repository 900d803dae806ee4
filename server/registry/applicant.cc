// The check of an applicant before an award: who is this, what do they get, what would it duplicate, what may
// they miss?
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "matcher/normalize/normalizer.h"
#include "server/core/counters.h"
#include "server/coverage/timeline.h"
#include "server/findings/finding_text.h"
#include "server/findings/judging.h"
#include "server/records/identity_mapping.h"
#include "server/registry/entitlements.h"
#include "server/registry/person_rows.h"
#include "server/registry/person_view.h"
#include "server/review/explanation.h"
#include "storage/status_macros.h"

namespace relief::server::registry {
namespace {

constexpr int kMaxPersons = 50, kMaxRows = 100;
constexpr size_t kMaxCandidates = 5;
// Names a record that does not exist yet: the award that is applied for.
constexpr char kIntendedSource[] = "applied-for";

bool Blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

// Months after the award's first on which it is judged: hand-over months must have passed, of most rules one, of
// registers that follow slowly three.
constexpr int kMonthsAhead[] = {1, 3};

bool IsByMonths(const v1::Benefit& award) {
  switch (award.programme()) {
    case v1::MINIMUM_LIVING:
    case v1::EXTREME_POVERTY:
    case v1::EMPLOYMENT:
      return true;
    case v1::HOUSING:
      return award.form() != v1::HOUSE_RENOVATION;
    default:
      return false;
  }
}

v1::Month MonthAfter(matcher::CivilDate day, int months) {
  const coverage::MonthIndex month = coverage::MonthIndex::Of(day) + months;
  return month.ToProto();
}

// The award as it would be recorded: paid where the applicant asks, and, unless it says otherwise, by months
// from the month after the decision (低保审核确认办法 art. 21), or once, today.
v1::Benefit AsAwarded(v1::Benefit award, const v1::PersonIdentity& applicant, matcher::CivilDate as_of) {
  if (award.paying_region().empty()) award.set_paying_region(applicant.region_code());
  if (IsByMonths(award)) {
    if (!award.has_start_month()) *award.mutable_start_month() = MonthAfter(as_of, 1);
    return award;
  }
  if (!award.has_pay_date() && !award.has_start_month()) *award.mutable_pay_date() = records::ToProto(as_of);
  if (award.form() == v1::INSURANCE_SUBSIDY && award.benefit_year() == 0) award.set_benefit_year(as_of.year);
  if (award.programme() == v1::EDUCATION && award.term().empty())
    award.set_term(coverage::TermOf(coverage::MonthIndex::Of(as_of)));
  return award;
}

// Adds what cannot be told, each rule once.
void ShowUndecided(const std::vector<coverage::RuleAnswer>& answers, const coverage::RuleSet& rules,
                   matcher::CivilDate as_of, google::protobuf::RepeatedPtrField<v1::Entitlement>* undecided) {
  const std::map<std::string, v1::Finding> gaps = GapRules(rules, as_of);
  for (const coverage::RuleAnswer& answer : answers) {
    if (answer.state != v1::Entitlement::UNDECIDED) continue;
    if (std::none_of(undecided->begin(), undecided->end(),
                     [&](const v1::Entitlement& other) { return other.rule_id() == answer.rule_id; }))
      *undecided->Add() = ShowAnswer(answer, gaps);
  }
}

// What the rules say of a person, and of the household, with an award that does not exist yet.
class WithAward {
 public:
  WithAward(const findings::HouseholdMembers& household, matcher::PersonId person, const v1::Benefit& award,
            const coverage::RuleSet& rules, const coverage::Feeds* feeds, matcher::CivilDate as_of)
      : household_(household),
        rules_(rules),
        feeds_(feeds),
        as_of_(as_of),
        person_(person),
        key_(matcher::RecordKey::Of(kIntendedSource, "1")) {
    award_.set_record_id("1");
    *award_.mutable_benefit() = award;
  }

  // What it would open: judged today, and in the award's own months, so that a duplicate with what runs today
  // is foreseen before the award begins. Each as it is first seen.
  void WouldOpen(v1::ApplicantResult* result) const {
    std::set<std::string> seen;
    for (const matcher::CivilDate& day : Days())
      Judge(award_, day, false, &seen, result->mutable_would_open(), nullptr);
  }

  // What it would entitle to in time: as if it had been held for a year, so that no time of processing hides
  // anything. A hospital bill from before its beginning stays uncovered all the same.
  void MayMiss(v1::ApplicantResult* result) const {
    v1::Record held = award_;
    if (!IsByMonths(award_.benefit())) return;
    v1::Month year_ago;
    year_ago.set_year(as_of_.year - 1);
    year_ago.set_month(as_of_.month);
    *held.mutable_benefit()->mutable_start_month() = year_ago;
    held.mutable_benefit()->clear_end_month();
    std::set<std::string> seen;
    for (const v1::Finding& finding : result->may_miss()) seen.insert(finding.finding_id());
    Judge(held, as_of_, true, &seen, result->mutable_may_miss(), result->mutable_undecided());
  }

 private:
  std::vector<matcher::CivilDate> Days() const {
    std::vector<matcher::CivilDate> days = {as_of_};
    const v1::Benefit& award = award_.benefit();
    if (!award.has_start_month()) {
      if (award.has_pay_date() && coverage::DayNumber(award.pay_date()) > as_of_.days())
        days.push_back(coverage::CivilDateOf(award.pay_date()));
      return days;
    }
    const coverage::MonthIndex first =
        std::max(coverage::MonthIndex::Of(award.start_month()), coverage::MonthIndex::Of(as_of_));
    for (int months : kMonthsAhead)
      days.push_back(matcher::CivilDate::FromDays((first + months + 1).FirstDay() - 1));
    return days;
  }

  // `undecided`: what the rules on gaps cannot tell of the applicant then; null: not asked.
  void Judge(const v1::Record& award, matcher::CivilDate day, bool missing, std::set<std::string>* seen,
             google::protobuf::RepeatedPtrField<v1::Finding>* findings,
             google::protobuf::RepeatedPtrField<v1::Entitlement>* undecided) const {
    std::vector<std::vector<coverage::CoverageRecord>> records, in_review;
    std::vector<coverage::PersonInput> members;
    size_t applicant = 0;
    for (const auto& [member, keys] : household_.members) {
      if (member == person_) applicant = records.size();
      std::vector<coverage::CoverageRecord>& of_member = records.emplace_back(household_.ToRules(keys));
      in_review.push_back(household_.InReviewWith(member));
      if (member == person_) of_member.push_back({key_, &award, kIntendedSource});
    }
    for (size_t i = 0; i < records.size(); ++i)
      members.push_back({.records = records[i], .in_review = in_review[i]});
    coverage::Judged judged = rules_.Judge(members[applicant], feeds_, day);
    std::vector<coverage::FindingDraft>& drafts = judged.drafts;
    if (members.size() <= findings::kLargestHousehold) {
      coverage::Judged together = rules_.JudgeHousehold(members, feeds_, day);
      std::move(together.drafts.begin(), together.drafts.end(), std::back_inserter(drafts));
      for (coverage::RuleAnswer& answer : together.answers)
        if (answer.member == applicant) judged.answers.push_back(std::move(answer));
    }
    if (undecided != nullptr) ShowUndecided(judged.answers, rules_, as_of_, undecided);
    for (const coverage::FindingDraft& draft : drafts) {
      if (std::find(draft.evidence.begin(), draft.evidence.end(), key_) == draft.evidence.end()) continue;
      v1::Finding finding;
      rules_.Describe(draft.rule_id, as_of_, &finding, draft.region);
      if ((finding.kind() == v1::MISSING) != missing) continue;
      if (missing && BillBefore(draft)) continue;
      if (!seen->insert(draft.finding_id).second) continue;
      finding.set_rule_id(draft.rule_id);
      finding.set_state(v1::Finding::OPEN);
      finding.set_person_id(person_.ToString());
      finding.set_amount_fen(draft.amount_fen);
      finding.set_amount_is_estimate(draft.amount_is_estimate);
      for (const v1::Month& month : draft.overlap_months) *finding.add_overlap_months() = month;
      std::set<std::string> regions;
      if (!draft.region.empty()) regions.insert(draft.region);
      for (const matcher::RecordKey& key : draft.evidence) {
        const stored::Record* record = Find(key);
        if (!record) continue;
        *finding.add_evidence() = findings::EvidenceOf(record->source_id(), record->record());
        if (!record->record().benefit().paying_region().empty())
          regions.insert(record->record().benefit().paying_region());
      }
      for (const std::string& region : regions) finding.add_regions(region);
      finding.set_period(draft.period);
      findings::SayWhatToDo("", rules_, as_of_, &finding);
      *findings->Add() = std::move(finding);
    }
  }

  const stored::Record* Find(const matcher::RecordKey& key) const {
    const auto at = household_.records.find(key);
    return at == household_.records.end() ? nullptr : &at->second;
  }

  bool BillBefore(const coverage::FindingDraft& draft) const {
    const coverage::MonthIndex begins = coverage::MonthIndex::Of(award_.benefit().start_month());
    return std::any_of(draft.evidence.begin(), draft.evidence.end(), [&](const matcher::RecordKey& key) {
      const stored::Record* record = Find(key);
      if (!record || record->record().benefit().invoice_number().empty()) return false;
      return coverage::MonthIndex::Of(record->record().benefit().pay_date()) < begins;
    });
  }

  const findings::HouseholdMembers& household_;
  const coverage::RuleSet& rules_;
  const coverage::Feeds* const feeds_;
  const matcher::CivilDate as_of_;
  const matcher::PersonId person_;
  const matcher::RecordKey key_;
  v1::Record award_;
};

// Bayes' rule over the hypotheses "the applicant is this person", one for each person of the hub and all
// equally likely beforehand, and "is none of them", as likely as all of them together: a person's weight is
// 2^bits, that of "none of them" the number of persons. One whom a veto keeps apart has no weight beyond
// chance.
std::vector<double> Probabilities(const std::vector<matcher::PersonCandidate>& candidates, int64_t persons) {
  std::vector<double> weights;
  double sum = static_cast<double>(std::max<int64_t>(persons, 1));
  for (const matcher::PersonCandidate& candidate : candidates) {
    weights.push_back(candidate.score.vetoes == matcher::kNoVeto ? std::exp2(candidate.score.bits) : 1.0);
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

class Checker {
 public:
  Checker(const storage::Reader& reader, const matcher::Model& model, const coverage::RuleSet& rules,
          const coverage::Feeds* feeds, matcher::CivilDate as_of, int64_t persons)
      : reader_(reader), model_(model), rules_(rules), feeds_(feeds), as_of_(as_of), persons_(persons) {}

  // `intended` may be null.
  absl::StatusOr<v1::ApplicantResult> Check(const v1::PersonIdentity& asked, const v1::Benefit* intended,
                                            size_t most_candidates) const {
    v1::ApplicantResult result;
    const matcher::Identity identity = matcher::Normalize(records::ToRawIdentity(asked, "", v1::Household()));
    RELIEF_ASSIGN_OR_RETURN(auto found, matcher::FindPersons(reader_, model_, identity, kMaxCandidates));
    const std::vector<double> probabilities = Probabilities(found, persons_);
    bool judged = false;
    for (size_t i = 0; i < std::min(found.size(), most_candidates); ++i) {
      const matcher::PersonCandidate& candidate = found[i];
      const bool certain =
          candidate.score.vetoes == matcher::kNoVeto && candidate.score.bits >= model_.link_threshold();
      RELIEF_ASSIGN_OR_RETURN(auto person, ShowPerson(reader_, candidate.person));
      RELIEF_ASSIGN_OR_RETURN(auto best, matcher::IdentityOf(reader_, candidate.best_record));
      v1::Candidate& out = *result.add_candidates();
      *out.mutable_person() = std::move(person);
      out.set_band(certain ? v1::Candidate::CERTAIN : v1::Candidate::POSSIBLE);
      out.set_probability(probabilities[i]);
      RELIEF_ASSIGN_OR_RETURN(*out.mutable_explanation(), review::Explain(reader_, model_, identity, best));
      if (!certain || judged) continue;
      judged = true;
      RELIEF_RETURN_IF_ERROR(JudgeCandidate(candidate.person, asked, intended, &result));
    }
    return result;
  }

 private:
  absl::Status JudgeCandidate(matcher::PersonId person, const v1::PersonIdentity& asked,
                              const v1::Benefit* intended, v1::ApplicantResult* result) const {
    for (const v1::Finding& finding : result->candidates(result->candidates_size() - 1).person().findings())
      if (finding.kind() == v1::MISSING) *result->add_may_miss() = finding;
    v1::GetEntitlementsRequest request;
    request.set_person_id(person.ToString());
    request.set_only_this_person(true);
    RELIEF_ASSIGN_OR_RETURN(const auto sheet, ReadEntitlements(reader_, rules_, feeds_, as_of_, request));
    for (const v1::Entitlement& one : sheet.members(0).entitlements())
      if (one.state() == v1::Entitlement::UNDECIDED) *result->add_undecided() = one;
    if (intended == nullptr) return absl::OkStatus();
    RELIEF_ASSIGN_OR_RETURN(auto household, findings::ReadHousehold(reader_, person));
    const WithAward with(household, person, AsAwarded(*intended, asked, as_of_), rules_, feeds_, as_of_);
    with.WouldOpen(result);
    with.MayMiss(result);
    return absl::OkStatus();
  }

  const storage::Reader& reader_;
  const matcher::Model& model_;
  const coverage::RuleSet& rules_;
  const coverage::Feeds* const feeds_;
  const matcher::CivilDate as_of_;
  const int64_t persons_;
};

absl::Status Check(const v1::CheckApplicantRequest& request) {
  if (request.persons().empty() || request.persons_size() > kMaxPersons)
    return absl::InvalidArgumentError("persons: 1 to 50");
  for (int i = 0; i < request.persons_size(); ++i)
    if (Blank(request.persons(i).name()) && Blank(request.persons(i).id_number()))
      return absl::InvalidArgumentError("persons[" + std::to_string(i) +
                                        "].name: a name or a document number is required");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CheckApplicantResponse> CheckApplicant(
    const storage::Reader& reader, const matcher::Model& model, const coverage::RuleSet& rules,
    matcher::CivilDate as_of, const v1::CheckApplicantRequest& request, const coverage::Feeds* feeds) {
  RELIEF_RETURN_IF_ERROR(Check(request));
  RELIEF_ASSIGN_OR_RETURN(auto counters, core::ReadCounters(reader));
  const Checker checker(reader, model, rules, feeds, as_of, counters.persons());
  v1::CheckApplicantResponse response;
  for (const v1::PersonIdentity& asked : request.persons()) {
    RELIEF_ASSIGN_OR_RETURN(
        *response.add_results(),
        checker.Check(asked, request.has_intended() ? &request.intended() : nullptr, kMaxCandidates));
  }
  return response;
}

absl::StatusOr<v1::CheckApplicantsResponse> CheckApplicants(
    const storage::Reader& reader, const matcher::Model& model, const coverage::RuleSet& rules,
    matcher::CivilDate as_of, const v1::CheckApplicantsRequest& request, const RowErrors& errors_of,
    const coverage::Feeds* feeds) {
  if (request.rows().empty() || request.rows_size() > kMaxRows)
    return absl::InvalidArgumentError("rows: 1 to 100");
  RELIEF_ASSIGN_OR_RETURN(auto counters, core::ReadCounters(reader));
  const Checker checker(reader, model, rules, feeds, as_of, counters.persons());
  v1::CheckApplicantsResponse response;
  for (int i = 0; i < request.rows_size(); ++i) {
    const v1::CheckApplicantsRequest::Row& asked = request.rows(i);
    v1::CheckApplicantsResponse::Row& row = *response.add_rows();
    row.set_index(i);
    for (v1::FieldError& error : errors_of(asked)) *row.add_errors() = std::move(error);
    if (row.errors_size() > 0) continue;
    RELIEF_ASSIGN_OR_RETURN(
        *row.mutable_result(),
        checker.Check(asked.person(), asked.has_intended() ? &asked.intended() : nullptr, 1));
  }
  return response;
}

}  // namespace relief::server::registry
