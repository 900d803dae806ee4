#include "server/review/explanation.h"

#include <cmath>

#include "matcher/compare/scorer.h"
#include "matcher/resolve/resolver.h"
#include "server/core/schema.h"
#include "server/records/stored.pb.h"
#include "server/review/sentence.h"
#include "storage/status_macros.h"

namespace relief::server::review {
namespace {

using Outcome = v1::MatchExplanation::Outcome;

Outcome ToProto(matcher::PairOutcome outcome) {
  switch (outcome) {
    case matcher::PairOutcome::kSamePerson:
      return v1::MatchExplanation::SAME_PERSON;
    case matcher::PairOutcome::kSameThroughOthers:
      return v1::MatchExplanation::SAME_THROUGH_OTHERS;
    case matcher::PairOutcome::kSameByOfficer:
      return v1::MatchExplanation::SAME_BY_OFFICER;
    case matcher::PairOutcome::kDifferentByOfficer:
      return v1::MatchExplanation::DIFFERENT_BY_OFFICER;
    case matcher::PairOutcome::kNotCompared:
      return v1::MatchExplanation::NOT_COMPARED;
    case matcher::PairOutcome::kTooWeak:
      return v1::MatchExplanation::TOO_WEAK;
    case matcher::PairOutcome::kInReview:
      return v1::MatchExplanation::IN_REVIEW;
    case matcher::PairOutcome::kVetoed:
      return v1::MatchExplanation::VETOED;
    case matcher::PairOutcome::kAmbiguous:
      return v1::MatchExplanation::AMBIGUOUS;
    case matcher::PairOutcome::kKeptApart:
      return v1::MatchExplanation::KEPT_APART;
  }
  return v1::MatchExplanation::OUTCOME_UNSPECIFIED;
}

absl::StatusOr<v1::MatchExplanation> ExplainKeys(const storage::Reader& reader, const matcher::Model& model,
                                                 matcher::RecordKey a, matcher::RecordKey b) {
  RELIEF_ASSIGN_OR_RETURN(auto first, matcher::IdentityOf(reader, a));
  RELIEF_ASSIGN_OR_RETURN(auto second, matcher::IdentityOf(reader, b));
  RELIEF_ASSIGN_OR_RETURN(auto outcome, matcher::ExplainPair(reader, model, a, b));
  return Explain(reader, model, first, second, ToProto(outcome));
}

matcher::RecordKey KeyOf(const v1::RecordName& name) {
  return matcher::RecordKey::Of(name.source_id(), name.record_id());
}

}  // namespace

absl::StatusOr<v1::RecordName> NameOf(const storage::Reader& reader, matcher::RecordKey key) {
  const std::string row_key = schema::RecordRow(key);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&row_key, 1}));
  stored::Record record;
  if (!rows[0].present() || !record.ParseFromString(rows[0].value))
    return absl::DataLossError("the row of a record is missing or damaged");
  v1::RecordName name;
  name.set_source_id(record.source_id());
  name.set_record_id(record.record().record_id());
  return name;
}

absl::StatusOr<v1::MatchExplanation> Explain(const storage::Reader& reader, const matcher::Model& model,
                                             const matcher::Identity& a, const matcher::Identity& b,
                                             Outcome outcome) {
  const auto phone_of_many = matcher::PhoneIsOfMany(reader, model, a, b);
  if (!phone_of_many.ok()) return phone_of_many.status();
  std::vector<matcher::FieldEvidence> evidence;
  const matcher::PairScore score = matcher::Score(model, a, b, &evidence, *phone_of_many);
  v1::MatchExplanation explanation;
  explanation.set_outcome(outcome);
  explanation.set_total_bits(score.bits);
  explanation.set_link_threshold_bits(model.link_threshold());
  explanation.set_review_threshold_bits(model.review_threshold());
  explanation.set_model_version(model.version());
  for (const matcher::FieldEvidence& one : evidence) {
    v1::FieldEvidence& field = *explanation.add_fields();
    field.set_field(std::string(one.field));
    field.set_level(std::string(one.level));
    field.set_bits(one.bits);
    // m of a name that is written the same is close to 1, so that its weight is how rare it is.
    if (one.field == "name" && one.level == "EXACT") field.set_one_in(std::exp2(one.bits));
  }
  for (std::string_view veto : matcher::VetoNames(score.vetoes)) explanation.add_vetoes(std::string(veto));
  AddSentences(&explanation);
  return explanation;
}

absl::StatusOr<v1::MatchExplanation> ExplainPair(const storage::Reader& reader, const matcher::Model& model,
                                                 const v1::RecordName& a, const v1::RecordName& b) {
  return ExplainKeys(reader, model, KeyOf(a), KeyOf(b));
}

absl::StatusOr<v1::PersonExplanation> ExplainPerson(const storage::Reader& reader,
                                                    const matcher::Model& model,
                                                    const std::string& person_id) {
  const auto asked = matcher::PersonId::Parse(person_id);
  if (!asked) return absl::InvalidArgumentError("person_id: not a person id");
  RELIEF_ASSIGN_OR_RETURN(const auto person, matcher::FollowPersonId(reader, *asked));
  RELIEF_ASSIGN_OR_RETURN(const auto members, matcher::MembersOf(reader, person));
  RELIEF_ASSIGN_OR_RETURN(const auto links, matcher::ExplainPerson(reader, person));
  v1::PersonExplanation out;
  out.set_person_id(person.ToString());
  out.set_records(static_cast<int32_t>(members.size()));
  for (const matcher::PersonLink& link : links) {
    v1::PersonExplanation::Link& added = *out.add_links();
    RELIEF_ASSIGN_OR_RETURN(auto a, NameOf(reader, link.a));
    RELIEF_ASSIGN_OR_RETURN(auto b, NameOf(reader, link.b));
    *added.mutable_record_a() = std::move(a);
    *added.mutable_record_b() = std::move(b);
    RELIEF_ASSIGN_OR_RETURN(auto explanation, ExplainKeys(reader, model, link.a, link.b));
    *added.mutable_explanation() = std::move(explanation);
  }
  return out;
}

}  // namespace relief::server::review
