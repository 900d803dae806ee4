#include "server/coverage/rule_checker.h"

#include <algorithm>
#include <set>

#include "server/coverage/timeline.h"

namespace relief::coverage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

constexpr int kMaxCount = 40000;  // days: more than a century
constexpr int kMaxAge = 150;

// A message and where its text begins; places count from 1, as editors do.
struct Place {
  const TextFormat::ParseInfoTree* tree = nullptr;
  int line = 0;
  int column = 0;
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
    Require(v1::Need_IsValid(rule.need()), rule, place, "need", "unknown need");
    Require(rule.kind() != v1::MISSING || rule.need() != v1::NEED_UNSPECIFIED, rule, place, "need",
            "a gap says what is needed");
    CheckDates(rule, place);
    CheckRegions(rule, place);
    CheckWhom(rule, place);
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
             date.day() >= 1 && date.day() <= 31 && CivilDateOf(date).valid();
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

  template <typename Region>
  void CheckPrefix(const Region& region, const Place& place, std::set<std::string>* prefixes) {
    const std::string& prefix = region.prefix();
    const bool digits =
        std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
    Require(digits && (prefix.size() == 2 || prefix.size() == 4 || prefix.size() == 6), region, place,
            "prefix", "a region prefix has 2, 4 or 6 digits");
    Require(prefixes->insert(prefix).second, region, place, "prefix", "this region prefix was set before");
  }

  void CheckRegions(const RuleSpec& rule, const Place& place) {
    std::set<std::string> prefixes;
    for (int i = 0; i < rule.regions_size(); ++i) {
      const RegionSetting& region = rule.regions(i);
      const Place inner = At(rule, place, "regions", i);
      CheckPrefix(region, inner, &prefixes);
      Require(v1::Severity_IsValid(region.severity()), region, inner, "severity", "unknown severity");
      Require(region.deadline_days() >= 0, region, inner, "deadline_days",
              "deadline_days must not be negative");
      Require(region.has_off() || region.severity() != v1::SEVERITY_UNSPECIFIED || region.deadline_days() > 0,
              rule, place, "regions", "a region that changes nothing", i);
    }
  }

  // Age, only_if, unless, silence, estimate.
  void CheckWhom(const RuleSpec& rule, const Place& place) {
    const bool of_person = rule.unit() != RuleSpec::HOUSEHOLD;
    Require(rule.unit() == RuleSpec::MEMBER || (rule.missing().expected_of_household().empty() &&
                                                rule.unanswered_lead().answer_of_household().empty()),
            rule, place, "unit", "help to the household goes with the unit MEMBER");
    if (rule.has_age()) CheckAge(rule, place, "age", rule.age());
    Require(of_person || !rule.has_age(), rule, place, "age", "age is for rules on persons");
    CheckSelectors(rule, place, "only_if", rule.only_if(), Of::kAny, false);
    CheckSelectors(rule, place, "unless", rule.unless(), Of::kAny, false);
    CheckSelectors(rule, place, "told_by", rule.told_by(), Of::kAny, false);
    Require(rule.told_by().empty() || rule.kind() == v1::MISSING, rule, place, "told_by",
            "goes with gaps (MISSING)");
    Require(rule.action_zh().empty() == rule.action_en().empty(), rule, place, "action_zh",
            "an action is said in Chinese and in English");
    Require(of_person || rule.only_if_size() == 0, rule, place, "only_if", "only_if is for rules on persons",
            0);
    Require(of_person || rule.unless_size() == 0, rule, place, "unless", "unless is for rules on persons", 0);
    if (rule.has_silence()) {
      const Place at = At(rule, place, "silence");
      const Silence& silence = rule.silence();
      CheckParameter(silence, at, "processing_days", silence.has_processing_days(),
                     silence.processing_days());
      CheckParameter(silence, at, "ineligible_days", silence.has_ineligible_days(),
                     silence.ineligible_days());
    }
    if (rule.has_estimate_fen()) {
      Require(rule.kind() == v1::MISSING, rule, place, "estimate_fen", "only gaps are estimated");
      CheckParameter(rule, place, "estimate_fen", true, rule.estimate_fen(), INT32_MAX);
    }
  }

  void CheckAge(const Message& parent, const Place& place, const char* field, const Age& age) {
    const Place at = At(parent, place, field);
    Require(age.from() >= 0 && age.from() <= kMaxAge, age, at, "from", "an age is from 0 to 150");
    Require(age.to() >= age.from() && age.to() <= kMaxAge, age, at, "to",
            "ends before it begins, or above 150");
    Require(age.women_from() >= 0 && age.women_from() <= kMaxAge, age, at, "women_from",
            "an age is from 0 to 150");
    Require(age.women_to() == 0 || (age.women_to() >= age.from() && age.women_to() <= kMaxAge), age, at,
            "women_to", "ends before it begins, or above 150");
    CheckOptional(age, at, "after_august_days", age.has_after_august_days(), age.after_august_days());
    Require(!age.has_after_august_days() || age.from_on_31_august(), age, at, "after_august_days",
            "goes with from_on_31_august");
  }

  enum class Of { kBenefit, kFact, kAny };

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
    Require(!fact || selector.except_forms_size() == 0, selector, at, "except_forms", "facts have no forms",
            0);
    Require(!fact || selector.except_marks_size() == 0, selector, at, "except_marks", "facts have no marks",
            0);
    Require(!fact || selector.except_stop_reasons_size() == 0, selector, at, "except_stop_reasons",
            "facts have no stop reasons", 0);
    Require(!programme || selector.fact_values_size() == 0, selector, at, "fact_values",
            "benefits have no fact_values", 0);
    for (int i = 0; i < selector.forms_size(); ++i) {
      Require(v1::BenefitForm_IsValid(selector.forms(i)) && selector.forms(i) != 0, selector, at, "forms",
              "unknown form", i);
    }
    for (int i = 0; i < selector.except_forms_size(); ++i) {
      Require(v1::BenefitForm_IsValid(selector.except_forms(i)) && selector.except_forms(i) != 0, selector,
              at, "except_forms", "unknown form", i);
    }
    for (int i = 0; i < selector.except_marks_size(); ++i) {
      Require(v1::BenefitMark_IsValid(selector.except_marks(i)) && selector.except_marks(i) != 0, selector,
              at, "except_marks", "unknown mark", i);
    }
    for (int i = 0; i < selector.fact_values_size(); ++i) {
      Require(!selector.fact_values(i).empty(), selector, at, "fact_values", "an empty fact value", i);
    }
  }

  template <typename Repeated>
  void CheckSelectors(const Message& parent, const Place& place, const char* field, const Repeated& selectors,
                      Of of, bool required = true) {
    if (required && selectors.empty()) Fail(place, std::string(field) + " is missing");
    for (int i = 0; i < selectors.size(); ++i) {
      CheckSelector(parent, place, field, true, selectors[i], of, i);
    }
  }

  void CheckParameter(const Message& parent, const Place& place, const char* field, bool present,
                      const Parameter& parameter, int most = kMaxCount) {
    const Place at = At(parent, place, field);
    const std::string name(field);
    if (!present || !parameter.has_value()) return Fail(at, name + " needs a value");
    Require(parameter.value() >= 0, parameter, at, "value", name + " must not be negative");
    Require(parameter.value() <= most, parameter, at, "value", name + " is too large");
    std::set<std::string> prefixes;
    for (int i = 0; i < parameter.by_region_size(); ++i) {
      const RegionValue& region = parameter.by_region(i);
      const Place inner = At(parameter, at, "by_region", i);
      CheckPrefix(region, inner, &prefixes);
      Require(region.has_value(), region, inner, "value", "a region needs a value");
      Require(region.value() >= 0, region, inner, "value", name + " must not be negative");
      Require(region.value() <= most, region, inner, "value", name + " is too large");
    }
  }

  void CheckOptional(const Message& parent, const Place& place, const char* field, bool present,
                     const Parameter& parameter, int most = kMaxCount) {
    if (present) CheckParameter(parent, place, field, true, parameter, most);
  }

  void CheckFields(const Message& parent, const Place& place, const char* field,
                   const google::protobuf::RepeatedField<int>& fields) {
    for (int i = 0; i < fields.size(); ++i) {
      Require(fields[i] != FIELD_UNSPECIFIED && Field_IsValid(fields[i]), parent, place, field,
              "unknown field to compare", i);
    }
  }

  void CheckCondition(const RuleSpec& rule, const Place& place) {
    Require(RuleSpec::Unit_IsValid(rule.unit()), rule, place, "unit", "unknown unit");
    const auto unit = [&](bool person, bool household, bool member = false) {
      const bool fits = rule.unit() == RuleSpec::HOUSEHOLD ? household
                        : rule.unit() == RuleSpec::MEMBER  ? member
                                                           : person;
      if (fits) return;
      Fail(At(rule, place, "unit"),
           household ? "this condition is on households" : "this condition is on persons");
    };
    switch (rule.condition_case()) {
      case RuleSpec::kOverlap:
        unit(true, true);
        return Check(rule.overlap(), At(rule, place, "overlap"));
      case RuleSpec::kRepeat:
        unit(true, true);
        return Check(rule.repeat(), At(rule, place, "repeat"));
      case RuleSpec::kInvoiceRepeat:
        unit(true, false);
        return CheckInvoice(rule.invoice_repeat(), At(rule, place, "invoice_repeat"));
      case RuleSpec::kInvoiceExcess:
        unit(true, false);
        return CheckInvoice(rule.invoice_excess(), At(rule, place, "invoice_excess"));
      case RuleSpec::kGroupedCount:
        unit(true, false);
        return Check(rule.grouped_count(), At(rule, place, "grouped_count"));
      case RuleSpec::kAfterDeath:
        unit(true, false);
        return Check(rule.after_death(), At(rule, place, "after_death"));
      case RuleSpec::kMissing:
        unit(true, false, true);
        return Check(rule.missing(), At(rule, place, "missing"));
      case RuleSpec::kHolding:
        unit(true, false);
        return CheckSelectors(rule.holding(), At(rule, place, "holding"), "benefit", rule.holding().benefit(),
                              Of::kBenefit);
      case RuleSpec::kAfterFacts:
        unit(true, false);
        return Check(rule.after_facts(), At(rule, place, "after_facts"));
      case RuleSpec::kEnded:
        unit(true, false);
        return Check(rule.ended(), At(rule, place, "ended"));
      case RuleSpec::kIdentity:
        unit(true, false);
        return Check(rule.identity(), At(rule, place, "identity"));
      case RuleSpec::kUnansweredLead:
        unit(true, false, true);
        return Check(rule.unanswered_lead(), At(rule, place, "unanswered_lead"));
      case RuleSpec::kAllJobless:
        unit(false, true);
        return Check(rule.all_jobless(), At(rule, place, "all_jobless"));
      case RuleSpec::kPartCovered:
        unit(false, true);
        return Check(rule.part_covered(), At(rule, place, "part_covered"));
      case RuleSpec::kHeldTooLong:
        unit(true, false);
        return Check(rule.held_too_long(), At(rule, place, "held_too_long"));
      case RuleSpec::kSharedAccount:
        unit(true, false);
        return Check(rule.shared_account(), At(rule, place, "shared_account"));
      case RuleSpec::kEarlyWarning:
        unit(false, true);
        Require(rule.kind() == v1::WARNING, rule, place, "kind", "an early warning is of the kind WARNING");
        return Check(rule.early_warning(), At(rule, place, "early_warning"));
      case RuleSpec::CONDITION_NOT_SET:
        Fail(place, "a rule needs a condition");
    }
  }

  void Check(const Overlap& overlap, const Place& at) {
    CheckSelectors(overlap, at, "left", overlap.left(), Of::kAny);
    CheckSelectors(overlap, at, "right", overlap.right(), Of::kAny);
    CheckParameter(overlap, at, "allowed_months", overlap.has_allowed_months(), overlap.allowed_months());
    CheckComparison(overlap, at);
  }

  void Check(const Repeat& repeat, const Place& at) {
    CheckSelector(repeat, at, "selector", repeat.has_selector(), repeat.selector(), Of::kBenefit);
    if (repeat.has_other()) CheckSelector(repeat, at, "other", true, repeat.other(), Of::kBenefit);
    CheckOptional(repeat, at, "within_days", repeat.has_within_days(), repeat.within_days());
    Require(repeat.has_within_days() || repeat.same_size() > 0, repeat, at, "within_days",
            "two payments of whatever day need something the same");
    CheckOptional(repeat, at, "allowed_times", repeat.has_allowed_times(), repeat.allowed_times());
    Require(!repeat.has_allowed_times() || !repeat.has_other(), repeat, at, "allowed_times",
            "allowed_times counts payments of one kind");
    CheckComparison(repeat, at);
  }

  template <typename Spec>
  void CheckComparison(const Spec& spec, const Place& at) {
    CheckFields(spec, at, "same", spec.same());
    CheckFields(spec, at, "different", spec.different());
    CheckFields(spec, at, "unless_same", spec.unless_same());
    CheckFields(spec, at, "unless_different", spec.unless_different());
  }

  void Check(const HeldTooLong& held, const Place& at) {
    CheckSelector(held, at, "selector", held.has_selector(), held.selector(), Of::kBenefit);
    CheckParameter(held, at, "months", held.has_months(), held.months());
    if (held.has_unless_began_at()) CheckAge(held, at, "unless_began_at", held.unless_began_at());
  }

  template <typename Spec>
  void CheckInvoice(const Spec& spec, const Place& at) {
    if constexpr (std::is_same_v<Spec, InvoiceExcess>)
      CheckSelectors(spec, at, "others", spec.others(), Of::kBenefit, false);
    CheckSelectors(spec, at, "settlements", spec.settlements(), Of::kBenefit);
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
      CheckSelector(clause, inner, "selector", clause.has_selector(), clause.selector(), Of::kAny);
      const bool by_days = clause.has_grace_days();
      if (!by_days || clause.has_grace_months())
        CheckParameter(clause, inner, "grace_months", clause.has_grace_months(), clause.grace_months());
      if (by_days) CheckParameter(clause, inner, "grace_days", true, clause.grace_days());
      Require(!by_days || !clause.has_grace_months(), clause, inner, "grace_days",
              "a clause counts months or days, not both");
    }
  }

  void Check(const AfterFacts& after, const Place& at) {
    CheckSelector(after, at, "fact", after.has_fact(), after.fact(), Of::kFact);
    CheckParameter(after, at, "times", after.has_times(), after.times());
    CheckSelectors(after, at, "benefit", after.benefit(), Of::kBenefit);
    CheckParameter(after, at, "grace_months", after.has_grace_months(), after.grace_months());
  }

  void Check(const Missing& missing, const Place& at) {
    const bool base = missing.base_size() > 0, trigger = missing.trigger_size() > 0;
    if (!base && !trigger) return Fail(at, "names neither a base nor a trigger");
    CheckSelectors(missing, at, "base", missing.base(), Of::kAny, false);
    if (base || missing.has_base_min_months())
      CheckParameter(missing, at, "base_min_months", missing.has_base_min_months(),
                     missing.base_min_months());
    Require(base || !missing.has_base_min_months(), missing, at, "base_min_months", "goes with a base");
    Require(missing.base_at() == Missing::DAY_OF_JUDGEMENT || (base && trigger), missing, at, "base_at",
            "DAY_OF_TRIGGER goes with a base and a trigger");
    CheckSelectors(missing, at, "trigger", missing.trigger(), Of::kFact, false);
    CheckOptional(missing, at, "trigger_min_days", missing.has_trigger_min_days(),
                  missing.trigger_min_days());
    CheckOptional(missing, at, "trigger_min_fen", missing.has_trigger_min_fen(), missing.trigger_min_fen(),
                  INT32_MAX);
    CheckOptional(missing, at, "trigger_kinds", missing.has_trigger_kinds(), missing.trigger_kinds());
    if (missing.has_settlement()) {
      const Missing::Settlement& settlement = missing.settlement();
      const Place inner = At(missing, at, "settlement");
      CheckSelector(settlement, inner, "selector", settlement.has_selector(), settlement.selector(),
                    Of::kBenefit);
      CheckParameter(settlement, inner, "older_than_days", settlement.has_older_than_days(),
                     settlement.older_than_days());
    }
    CheckSelectors(missing, at, "expected", missing.expected(), Of::kAny);
    CheckSelectors(missing, at, "expected_of_household", missing.expected_of_household(), Of::kAny, false);
    Require(!missing.base_optional() || (base && trigger), missing, at, "base_optional",
            "goes with a base and a trigger");
    Require(missing.scope() != Missing::SCOPE_UNSPECIFIED && Missing::Scope_IsValid(missing.scope()), missing,
            at, "scope", "scope must be one of Missing.Scope");
    Require((missing.scope() == Missing::SAME_INVOICE) == missing.has_settlement(), missing, at, "scope",
            "SAME_INVOICE goes with a settlement, and only with it");
    Require(missing.scope() != Missing::SINCE_TRIGGER || trigger, missing, at, "scope",
            "SINCE_TRIGGER goes with a trigger");
    CheckOptional(missing, at, "period_min_days", missing.has_period_min_days(), missing.period_min_days());
    Require(!missing.has_period_min_days() || missing.scope() == Missing::YEAR ||
                missing.scope() == Missing::TERM_OF_DAY,
            missing, at, "period_min_days", "goes with YEAR or TERM_OF_DAY");
  }

  void Check(const Ended& ended, const Place& at) {
    CheckSelectors(ended, at, "benefit", ended.benefit(), Of::kBenefit);
    CheckParameter(ended, at, "wait_months", ended.has_wait_months(), ended.wait_months());
    CheckParameter(ended, at, "within_months", ended.has_within_months(), ended.within_months());
    CheckSelectors(ended, at, "expected", ended.expected(), Of::kAny);
    CheckSelectors(ended, at, "trigger", ended.trigger(), Of::kFact, false);
    if (ended.trigger_size() > 0 || ended.has_trigger_within_months())
      CheckParameter(ended, at, "trigger_within_months", ended.has_trigger_within_months(),
                     ended.trigger_within_months());
  }

  void Check(const IdentityDispute& dispute, const Place& at) {
    Require(
        dispute.what() != IdentityDispute::WHAT_UNSPECIFIED && IdentityDispute::What_IsValid(dispute.what()),
        dispute, at, "what", "what must be one of IdentityDispute.What");
    const bool broken = dispute.what() == IdentityDispute::BROKEN_NUMBER ||
                        dispute.what() == IdentityDispute::ONLY_BROKEN_NUMBER;
    if (broken || dispute.has_recent_days())
      CheckParameter(dispute, at, "recent_days", dispute.has_recent_days(), dispute.recent_days());
    Require(broken || !dispute.has_recent_days(), dispute, at, "recent_days",
            "goes with numbers that cannot be");
  }

  void Check(const UnansweredLead& lead, const Place& at) {
    Require(lead.need() != v1::NEED_UNSPECIFIED && v1::Need_IsValid(lead.need()), lead, at, "need",
            "need must be one of Need");
    CheckSelectors(lead, at, "answer", lead.answer(), Of::kBenefit);
    CheckSelectors(lead, at, "answer_of_household", lead.answer_of_household(), Of::kBenefit, false);
    CheckParameter(lead, at, "high_days", lead.has_high_days(), lead.high_days());
    CheckParameter(lead, at, "medium_days", lead.has_medium_days(), lead.medium_days());
    CheckParameter(lead, at, "low_days", lead.has_low_days(), lead.low_days());
  }

  void Check(const AllJobless& jobless, const Place& at) {
    CheckSelectors(jobless, at, "base", jobless.base(), Of::kBenefit);
    if (!jobless.has_working_age()) Fail(at, "working_age is missing");
    CheckAge(jobless, at, "working_age", jobless.working_age());
    CheckSelectors(jobless, at, "unfit", jobless.unfit(), Of::kAny, false);
    CheckSelectors(jobless, at, "jobless", jobless.jobless(), Of::kFact);
    CheckSelectors(jobless, at, "at_work", jobless.at_work(), Of::kAny);
    CheckOptional(jobless, at, "jobless_min_days", jobless.has_jobless_min_days(),
                  jobless.jobless_min_days());
  }

  void Check(const EarlyWarning& warning, const Place& at) {
    CheckSelectors(warning, at, "base", warning.base(), Of::kAny);
    Require(warning.events_size() > 0, warning, at, "events", "an event is missing");
    for (int i = 0; i < warning.events_size(); ++i) {
      const EarlyWarning::Event& event = warning.events(i);
      const Place inner = At(warning, at, "events", i);
      CheckSelector(event, inner, "selector", event.has_selector(), event.selector(), Of::kFact);
      CheckParameter(event, inner, "within_days", event.has_within_days(), event.within_days());
      CheckOptional(event, inner, "min_fen", event.has_min_fen(), event.min_fen(), INT32_MAX);
      Require(event.points() > 0, event, inner, "points", "an event has points");
      if (event.has_age()) CheckAge(event, inner, "age", event.age());
    }
    CheckParameter(warning, at, "blue_points", warning.has_blue_points(), warning.blue_points());
    CheckParameter(warning, at, "yellow_points", warning.has_yellow_points(), warning.yellow_points());
    CheckParameter(warning, at, "red_points", warning.has_red_points(), warning.red_points());
    Require(warning.blue_points().value() <= warning.yellow_points().value() &&
                warning.yellow_points().value() <= warning.red_points().value(),
            warning, at, "yellow_points", "the levels rise from blue over yellow to red");
  }

  void Check(const SharedAccount& shared, const Place& at) {
    CheckSelectors(shared, at, "benefit", shared.benefit(), Of::kBenefit);
    CheckParameter(shared, at, "households", shared.has_households(), shared.households());
  }

  void Check(const PartCovered& part, const Place& at) {
    CheckSelector(part, at, "benefit", part.has_benefit(), part.benefit(), Of::kBenefit);
    CheckSelectors(part, at, "otherwise", part.otherwise(), Of::kAny, false);
    for (int i = 0; i < part.relations_size(); ++i)
      Require(!part.relations(i).empty(), part, at, "relations", "an empty relation", i);
  }

  std::string name_;
  std::string error_;
};

}  // namespace

CheckedRule CheckRule(const std::string& file_name, const RuleFile& file, int index,
                      const TextFormat::ParseInfoTree& tree) {
  RuleChecker checker(file_name);
  const Place place = checker.At(file, {&tree, 1, 1}, "rules", index);
  checker.CheckRule(file.rules(index), place);
  return {checker.PlaceText(place), checker.error()};
}

}  // namespace relief::coverage
