#include "server/access/policy_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using google::protobuf::TextFormat;

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + message;
  }
  std::string text;
};

// The first complaint is kept; later ones often follow from it.
class Checker {
 public:
  explicit Checker(std::string name) : name_(std::move(name)) {}

  // Where a field (or its index-th value) stands; where it is absent, where its message does.
  struct Place {
    const TextFormat::ParseInfoTree* tree = nullptr;
    int line = 1, column = 1;
  };
  static Place At(const Message& message, const Place& place, const char* field_name, int index = -1) {
    const auto* field = message.GetDescriptor()->FindFieldByName(field_name);
    Place found = place;
    found.tree = nullptr;
    if (place.tree == nullptr || (field->is_repeated() && index < 0)) return found;
    const auto location = place.tree->GetLocation(field, index);
    if (location.line < 0) return found;
    found.line = location.line + 1;
    found.column = location.column + 1;
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE)
      found.tree = place.tree->GetTreeForNested(field, index);
    return found;
  }
  std::string Text(const Place& place) const {
    return name_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  void Require(bool holds, const Message& message, const Place& place, const char* field,
               const std::string& text, int index = -1) {
    if (!holds && error_.empty()) error_ = Text(At(message, place, field, index)) + ": " + text;
  }

  // Says something, and something that there is: the text format takes any number for the name of a value.
  static bool Names(int value, bool (*is_valid)(int)) { return value != 0 && is_valid(value); }

  void CheckMethod(const MethodRule& rule, const Place& place) {
    Require(!rule.method().empty(), rule, place, "method", "method is missing");
    Require(rule.roles_size() > 0, rule, place, "roles", "roles: at least one");
    for (int i = 0; i < rule.roles_size(); ++i)
      Require(Names(rule.roles(i), Role_IsValid), rule, place, "roles", "roles must name roles", i);
    Require(Names(rule.class_(), CallClass_IsValid), rule, place, "class",
            "class must name a class of calls");
  }

  void CheckLimit(const RateLimit& limit, const Place& place) {
    Require(Names(limit.class_(), CallClass_IsValid), limit, place, "class",
            "class must name a class of calls");
    Require(limit.calls_per_minute() > 0, limit, place, "calls_per_minute", "calls_per_minute: 1 or more");
    Require(limit.burst() >= 0, limit, place, "burst", "burst: not negative");
  }

  void CheckGrant(const Grant& grant, const Place& place) {
    Require(grant.roles_size() > 0, grant, place, "roles", "roles: at least one");
    for (int i = 0; i < grant.roles_size(); ++i)
      Require(Names(grant.roles(i), Role_IsValid), grant, place, "roles", "roles must name roles", i);
    Require(!grant.all_programmes() || grant.programmes_size() == 0, grant, place, "programmes",
            "programmes and all_programmes exclude each other", 0);
    for (int i = 0; i < grant.programmes_size(); ++i)
      Require(Names(grant.programmes(i), v1::Programme_IsValid), grant, place, "programmes",
              "programmes must name programmes", i);
    Require(!grant.whole_country() || grant.region_prefixes_size() == 0, grant, place, "region_prefixes",
            "region_prefixes and whole_country exclude each other", 0);
    for (int i = 0; i < grant.region_prefixes_size(); ++i) {
      const std::string& prefix = grant.region_prefixes(i);
      const bool digits =
          std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
      Require(digits && (prefix.size() == 2 || prefix.size() == 4 || prefix.size() == 6), grant, place,
              "region_prefixes", "a region prefix has 2, 4 or 6 digits", i);
    }
    for (int i = 0; i < grant.purposes_size(); ++i)
      Require(Names(grant.purposes(i), v1::Purpose::Kind_IsValid), grant, place, "purposes",
              "purposes must name purposes", i);
    for (int i = 0; i < grant.unmask_size(); ++i)
      Require(Names(grant.unmask(i), v1::Sensitivity_IsValid), grant, place, "unmask",
              "unmask must name kinds of fields", i);
    Require(grant.unmask().empty() || grant.has_unmask_to(), grant, place, "unmask_to",
            "unmask_to: the right to see fields unmasked ends some day");
    const v1::Date& to = grant.unmask_to();
    Require(!grant.has_unmask_to() || (to.year() >= 2000 && to.year() <= 2200 && to.month() >= 1 &&
                                       to.month() <= 12 && to.day() >= 1 && to.day() <= 31),
            grant, place, "unmask_to", "unmask_to: not a day");
  }

  void CheckCaller(const Caller& caller, const Place& place) {
    Require(!caller.id().empty(), caller, place, "id", "id is missing");
    Require(caller.grants_size() > 0, caller, place, "grants", "a caller needs a grant");
    for (int i = 0; i < caller.grants_size(); ++i)
      CheckGrant(caller.grants(i), At(caller, place, "grants", i));
    for (int i = 0; i < caller.limits_size(); ++i)
      CheckLimit(caller.limits(i), At(caller, place, "limits", i));
  }

  const std::string& error() const { return error_; }

 private:
  const std::string name_;
  std::string error_;
};

}  // namespace

absl::StatusOr<PlacedPolicy> ParsePolicyFile(const std::string& name, const std::string& text) {
  PlacedPolicy placed;
  PolicyFile& file = placed.file;
  FirstError first_error;
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&first_error);
  parser.WriteLocationsTo(&tree);
  if (!parser.ParseFromString(text, &file)) return absl::InvalidArgumentError(name + ":" + first_error.text);
  Checker checker(name);
  const Checker::Place top{&tree, 1, 1};
  for (int i = 0; i < file.methods_size(); ++i) {
    const auto place = Checker::At(file, top, "methods", i);
    checker.CheckMethod(file.methods(i), place);
    placed.method_places.push_back(checker.Text(place));
  }
  for (int i = 0; i < file.callers_size(); ++i) {
    const auto place = Checker::At(file, top, "callers", i);
    checker.CheckCaller(file.callers(i), place);
    placed.caller_places.push_back(checker.Text(place));
  }
  for (int i = 0; i < file.limits_size(); ++i)
    checker.CheckLimit(file.limits(i), Checker::At(file, top, "limits", i));
  if (file.has_look_up_limit()) {
    const auto place = Checker::At(file, top, "look_up_limit");
    checker.Require(file.look_up_limit().distinct_persons() > 0, file.look_up_limit(), place,
                    "distinct_persons", "distinct_persons: 1 or more");
    checker.Require(file.look_up_limit().seconds() > 0, file.look_up_limit(), place, "seconds",
                    "seconds: 1 or more");
  }
  if (!checker.error().empty()) return absl::InvalidArgumentError(checker.error());
  return placed;
}

}  // namespace relief::server::access
