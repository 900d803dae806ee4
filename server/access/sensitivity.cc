#include "server/access/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "matcher/normalize/normalizer.h"
#include "relief/v1/registry_service.pb.h"
#include "server/access/meaning.h"
#include "server/access/record_ids.h"
#include "server/access/type_question.h"
#include "server/records/identity_mapping.h"
#include "server/records/mask.h"
#include "server/records/number_finder.h"

namespace relief::server::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsMasked(v1::Sensitivity kind) {
  return kind == v1::DOCUMENT_NUMBER || kind == v1::PHONE || kind == v1::ACCOUNT ||
         kind == v1::POSTAL_ADDRESS;
}

std::string Masked(v1::Sensitivity kind, const std::string& text) {
  switch (kind) {
    case v1::POSTAL_ADDRESS:
      return records::MaskDigits(text);
    case v1::DOCUMENT_NUMBER:
      return records::MaskDocument(text);
    default:
      return records::MaskNumber(text);
  }
}

v1::Sensitivity KindOf(const FieldDescriptor* field) {
  return field->options().GetExtension(v1::sensitivity);
}

// Remarks, reasons and the like. People are told to write no personal data into them, and do.
bool IsWritten(const std::string& field) {
  return field == "comment" || field == "undo_comment" || field == "note" || field == "reason" ||
         field == "sub_item";
}

// How a text may hold numbers besides what it is for; nothing: it does not.
std::optional<records::Text> NumbersWithin(const FieldDescriptor* field) {
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || field->is_map()) return std::nullopt;
  switch (KindOf(field)) {
    case v1::REFERENCE:
      return field->name() == "record_id" ? records::Text::kRecordId : records::Text::kReference;
    case v1::FREE_TEXT:
    case v1::PERSON_NAME:
      return records::Text::kWritten;
    default:
      return IsWritten(field->name()) ? std::optional(records::Text::kWritten) : std::nullopt;
  }
}

bool HasMaskedField(const Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i)
    if (IsMasked(KindOf(type->field(i))) || NumbersWithin(type->field(i))) return true;
  return false;
}

// Returns whether there was a number in it.
bool MaskWithin(Message* message, const FieldDescriptor* field, records::Text kind, bool leave) {
  const auto* reflection = message->GetReflection();
  bool found = false;
  const int size = field->is_repeated() ? reflection->FieldSize(*message, field) : 1;
  for (int i = 0; i < size; ++i) {
    const std::string text = field->is_repeated() ? reflection->GetRepeatedString(*message, field, i)
                                                  : reflection->GetString(*message, field);
    std::string masked = records::MaskNumbersWithin(text, kind);
    if (masked == text) continue;
    found = true;
    if (leave) continue;
    if (field->is_repeated()) {
      reflection->SetRepeatedString(message, field, i, std::move(masked));
    } else {
      reflection->SetString(message, field, std::move(masked));
    }
  }
  return found;
}

void MaskField(Message* message, const FieldDescriptor* field, v1::Sensitivity kind) {
  const auto* reflection = message->GetReflection();
  if (!field->is_repeated())
    return reflection->SetString(message, field, Masked(kind, reflection->GetString(*message, field)));
  for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
    reflection->SetRepeatedString(message, field, i,
                                  Masked(kind, reflection->GetRepeatedString(*message, field, i)));
}

// Whether a number that the caller wrote down is the one in the data is a word on the number itself, and so is all
// that it could be worked out from. How likely the candidate is stays, in whole percents.
void HideVerdictsOnNumbers(v1::Candidate* candidate) {
  candidate->set_probability(std::round(candidate->probability() * 100) / 100);
  if (!candidate->has_explanation()) return;
  v1::MatchExplanation& explanation = *candidate->mutable_explanation();
  auto* fields = explanation.mutable_fields();
  fields->erase(std::remove_if(fields->begin(), fields->end(),
                               [](const v1::FieldEvidence& evidence) {
                                 return evidence.field() == "id_number" || evidence.field() == "phone";
                               }),
                fields->end());
  explanation.clear_total_bits();
  explanation.clear_vetoes();
  explanation.clear_sentence_zh();
  explanation.clear_sentence_en();
}

void Walk(Message* message, const std::set<v1::Sensitivity>& unmask, std::set<v1::Sensitivity>* shown) {
  // A record whose id is a person's number goes by the record's key instead (RestoreRecordIds).
  if (message->GetDescriptor() == v1::RecordName::descriptor() && !unmask.contains(v1::DOCUMENT_NUMBER)) {
    HideRecordId(static_cast<v1::RecordName*>(message));
    return;
  }
  if (message->GetDescriptor() == v1::Candidate::descriptor() && !unmask.contains(v1::DOCUMENT_NUMBER))
    HideVerdictsOnNumbers(static_cast<v1::Candidate*>(message));
  const auto* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() != nullptr) {
      if (!HoldsMasked(field->message_type())) continue;
      if (!field->is_repeated()) {
        Walk(reflection->MutableMessage(message, field), unmask, shown);
      } else {
        for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
          Walk(reflection->MutableRepeatedMessage(message, field, i), unmask, shown);
      }
    } else if (const v1::Sensitivity kind = KindOf(field); IsMasked(kind)) {
      if (unmask.contains(kind)) {
        shown->insert(kind);
      } else {
        MaskField(message, field, kind);
      }
    } else if (const auto text = NumbersWithin(field)) {
      const bool leave = unmask.contains(v1::DOCUMENT_NUMBER);
      if (MaskWithin(message, field, *text, leave) && leave) shown->insert(v1::DOCUMENT_NUMBER);
    }
  }
}

void Collect(const Message& message, bool ids, std::vector<size_t>* guesses) {
  const std::hash<std::string> hash;
  if (message.GetDescriptor() == v1::PersonIdentity::descriptor()) {
    const auto& identity = static_cast<const v1::PersonIdentity&>(message);
    guesses->push_back(hash(
        matcher::EncodeIdentity(matcher::Normalize(records::ToRawIdentity(identity, "", v1::Household())))));
    return;
  }
  if (message.GetDescriptor() == v1::RecordName::descriptor()) {
    if (ids) guesses->push_back(hash(message.SerializeAsString()));
    return;
  }
  const TypeMeaning* meaning = MeaningOf(message.GetDescriptor());
  if (meaning == nullptr) return;
  const auto* reflection = message.GetReflection();
  for (const FieldMeaning& field : meaning->fields) {
    if (field.type == nullptr && !(ids && (field.id == IdKind::kPerson || field.id == IdKind::kConflict)))
      continue;
    const bool repeated = field.field->is_repeated();
    const int size = repeated ? reflection->FieldSize(message, field.field)
                     : field.type == nullptr || reflection->HasField(message, field.field) ? 1
                                                                                           : 0;
    for (int i = 0; i < size; ++i) {
      if (field.type != nullptr) {
        Collect(repeated ? reflection->GetRepeatedMessage(message, field.field, i)
                         : reflection->GetMessage(message, field.field),
                ids, guesses);
      } else if (const std::string id = repeated ? reflection->GetRepeatedString(message, field.field, i)
                                                 : reflection->GetString(message, field.field);
                 !id.empty()) {
        guesses->push_back(hash(id));
      }
    }
  }
}

}  // namespace

bool HoldsMasked(const Descriptor* type) {
  static TypeQuestion holds(HasMaskedField);
  return holds(type);
}

std::set<v1::Sensitivity> Mask(Message* message, const std::set<v1::Sensitivity>& unmask) {
  std::set<v1::Sensitivity> shown;
  if (HoldsMasked(message->GetDescriptor())) Walk(message, unmask, &shown);
  return shown;
}

std::vector<size_t> GuessesIn(const Message& request, bool ids) {
  std::vector<size_t> guesses;
  Collect(request, ids, &guesses);
  std::sort(guesses.begin(), guesses.end());
  guesses.erase(std::unique(guesses.begin(), guesses.end()), guesses.end());
  return guesses;
}

}  // namespace relief::server::access
