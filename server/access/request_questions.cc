#include "server/access/request_questions.h"

#include <algorithm>
#include <vector>

#include "relief/v1/report_service.pb.h"

namespace relief::server::access {

using google::protobuf::Message;

const v1::Purpose* PurposeOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("purpose");
  if (field == nullptr || field->message_type() != v1::Purpose::descriptor()) return nullptr;
  return &static_cast<const v1::Purpose&>(request.GetReflection()->GetMessage(request, field));
}

bool AsksForSmallFigures(const Message& request) {
  const auto* reflection = request.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(request, &fields);
  return std::any_of(fields.begin(), fields.end(), [&](const auto* field) {
    if (field->is_repeated()) return false;
    if (field->message_type() != nullptr) return AsksForSmallFigures(reflection->GetMessage(request, field));
    return field->enum_type() == v1::Disclosure_descriptor() &&
           reflection->GetEnumValue(request, field) == v1::DISCLOSURE_FULL;
  });
}

}  // namespace relief::server::access
