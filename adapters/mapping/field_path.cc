#include "adapters/mapping/field_path.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <limits>

namespace relief::adapters {

using google::protobuf::FieldDescriptor;

absl::StatusOr<FieldPath> FieldPath::Of(const std::string& path) {
  FieldPath result;
  result.path_ = path;
  const google::protobuf::Descriptor* message = v1::Record::descriptor();
  size_t at = 0;
  while (at <= path.size()) {
    const size_t dot = std::min(path.find('.', at), path.size());
    const std::string name = path.substr(at, dot - at);
    if (message == nullptr) return absl::NotFoundError("\"" + path + "\" goes on after a plain field");
    const FieldDescriptor* field = message->FindFieldByName(name);
    if (field == nullptr) return absl::NotFoundError("relief.v1.Record has no field \"" + path + "\"");
    if (!result.steps_.empty() && result.steps_.back()->is_repeated()) {
      return absl::NotFoundError("\"" + path + "\" goes through a repeated field");
    }
    result.steps_.push_back(field);
    message = field->message_type();
    at = dot + 1;
  }
  if (!result.TakesText() && !result.TakesInteger() && !result.TakesDate() && !result.TakesMonth() &&
      result.Enum() == nullptr) {
    return absl::NotFoundError("a cell cannot become \"" + path + "\"");
  }
  return result;
}

bool FieldPath::TakesText() const { return steps_.back()->cpp_type() == FieldDescriptor::CPPTYPE_STRING; }

bool FieldPath::TakesInteger() const {
  return steps_.back()->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
         steps_.back()->cpp_type() == FieldDescriptor::CPPTYPE_INT32;
}

bool FieldPath::TakesDate() const {
  return steps_.back()->message_type() == v1::Date::descriptor() && !steps_.back()->is_repeated();
}

bool FieldPath::TakesMonth() const {
  return steps_.back()->message_type() == v1::Month::descriptor() && !steps_.back()->is_repeated();
}

const google::protobuf::EnumDescriptor* FieldPath::Enum() const { return steps_.back()->enum_type(); }

bool FieldPath::Set(const FieldValue& value, v1::Record* record) const {
  google::protobuf::Message* message = record;
  for (size_t i = 0; i + 1 < steps_.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, steps_[i]);
  }
  const FieldDescriptor* field = steps_.back();
  const google::protobuf::Reflection* reflection = message->GetReflection();
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (field->is_repeated()) {
      reflection->AddString(message, field, *text);
    } else {
      reflection->SetString(message, field, *text);
    }
  } else if (const auto* date = std::get_if<v1::Date>(&value)) {
    reflection->MutableMessage(message, field)->CopyFrom(*date);
  } else if (const auto* month = std::get_if<v1::Month>(&value)) {
    reflection->MutableMessage(message, field)->CopyFrom(*month);
  } else {
    const int64_t number = std::get<int64_t>(value);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      reflection->SetInt64(message, field, number);
      return true;
    }
    if (number < std::numeric_limits<int32_t>::min() || number > std::numeric_limits<int32_t>::max())
      return false;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM && field->is_repeated()) {
      reflection->AddEnumValue(message, field, static_cast<int>(number));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection->SetEnumValue(message, field, static_cast<int>(number));
    } else {
      reflection->SetInt32(message, field, static_cast<int32_t>(number));
    }
  }
  return true;
}

std::string FieldPath::Text(const v1::Record& record) const {
  const google::protobuf::Message* message = &record;
  for (size_t i = 0; i + 1 < steps_.size(); ++i) {
    if (!message->GetReflection()->HasField(*message, steps_[i])) return "";
    message = &message->GetReflection()->GetMessage(*message, steps_[i]);
  }
  const FieldDescriptor* field = steps_.back();
  const google::protobuf::Reflection* reflection = message->GetReflection();
  if (field->is_repeated()) {
    std::string all;
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
      all += (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM
                  ? std::to_string(reflection->GetRepeatedEnumValue(*message, field, i))
                  : reflection->GetRepeatedString(*message, field, i)) +
             ",";
    return all;
  }
  if (!reflection->HasField(*message, field)) return "";
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(*message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(reflection->GetInt64(*message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(reflection->GetInt32(*message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::to_string(reflection->GetEnumValue(*message, field));
    default:
      return reflection->GetMessage(*message, field).ShortDebugString();
  }
}

}  // namespace relief::adapters
