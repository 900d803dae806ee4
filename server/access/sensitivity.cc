#include "server/access/sensitivity.h"

#include <functional>

#include "relief/v1/record.pb.h"
#include "server/access/type_question.h"
#include "server/records/mask.h"

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
  return kind == v1::POSTAL_ADDRESS ? records::MaskDigits(text) : records::MaskNumber(text);
}

v1::Sensitivity KindOf(const FieldDescriptor* field) {
  return field->options().GetExtension(v1::sensitivity);
}

bool HasMaskedField(const Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i)
    if (IsMasked(KindOf(type->field(i)))) return true;
  return false;
}

void MaskField(Message* message, const FieldDescriptor* field, v1::Sensitivity kind) {
  const auto* reflection = message->GetReflection();
  if (!field->is_repeated())
    return reflection->SetString(message, field, Masked(kind, reflection->GetString(*message, field)));
  for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
    reflection->SetRepeatedString(message, field, i,
                                  Masked(kind, reflection->GetRepeatedString(*message, field, i)));
}

void Walk(Message* message, const std::set<v1::Sensitivity>& unmask, std::set<v1::Sensitivity>* shown) {
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
    }
  }
}

void Collect(const Message& message, std::vector<size_t>* persons) {
  const std::hash<std::string> hash;
  if (message.GetDescriptor() == v1::PersonIdentity::descriptor()) {
    const auto& identity = static_cast<const v1::PersonIdentity&>(message);
    persons->push_back(hash(identity.id_number().empty() ? identity.name() : identity.id_number()));
    return;
  }
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() != nullptr) {
      if (!field->is_repeated()) {
        Collect(reflection->GetMessage(message, field), persons);
      } else {
        for (int i = 0; i < reflection->FieldSize(message, field); ++i)
          Collect(reflection->GetRepeatedMessage(message, field, i), persons);
      }
    } else if (field->name() == "person_id" && !field->is_repeated()) {
      persons->push_back(hash(reflection->GetString(message, field)));
    } else if (field->name() == "record_id" && !field->is_repeated()) {
      persons->push_back(hash(reflection->GetString(message, field)));
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

std::vector<size_t> PersonsNamed(const Message& request) {
  std::vector<size_t> persons;
  Collect(request, &persons);
  return persons;
}

}  // namespace relief::server::access
