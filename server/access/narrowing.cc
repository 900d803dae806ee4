#include "server/access/narrowing.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "relief/v1/charity_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "server/access/meaning.h"

namespace relief::server::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What one filter can say of a scope: its programmes, and one prefix.
struct Part {
  bool all_programmes = false;
  std::set<v1::Programme> programmes;
  std::string prefix;
};

bool Covers(const Permit& permit, const v1::Subscription& wanted) {
  return std::any_of(permit.scopes.begin(), permit.scopes.end(), [&](const Scope& scope) {
    if (!scope.HasRegion(wanted.region_prefix())) return false;
    if (wanted.programmes().empty()) return scope.all_programmes;
    return std::all_of(wanted.programmes().begin(), wanted.programmes().end(), [&](int programme) {
      return scope.HasProgramme(static_cast<v1::Programme>(programme));
    });
  });
}

// The parts of the caller's scopes that lie within what the filter asks for.
std::vector<Part> Within(const Permit& permit, const std::set<v1::Programme>& asked,
                         const std::string& prefix) {
  std::vector<Part> parts;
  for (const Scope& scope : permit.scopes) {
    Part part;
    part.all_programmes = scope.all_programmes && asked.empty();
    if (asked.empty()) {
      part.programmes = scope.programmes;
    } else {
      for (const v1::Programme programme : asked)
        if (scope.HasProgramme(programme)) part.programmes.insert(programme);
    }
    if (!part.all_programmes && part.programmes.empty()) continue;
    if (scope.HasRegion(prefix)) {
      part.prefix = prefix;
      parts.push_back(part);
      continue;
    }
    for (const std::string& own : scope.region_prefixes) {
      if (!own.starts_with(prefix)) continue;
      part.prefix = own;
      parts.push_back(part);
    }
  }
  return parts;
}

// A message without `programmes` is about all of them.
absl::StatusOr<bool> NarrowFilter(const Permit& permit, bool cut_afterwards, const std::string& path,
                                  const FieldDescriptor* prefix, Message* filter) {
  const auto* reflection = filter->GetReflection();
  const FieldDescriptor* programmes = filter->GetDescriptor()->FindFieldByName("programmes");
  if (programmes != nullptr && !programmes->is_repeated()) programmes = nullptr;
  const std::string dot = path.empty() ? "" : path + ".";
  std::set<v1::Programme> asked;
  for (int p = 0; programmes != nullptr && p < reflection->FieldSize(*filter, programmes); ++p)
    asked.insert(static_cast<v1::Programme>(reflection->GetRepeatedEnumValue(*filter, programmes, p)));
  std::vector<Part> parts = Within(permit, asked, reflection->GetString(*filter, prefix));
  if (programmes == nullptr) std::erase_if(parts, [](const Part& part) { return !part.all_programmes; });
  if (parts.empty())
    return absl::PermissionDeniedError((path.empty() ? prefix->name() : path) +
                                       ": outside your programmes and regions");
  if (parts.size() > 1) {
    if (cut_afterwards) return false;
    return absl::InvalidArgumentError(dot + "region_prefix: name one of the regions that you see");
  }
  reflection->SetString(filter, prefix, parts[0].prefix);
  if (programmes == nullptr || parts[0].all_programmes) return true;
  reflection->ClearField(filter, programmes);
  for (const v1::Programme programme : parts[0].programmes)
    reflection->AddEnumValue(filter, programmes, programme);
  return true;
}

// `path` is the name of the message within the request, for errors.
absl::StatusOr<bool> NarrowWithin(const Permit& permit, bool cut_afterwards, const std::string& path,
                                  Message* message) {
  const Descriptor* type = message->GetDescriptor();
  const auto* reflection = message->GetReflection();
  // What says what will be sent or asked for is taken as it stands, or not at all.
  if (type == v1::Subscription::descriptor()) {
    if (Covers(permit, static_cast<const v1::Subscription&>(*message))) return true;
    return absl::PermissionDeniedError(path + ": wider than your programmes and regions");
  }
  if (type == v1::CharityProject::descriptor()) {
    const std::string& region = static_cast<const v1::CharityProject&>(*message).region_prefix();
    if (std::any_of(permit.scopes.begin(), permit.scopes.end(),
                    [&](const Scope& scope) { return scope.HasRegion(region); }))
      return true;
    return absl::PermissionDeniedError(path + ".region_prefix: outside your regions");
  }
  const FieldDescriptor* prefix = type->FindFieldByName("region_prefix");
  if (prefix != nullptr && prefix->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !prefix->is_repeated())
    return NarrowFilter(permit, cut_afterwards, path, prefix, message);
  bool exact = true;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->message_type() == nullptr || field->is_repeated()) continue;
    // A filter that is not there asks for everything.
    const bool filters = field->message_type()->FindFieldByName("region_prefix") != nullptr;
    if (!filters && !reflection->HasField(*message, field)) continue;
    if (field->containing_oneof() != nullptr && !reflection->HasField(*message, field)) continue;
    const std::string inner = path.empty() ? field->name() : path + "." + field->name();
    auto narrowed = NarrowWithin(permit, cut_afterwards, inner, reflection->MutableMessage(message, field));
    if (!narrowed.ok()) return narrowed;
    exact = exact && *narrowed;
  }
  return exact;
}

}  // namespace

bool IsListOfRows(const google::protobuf::MethodDescriptor* method) {
  const Descriptor* answer = method->output_type();
  const TypeMeaning* meaning = MeaningOf(answer);
  if (meaning == nullptr) return false;
  if (method->server_streaming()) return meaning->kind != TypeKind::kPlain;
  return answer->name().ends_with("Response") &&
         std::any_of(meaning->fields.begin(), meaning->fields.end(), [](const FieldMeaning& field) {
           return field.field->is_repeated() && field.type != nullptr && field.type->holds_judged;
         });
}

absl::StatusOr<bool> NarrowFilters(const Permit& permit, const google::protobuf::MethodDescriptor* method,
                                   Message* request) {
  return NarrowWithin(permit, IsListOfRows(method), "", request);
}

}  // namespace relief::server::access
