// When time alone may change what the rules say of a person.
#include <algorithm>
#include <set>

#include "server/coverage/coverage.h"
#include "server/coverage/rule.pb.h"
#include "server/coverage/rule_days.h"

namespace relief::coverage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Calls `use` with every message inside `message`, and the field that holds it.
template <typename Use>
void ForEachMessage(const Message& message, const Use& use) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                  : reflection.GetMessage(message, field);
      use(*field, inner);
      ForEachMessage(inner, use);
    }
  }
}

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::vector<int> DayParameters(const RuleSpec& rule) {
  std::set<int> days;
  ForEachMessage(rule, [&](const FieldDescriptor& field, const Message& message) {
    if (message.GetDescriptor() != Parameter::descriptor() || !EndsWith(field.name(), "_days")) return;
    const auto& parameter = static_cast<const Parameter&>(message);
    days.insert(parameter.value());
    for (const RegionValue& region : parameter.by_region()) days.insert(region.value());
  });
  return {days.begin(), days.end()};
}

// A rule looks at months of benefits, at whole days that a fact holds, and at days since a date of a record.
// So the findings stay as they are from one of these days to the next: the first of a month, a date of a
// record or the day after, either of them moved by a parameter in days, the first and the last day of a rule.
matcher::CivilDate RuleSet::NextChange(const PersonInput& person, matcher::CivilDate as_of) const {
  const int32_t today = as_of.days(), horizon = today + kHorizonDays;
  std::set<int32_t> days;
  const auto consider = [&](int64_t day) {
    if (day > today && day < horizon) days.insert(static_cast<int32_t>(day));
  };
  for (matcher::CivilDate first = as_of; first.days() < horizon;) {
    first = first.month == 12 ? matcher::CivilDate{static_cast<int16_t>(first.year + 1), 1, 1}
                              : matcher::CivilDate{first.year, static_cast<uint8_t>(first.month + 1), 1};
    consider(first.days());
  }
  for (int32_t day : boundary_days()) consider(day);
  for (const CoverageRecord& record : person.records) {
    ForEachMessage(*record.record, [&](const FieldDescriptor&, const Message& message) {
      if (message.GetDescriptor() != v1::Date::descriptor()) return;
      const auto& date = static_cast<const v1::Date&>(message);
      const matcher::CivilDate day{static_cast<int16_t>(date.year()), static_cast<uint8_t>(date.month()),
                                   static_cast<uint8_t>(date.day())};
      if (!day.valid()) return;
      for (int offset : day_parameters())
        for (int more : {0, 1}) consider(int64_t{day.days()} + offset + more);
    });
  }
  const std::vector<FindingDraft> now = Evaluate(person, as_of);
  for (int32_t day : days) {
    const matcher::CivilDate then = matcher::CivilDate::FromDays(day);
    if (!(Evaluate(person, then) == now)) return then;
  }
  return matcher::CivilDate::FromDays(horizon);
}

}  // namespace relief::coverage
