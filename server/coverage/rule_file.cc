#include "server/coverage/rule_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "server/coverage/timeline.h"

namespace relief::coverage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// A message and where its text begins; places count from 1, as editors do.
struct Place {
  const TextFormat::ParseInfoTree* tree = nullptr;
  int line = 0;
  int column = 0;
};

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(const std::string& file) : file_(file) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (!text_.empty()) return;
    line_ = line + 1;
    column_ = column + 1;
    text_ = message;
    // protobuf tells this one only after it has read the value: the place is that of what follows.
    if (message.rfind("Unknown enumeration value", 0) == 0) FindValue(message);
  }
  bool found() const { return !text_.empty(); }
  int line() const { return line_; }
  int column() const { return column_; }
  const std::string& text() const { return text_; }

 private:
  // The last line, up to the one reported, that holds the value which the message quotes.
  void FindValue(const std::string& message) {
    const size_t open = message.find('"'), close = message.find('"', open + 1);
    if (close == std::string::npos) return;
    const std::string value = message.substr(open + 1, close - open - 1);
    std::istringstream lines(file_);
    int number = 0, found = 0;
    size_t column = 0;
    for (std::string line; number < line_ && std::getline(lines, line);) {
      ++number;
      if (const size_t at = line.find(value); at != std::string::npos) {
        found = number;
        column = at;
      }
    }
    if (found == 0) return;
    line_ = found;
    column_ = static_cast<int>(column) + 1;
  }

  const std::string& file_;
  int line_ = 0, column_ = 0;
  std::string text_;
};

// Checks one rule. The first complaint is kept; later ones often follow from it.
class RuleChecker {
 public:
  explicit RuleChecker(std::string name) : name_(std::move(name)) {}

  const std::string& error() const { return error_; }

  std::string PlaceText(const Place& place) const {
    return name_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  }

  // Where a field (or its index-th value) stands; where it is absent, the message that lacks it.
  Place At(const Message& message, const Place& place, const char* field_name, int index = -1) const {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(field_name);
    const int at = field->is_repeated() ? index : -1;
    Place found = place;
    found.tree = nullptr;
    if (place.tree == nullptr || (field->is_repeated() && index < 0)) return found;
    const TextFormat::ParseLocation location = place.tree->GetLocation(field, at);
    if (location.line >= 0) {
      found.line = location.line + 1;
      found.column = location.column + 1;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        found.tree = place.tree->GetTreeForNested(field, at);
      }
    }
    return found;
  }

  void CheckRule(const RuleSpec& rule, const Place& place) {
    Require(!rule.id().empty(), rule, place, "id", "a rule needs an id");
    Require(rule.version() > 0, rule, place, "version", "version must be 1 or more");
    Require(rule.kind() != v1::FINDING_KIND_UNSPECIFIED && v1::FindingKind_IsValid(rule.kind()), rule, place,
            "kind", "kind must be one of FindingKind");
    Require(!rule.title_zh().empty(), rule, place, "title_zh", "title_zh is missing");
    Require(!rule.title_en().empty(), rule, place, "title_en", "title_en is missing");
    Require(!rule.legal_basis().empty(), rule, place, "legal_basis", "legal_basis is missing");
    Require(rule.has_basis_confirmed(), rule, place, "basis_confirmed",
            "basis_confirmed must be stated, true or false");
    Require(rule.severity() != v1::SEVERITY_UNSPECIFIED && v1::Severity_IsValid(rule.severity()), rule, place,
            "severity", "severity must be LOW, MEDIUM or HIGH");
    Require(rule.notify_size() > 0, rule, place, "notify", "notify names no programme");
    for (int i = 0; i < rule.notify_size(); ++i) {
      Require(v1::Programme_IsValid(rule.notify(i)) && rule.notify(i) != 0, rule, place, "notify",
              "notify must name programmes", i);
    }
    Require(rule.deadline_days() > 0, rule, place, "deadline_days", "deadline_days must be 1 or more");
    CheckDates(rule, place);
    CheckCondition(rule, place);
  }

 private:
  void Fail(const Place& place, const std::string& text) {
    if (error_.empty()) error_ = PlaceText(place) + ": " + text;
  }
  void Require(bool holds, const Message& message, const Place& place, const char* field,
               const std::string& text, int index = -1) {
    if (!holds) Fail(At(message, place, field, index), text);
  }

  void CheckDates(const RuleSpec& rule, const Place& place) {
    Require(rule.has_effective_from(), rule, place, "effective_from", "effective_from is missing");
    const auto exists = [](const v1::Date& date) {
      return date.year() >= 1800 && date.year() <= 2200 && date.month() >= 1 && date.month() <= 12 &&
             date.day() >= 1 && date.day() <= 31 &&
             matcher::CivilDate{static_cast<int16_t>(date.year()), static_cast<uint8_t>(date.month()),
                                static_cast<uint8_t>(date.day())}
                 .valid();
    };
    if (rule.has_effective_from()) {
      Require(exists(rule.effective_from()), rule, place, "effective_from", "effective_from is not a date");
    }
    if (!rule.has_effective_to()) return;
    Require(exists(rule.effective_to()), rule, place, "effective_to", "effective_to is not a date");
    if (!error_.empty()) return;
    Require(DayNumber(rule.effective_from()) <= DayNumber(rule.effective_to()), rule, place, "effective_to",
            "effective_to is before effective_from");
  }

  enum class Of { kBenefit, kFact };

  void CheckSelector(const Message& parent, const Place& place, const char* field, bool present,
                     const Selector& selector, Of of, int index = -1) {
    const Place at = At(parent, place, field, index);
    if (!present) return Fail(at, std::string(field) + " is missing");
    const bool programme = selector.programme() != v1::PROGRAMME_UNSPECIFIED;
    const bool fact = selector.fact() != v1::FACT_TYPE_UNSPECIFIED;
    if (!programme && !fact) return Fail(at, "an empty selector: name a programme or a fact");
    if (programme && fact) return Fail(at, "a selector names a programme or a fact, not both");
    if (programme && !v1::Programme_IsValid(selector.programme())) return Fail(at, "unknown programme");
    if (fact && !v1::FactType_IsValid(selector.fact())) return Fail(at, "unknown fact type");
    if (of == Of::kBenefit && fact) return Fail(at, std::string(field) + " must select benefits");
    if (of == Of::kFact && programme) return Fail(at, std::string(field) + " must select facts");
    Require(!fact || selector.forms_size() == 0, selector, at, "forms", "facts have no forms", 0);
    Require(!programme || selector.fact_values_size() == 0, selector, at, "fact_values",
            "benefits have no fact_values", 0);
    for (int i = 0; i < selector.forms_size(); ++i) {
      Require(v1::BenefitForm_IsValid(selector.forms(i)) && selector.forms(i) != 0, selector, at, "forms",
              "unknown form", i);
    }
    for (int i = 0; i < selector.fact_values_size(); ++i) {
      Require(!selector.fact_values(i).empty(), selector, at, "fact_values", "an empty fact value", i);
    }
  }

  template <typename Repeated>
  void CheckSelectors(const Message& parent, const Place& place, const char* field,
                      const Repeated& selectors) {
    if (selectors.empty()) Fail(place, std::string(field) + " is missing");
    for (int i = 0; i < selectors.size(); ++i) {
      CheckSelector(parent, place, field, true, selectors[i], Of::kBenefit, i);
    }
  }

  void CheckParameter(const Message& parent, const Place& place, const char* field, bool present,
                      const Parameter& parameter) {
    const Place at = At(parent, place, field);
    const std::string name(field);
    if (!present || !parameter.has_value()) return Fail(at, name + " needs a value");
    Require(parameter.value() >= 0, parameter, at, "value", name + " must not be negative");
    std::set<std::string> prefixes;
    for (int i = 0; i < parameter.by_region_size(); ++i) {
      const RegionValue& region = parameter.by_region(i);
      const Place inner = At(parameter, at, "by_region", i);
      const std::string& prefix = region.prefix();
      const bool digits =
          std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
      Require(digits && (prefix.size() == 2 || prefix.size() == 4 || prefix.size() == 6), region, inner,
              "prefix", "a region prefix has 2, 4 or 6 digits");
      Require(prefixes.insert(prefix).second, region, inner, "prefix", "this region prefix was set before");
      Require(region.has_value(), region, inner, "value", "a region needs a value");
      Require(region.value() >= 0, region, inner, "value", name + " must not be negative");
    }
  }

  void CheckFields(const Message& parent, const Place& place, const char* field,
                   const google::protobuf::RepeatedField<int>& fields) {
    for (int i = 0; i < fields.size(); ++i) {
      Require(fields[i] != FIELD_UNSPECIFIED && Field_IsValid(fields[i]), parent, place, field,
              "unknown field to compare", i);
    }
  }

  void CheckCondition(const RuleSpec& rule, const Place& place) {
    switch (rule.condition_case()) {
      case RuleSpec::kOverlap:
        return Check(rule.overlap(), At(rule, place, "overlap"));
      case RuleSpec::kRepeat:
        return Check(rule.repeat(), At(rule, place, "repeat"));
      case RuleSpec::kInvoiceRepeat:
        return CheckInvoice(rule.invoice_repeat(), At(rule, place, "invoice_repeat"));
      case RuleSpec::kInvoiceExcess:
        return CheckInvoice(rule.invoice_excess(), At(rule, place, "invoice_excess"));
      case RuleSpec::kGroupedCount:
        return Check(rule.grouped_count(), At(rule, place, "grouped_count"));
      case RuleSpec::kAfterDeath:
        return Check(rule.after_death(), At(rule, place, "after_death"));
      case RuleSpec::kMissing:
        return Check(rule.missing(), At(rule, place, "missing"));
      case RuleSpec::CONDITION_NOT_SET:
        Fail(place, "a rule needs a condition");
    }
  }

  void Check(const Overlap& overlap, const Place& at) {
    CheckSelector(overlap, at, "left", overlap.has_left(), overlap.left(), Of::kBenefit);
    CheckSelector(overlap, at, "right", overlap.has_right(), overlap.right(), Of::kBenefit);
    CheckParameter(overlap, at, "allowed_months", overlap.has_allowed_months(), overlap.allowed_months());
    CheckFields(overlap, at, "same", overlap.same());
    CheckFields(overlap, at, "different", overlap.different());
  }

  void Check(const Repeat& repeat, const Place& at) {
    CheckSelector(repeat, at, "selector", repeat.has_selector(), repeat.selector(), Of::kBenefit);
    CheckParameter(repeat, at, "within_days", repeat.has_within_days(), repeat.within_days());
    CheckFields(repeat, at, "same", repeat.same());
    CheckFields(repeat, at, "different", repeat.different());
  }

  template <typename Spec>
  void CheckInvoice(const Spec& spec, const Place& at) {
    CheckSelectors(spec, at, "settlements", spec.settlements());
    CheckSelector(spec, at, "strike_off", spec.has_strike_off(), spec.strike_off(), Of::kBenefit);
  }

  void Check(const GroupedCount& count, const Place& at) {
    CheckSelector(count, at, "selector", count.has_selector(), count.selector(), Of::kBenefit);
    Require(count.group_by() != FIELD_UNSPECIFIED && Field_IsValid(count.group_by()), count, at, "group_by",
            "group_by must name a field");
    Require(Field_IsValid(count.distinct()), count, at, "distinct", "unknown field to count");
    CheckParameter(count, at, "limit", count.has_limit(), count.limit());
  }

  void Check(const AfterDeath& after, const Place& at) {
    if (after.clauses().empty()) Fail(at, "clauses is missing");
    for (int i = 0; i < after.clauses_size(); ++i) {
      const AfterDeath::Clause& clause = after.clauses(i);
      const Place inner = At(after, at, "clauses", i);
      CheckSelector(clause, inner, "selector", clause.has_selector(), clause.selector(), Of::kBenefit);
      CheckParameter(clause, inner, "grace_months", clause.has_grace_months(), clause.grace_months());
    }
  }

  void Check(const Missing& missing, const Place& at) {
    CheckSelectors(missing, at, "base", missing.base());
    CheckParameter(missing, at, "base_min_months", missing.has_base_min_months(), missing.base_min_months());
    if (missing.has_fact()) CheckSelector(missing, at, "fact", true, missing.fact(), Of::kFact);
    if (missing.has_settlement()) {
      const Missing::Settlement& settlement = missing.settlement();
      const Place inner = At(missing, at, "settlement");
      CheckSelector(settlement, inner, "selector", settlement.has_selector(), settlement.selector(),
                    Of::kBenefit);
      CheckParameter(settlement, inner, "older_than_days", settlement.has_older_than_days(),
                     settlement.older_than_days());
    }
    CheckSelector(missing, at, "expected", missing.has_expected(), missing.expected(), Of::kBenefit);
    Require(missing.scope() != Missing::SCOPE_UNSPECIFIED && Missing::Scope_IsValid(missing.scope()), missing,
            at, "scope", "scope must be one of Missing.Scope");
    Require((missing.scope() == Missing::SAME_INVOICE) == missing.has_settlement(), missing, at, "scope",
            "SAME_INVOICE goes with a settlement trigger, and only with it");
  }

  std::string name_;
  std::string error_;
};

// Days are compared as numbers; a rule without an end runs on.
bool ShareADay(const RuleSpec& a, const RuleSpec& b) {
  const auto first = [](const RuleSpec& rule) { return DayNumber(rule.effective_from()); };
  const auto last = [](const RuleSpec& rule) {
    return rule.has_effective_to() ? DayNumber(rule.effective_to()) : INT32_MAX;
  };
  return first(a) <= last(b) && first(b) <= last(a);
}

}  // namespace

absl::StatusOr<std::vector<PlacedRule>> ParseRules(const std::string& name, const std::string& text) {
  RuleFile file;
  FirstError first_error(text);
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&first_error);
  parser.WriteLocationsTo(&tree);
  if (!parser.ParseFromString(text, &file)) {
    return absl::InvalidArgumentError(name + ":" + std::to_string(first_error.line()) + ":" +
                                      std::to_string(first_error.column()) + ": " + first_error.text());
  }
  std::vector<PlacedRule> rules;
  for (int i = 0; i < file.rules_size(); ++i) {
    RuleChecker checker(name);
    const Place place = checker.At(file, {&tree, 1, 1}, "rules", i);
    checker.CheckRule(file.rules(i), place);
    if (!checker.error().empty()) return absl::InvalidArgumentError(checker.error());
    rules.push_back({file.rules(i), checker.PlaceText(place)});
  }
  return rules;
}

absl::Status CheckDistinct(const std::vector<PlacedRule>& rules) {
  for (size_t i = 0; i < rules.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (rules[i].spec.id() != rules[j].spec.id()) continue;
      const std::string where = rules[i].place + ": rule " + rules[i].spec.id();
      if (rules[i].spec.version() == rules[j].spec.version()) {
        return absl::InvalidArgumentError(where + " has the version of the one at " + rules[j].place);
      }
      if (ShareADay(rules[i].spec, rules[j].spec)) {
        return absl::InvalidArgumentError(where + " is in force on the same days as the one at " +
                                          rules[j].place);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace relief::coverage
