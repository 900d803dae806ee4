#include "server/access/told_of.h"

#include <algorithm>
#include <functional>

#include "matcher/resolve/resolver.h"
#include "relief/v1/registry_service.pb.h"
#include "server/access/record_ids.h"
#include "server/core/write_context.h"
#include "server/findings/finding_store.h"
#include "server/referrals/referrals.h"
#include "server/review/deciding.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using matcher::RecordKey;

constexpr size_t kReadable = 20;  // ids in a subject
constexpr size_t kLongestId = 80;

// A caller chooses what it writes: an id, or nothing that an entry repeats. "K-" is the chain's own.
bool MayBeRepeated(const std::string& id) {
  return !id.empty() && id.size() <= kLongestId && !id.starts_with("K-") &&
         std::all_of(id.begin(), id.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '.' || c == '_'; });
}

// Names persons by itself: then its other ids say nothing more.
bool NamesPersons(const FieldMeaning& field) {
  return field.id == IdKind::kPerson || field.id == IdKind::kConflict ||
         (field.type != nullptr && field.field->message_type() == v1::RecordName::descriptor());
}

bool IsSet(const Message& message, const google::protobuf::FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  if (field->is_repeated()) return reflection->FieldSize(message, field) > 0;
  if (field->message_type() != nullptr) return reflection->HasField(message, field);
  return !reflection->GetString(message, field).empty();
}

}  // namespace

void ToldOf::AddAnswer(const Message& answer) {
  if (const TypeMeaning* meaning = MeaningOf(answer.GetDescriptor()); meaning != nullptr)
    Walk(*meaning, answer, true);
}

void ToldOf::AddRequest(const Message& request) {
  if (const TypeMeaning* meaning = MeaningOf(request.GetDescriptor()); meaning != nullptr)
    Walk(*meaning, request, false);
}

void ToldOf::ForgetAnswers() {
  std::vector<std::string> named = std::move(named_);
  *this = ToldOf();
  named_ = std::move(named);
}

void ToldOf::AddId(IdKind kind, const std::string& id) {
  if (id.empty()) return;
  switch (kind) {
    case IdKind::kPerson:
      if (const auto person = matcher::PersonId::Parse(id)) records_.insert(person->anchor);
      return;
    case IdKind::kConflict:
      if (const auto pair = matcher::MatchConflict::Parse(id)) {
        records_.insert(pair->first);
        records_.insert(pair->second);
      }
      return;
    case IdKind::kFinding:
      findings_.insert(id);
      return;
    case IdKind::kDecision:
      decisions_.insert(id);
      return;
    case IdKind::kReferral:
      referrals_.insert(id);
      return;
    default:  // stands for nobody by itself: what it leads to is in the answer
      return;
  }
}

void ToldOf::Walk(const TypeMeaning& meaning, const Message& message, bool answer) {
  if (!meaning.holds_ids) return;
  if (message.GetDescriptor() == v1::RecordName::descriptor()) {
    const auto& name = static_cast<const v1::RecordName&>(message);
    if (name.record_id().empty()) return;
    records_.insert(KeyOf(name));
    tells_ = tells_ || answer;
    return;
  }
  if (message.GetDescriptor() == v1::PersonRecord::descriptor()) {
    const auto& record = static_cast<const v1::PersonRecord&>(message);
    if (answer && record.has_person()) shown_.insert(KeyOf(record.name()));
  }
  const bool named = std::any_of(
      meaning.fields.begin(), meaning.fields.end(),
      [&](const FieldMeaning& field) { return NamesPersons(field) && IsSet(message, field.field); });
  const auto* reflection = message.GetReflection();
  for (const FieldMeaning& field : meaning.fields) {
    if (!IsSet(message, field.field)) continue;
    const int size = field.field->is_repeated() ? reflection->FieldSize(message, field.field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field.type != nullptr) {
        Walk(*field.type,
             field.field->is_repeated() ? reflection->GetRepeatedMessage(message, field.field, i)
                                        : reflection->GetMessage(message, field.field),
             answer);
        continue;
      }
      const std::string id = field.field->is_repeated()
                                 ? reflection->GetRepeatedString(message, field.field, i)
                                 : reflection->GetString(message, field.field);
      if (!answer && field.id != IdKind::kWithin && named_.size() < kReadable && MayBeRepeated(id))
        named_.push_back(id);
      const bool person = field.id == IdKind::kPerson || field.id == IdKind::kConflict;
      if (named && !person) continue;
      AddId(field.id, id);
      tells_ = tells_ || (answer && (person || field.id == IdKind::kFinding ||
                                     field.id == IdKind::kDecision || field.id == IdKind::kReferral));
    }
  }
}

absl::StatusOr<ToldOf::Persons> ToldOf::Resolve(const storage::Reader& reader) const {
  std::set<RecordKey> all = records_;
  all.insert(shown_.begin(), shown_.end());
  const auto add = [&](const std::string& person_id) {
    if (const auto person = matcher::PersonId::Parse(person_id)) all.insert(person->anchor);
  };
  const auto lost = [](const absl::Status& status) { return !status.ok() && !absl::IsNotFound(status); };
  for (const std::string& id : findings_) {
    auto finding = findings::GetFinding(reader, id);
    if (lost(finding.status())) return finding.status();
    if (!finding.ok()) continue;
    add(finding->person_id());
    for (const v1::Evidence& evidence : finding->evidence())
      all.insert(RecordKey::Of(evidence.record().source_id(), evidence.record().record_id()));
  }
  for (const std::string& id : referrals_) {
    auto referral = referrals::GetReferral(reader, id);
    if (lost(referral.status())) return referral.status();
    if (referral.ok()) add(referral->person_id());
  }
  for (const std::string& id : decisions_) {
    auto decision = review::ReadDecision(reader, id);
    if (lost(decision.status())) return decision.status();
    if (!decision.ok()) continue;
    if (decision->has_record_a())
      for (const v1::RecordName* name : {&decision->record_a(), &decision->record_b()})
        all.insert(RecordKey::Of(name->source_id(), name->record_id()));
    for (const v1::Decision::Constraint& constraint : decision->constraints())
      for (const v1::RecordName* name : {&constraint.record_a(), &constraint.record_b()})
        all.insert(RecordKey::Of(name->source_id(), name->record_id()));
  }
  const std::vector<RecordKey> keys(all.begin(), all.end());
  RELIEF_ASSIGN_OR_RETURN(auto persons, matcher::PersonsOfRecords(reader, keys));
  std::set<matcher::PersonId> found;
  Persons told;
  std::set<size_t> shown;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!persons[i]) continue;
    found.insert(*persons[i]);
    if (shown_.contains(keys[i])) shown.insert(std::hash<std::string>()(persons[i]->ToString()));
  }
  told.persons = found.size();
  told.shown.assign(shown.begin(), shown.end());
  RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOfPersons(reader, std::vector<matcher::PersonId>(
                                                                              found.begin(), found.end())));
  for (const std::vector<RecordKey>& one : members) all.insert(one.begin(), one.end());
  std::set<std::string> readable;
  const auto say = [&](const std::string& id) {
    if (readable.size() < kReadable && readable.insert(id).second)
      told.subject.append(told.subject.empty() ? "" : " ").append(id);
  };
  for (const std::string& id : named_) say(id);
  if (found.size() <= kReadable)
    for (const matcher::PersonId& person : found) say(person.ToString());
  for (const RecordKey& key : all)
    told.subject.append(told.subject.empty() ? "" : " ").append(core::RecordToken(key));
  return told;
}

}  // namespace relief::server::access
