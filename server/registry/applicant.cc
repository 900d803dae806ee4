// The check of an applicant before an award: who is this, what do they get, what would it duplicate, what may
// they miss?
#include <algorithm>
#include <cmath>

#include "matcher/normalize/normalizer.h"
#include "server/core/counters.h"
#include "server/records/identity_mapping.h"
#include "server/registry/person_rows.h"
#include "server/registry/person_view.h"
#include "server/review/explanation.h"

namespace relief::server::registry {
namespace {

constexpr int kMaxPersons = 50;
constexpr size_t kMaxCandidates = 5;
// Names a record that does not exist yet: the award that is applied for.
constexpr char kIntendedSource[] = "applied-for";

bool Blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

// What the rules say of a person with an award that does not exist yet.
class WithAward {
 public:
  WithAward(const PersonRows& records, const v1::Benefit& intended, const coverage::RuleSet& rules,
            matcher::CivilDate as_of, matcher::PersonId person)
      : records_(records),
        rules_(rules),
        as_of_(as_of),
        person_(person),
        key_(matcher::RecordKey::Of(kIntendedSource, "1")) {
    award_.set_record_id("1");
    *award_.mutable_benefit() = intended;
  }

  // The duplicates that it would make.
  void WouldOpen(v1::ApplicantResult* result) const { Judge(award_, false, result->mutable_would_open()); }

  // What it would entitle to in time: as if it had been held for a year, so that no time of processing hides
  // anything. A hospital bill from before its beginning stays uncovered all the same.
  void MayMiss(v1::ApplicantResult* result) const {
    v1::Record held = award_;
    v1::Month year_ago;
    year_ago.set_year(as_of_.year - 1);
    year_ago.set_month(as_of_.month);
    *held.mutable_benefit()->mutable_start_month() = year_ago;
    held.mutable_benefit()->clear_end_month();
    Judge(held, true, result->mutable_may_miss());
  }

 private:
  void Judge(const v1::Record& award, bool missing,
             google::protobuf::RepeatedPtrField<v1::Finding>* findings) const {
    std::vector<coverage::CoverageRecord> with;
    for (size_t i = 0; i < records_.keys.size(); ++i)
      with.push_back({records_.keys[i], &records_.rows[i].record(), records_.rows[i].source_id()});
    with.push_back({key_, &award, kIntendedSource});
    for (const coverage::FindingDraft& draft : rules_.Evaluate(with, as_of_)) {
      if (std::find(draft.evidence.begin(), draft.evidence.end(), key_) == draft.evidence.end()) continue;
      v1::Finding finding;
      rules_.Describe(draft.rule_id, as_of_, &finding, draft.region);
      if ((finding.kind() == v1::MISSING) != missing) continue;
      if (missing && BillBefore(draft)) continue;
      finding.set_rule_id(draft.rule_id);
      finding.set_person_id(person_.ToString());
      finding.set_amount_fen(draft.amount_fen);
      finding.set_amount_is_estimate(draft.amount_is_estimate);
      for (const v1::Month& month : draft.overlap_months) *finding.add_overlap_months() = month;
      for (const matcher::RecordKey& key : draft.evidence) {
        const stored::Record* record = Find(key);
        if (!record) continue;
        v1::Evidence& evidence = *finding.add_evidence();
        evidence.mutable_record()->set_source_id(record->source_id());
        evidence.mutable_record()->set_record_id(record->record().record_id());
        evidence.set_programme(record->record().benefit().programme());
      }
      *findings->Add() = std::move(finding);
    }
  }

  const stored::Record* Find(const matcher::RecordKey& key) const {
    const auto at = std::find(records_.keys.begin(), records_.keys.end(), key);
    return at == records_.keys.end() ? nullptr
                                     : &records_.rows[static_cast<size_t>(at - records_.keys.begin())];
  }

  bool BillBefore(const coverage::FindingDraft& draft) const {
    const v1::Month& start = award_.benefit().start_month();
    const int64_t begins = award_.benefit().has_start_month() ? int64_t{start.year()} * 12 + start.month()
                                                              : int64_t{as_of_.year} * 12 + as_of_.month;
    return std::any_of(draft.evidence.begin(), draft.evidence.end(), [&](const matcher::RecordKey& key) {
      const stored::Record* record = Find(key);
      if (!record || record->record().benefit().invoice_number().empty()) return false;
      const v1::Date& paid = record->record().benefit().pay_date();
      return int64_t{paid.year()} * 12 + paid.month() < begins;
    });
  }

  const PersonRows& records_;
  const coverage::RuleSet& rules_;
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

absl::StatusOr<v1::CheckApplicantResponse> CheckApplicant(const storage::Reader& reader,
                                                          const matcher::Model& model,
                                                          const coverage::RuleSet& rules,
                                                          matcher::CivilDate as_of,
                                                          const v1::CheckApplicantRequest& request) {
  if (absl::Status status = Check(request); !status.ok()) return status;
  auto counters = core::ReadCounters(reader);
  if (!counters.ok()) return counters.status();
  v1::CheckApplicantResponse response;
  for (const v1::PersonIdentity& asked : request.persons()) {
    v1::ApplicantResult& result = *response.add_results();
    const matcher::Identity identity = matcher::Normalize(records::ToRawIdentity(asked, "", v1::Household()));
    auto found = matcher::FindPersons(reader, model, identity, kMaxCandidates);
    if (!found.ok()) return found.status();
    const std::vector<double> probabilities = Probabilities(*found, counters->persons());
    bool judged = false;
    for (size_t i = 0; i < found->size(); ++i) {
      const matcher::PersonCandidate& candidate = (*found)[i];
      const bool certain =
          candidate.score.vetoes == matcher::kNoVeto && candidate.score.bits >= model.link_threshold();
      auto person = ShowPerson(reader, candidate.person);
      if (!person.ok()) return person.status();
      auto best = matcher::IdentityOf(reader, candidate.best_record);
      if (!best.ok()) return best.status();
      v1::Candidate& out = *result.add_candidates();
      *out.mutable_person() = *std::move(person);
      out.set_band(certain ? v1::Candidate::CERTAIN : v1::Candidate::POSSIBLE);
      out.set_probability(probabilities[i]);
      *out.mutable_explanation() = review::Explain(model, identity, *best);
      if (!certain || judged) continue;
      judged = true;
      for (const v1::Finding& finding : out.person().findings())
        if (finding.kind() == v1::MISSING) *result.add_may_miss() = finding;
      if (!request.has_intended()) continue;
      auto records = ReadRows(reader, candidate.person);
      if (!records.ok()) return records.status();
      const WithAward with(*records, request.intended(), rules, as_of, candidate.person);
      with.WouldOpen(&result);
      with.MayMiss(&result);
    }
  }
  return response;
}

}  // namespace relief::server::registry
