// Made-up persons for the tests of coverage: one line a record. Months are written "2026-03", days
// "2026-03-15".
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/coverage/coverage.h"

namespace relief::coverage {

inline v1::Month MonthOf(const std::string& text) {
  int year = 0, month = 0;
  EXPECT_EQ(std::sscanf(text.c_str(), "%d-%d", &year, &month), 2) << text;
  v1::Month result;
  result.set_year(year);
  result.set_month(month);
  return result;
}

inline v1::Date DateOf(const std::string& text) {
  int year = 0, month = 0, day = 0;
  EXPECT_EQ(std::sscanf(text.c_str(), "%d-%d-%d", &year, &month, &day), 3) << text;
  v1::Date result;
  result.set_year(year);
  result.set_month(month);
  result.set_day(day);
  return result;
}

// A benefit that runs by months; an empty end is an open one.
inline v1::Record Monthly(const std::string& id, v1::Programme programme, const std::string& start,
                          const std::string& end = "", int64_t fen = 0, const std::string& region = "371302",
                          v1::BenefitForm form = v1::BENEFIT_FORM_UNSPECIFIED) {
  v1::Record record;
  record.set_record_id(id);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(programme);
  *benefit.mutable_start_month() = MonthOf(start);
  if (!end.empty()) *benefit.mutable_end_month() = MonthOf(end);
  benefit.set_amount_fen(fen);
  benefit.set_paying_region(region);
  benefit.set_form(form);
  return record;
}

inline v1::Record MinimumLiving(const std::string& id, const std::string& start, const std::string& end = "",
                                int64_t fen = 0, const std::string& region = "371302") {
  return Monthly(id, v1::MINIMUM_LIVING, start, end, fen, region);
}
inline v1::Record ExtremePoverty(const std::string& id, const std::string& start, const std::string& end = "",
                                 int64_t fen = 0, v1::BenefitForm form = v1::DISPERSED_CARE) {
  return Monthly(id, v1::EXTREME_POVERTY, start, end, fen, "371302", form);
}
inline v1::Record Housing(const std::string& id, v1::BenefitForm form, const std::string& start,
                          const std::string& end = "") {
  return Monthly(id, v1::HOUSING, start, end, 0, "371302", form);
}

inline v1::Record Temporary(const std::string& id, const std::string& cause, const std::string& approval,
                            const std::string& day, int64_t fen = 0, const std::string& region = "371302") {
  v1::Record record;
  record.set_record_id(id);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::TEMPORARY);
  benefit.set_cause(cause);
  benefit.set_approval_number(approval);
  *benefit.mutable_pay_date() = DateOf(day);
  benefit.set_amount_fen(fen);
  benefit.set_paying_region(region);
  return record;
}

inline v1::Record Settlement(const std::string& id, const std::string& invoice, const std::string& day,
                             int64_t total, int64_t insured, int64_t assistance,
                             v1::BenefitForm form = v1::INPATIENT_SETTLEMENT) {
  v1::Record record;
  record.set_record_id(id);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::MEDICAL);
  benefit.set_form(form);
  benefit.set_invoice_number(invoice);
  *benefit.mutable_pay_date() = DateOf(day);
  benefit.set_total_cost_fen(total);
  benefit.set_insured_fen(insured);
  benefit.set_amount_fen(assistance);
  benefit.set_paying_region("371302");
  return record;
}
inline v1::Record StrikeOff(const std::string& id, const std::string& invoice, const std::string& day,
                            int64_t total, int64_t insured, int64_t assistance) {
  return Settlement(id, invoice, day, -total, -insured, -assistance, v1::STRIKE_OFF);
}
inline v1::Record Subsidy(const std::string& id, int year, int64_t fen = 38000) {
  v1::Record record;
  record.set_record_id(id);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::MEDICAL);
  benefit.set_form(v1::INSURANCE_SUBSIDY);
  benefit.set_benefit_year(year);
  benefit.set_amount_fen(fen);
  return record;
}
inline v1::Record Grant(const std::string& id, const std::string& term, const std::string& school,
                        int64_t fen = 0) {
  v1::Record record;
  record.set_record_id(id);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::EDUCATION);
  benefit.set_term(term);
  benefit.set_school(school);
  benefit.set_amount_fen(fen);
  return record;
}
inline v1::Record Help(const std::string& id, v1::Programme programme) {
  v1::Record record;
  record.set_record_id(id);
  record.mutable_benefit()->set_programme(programme);
  return record;
}
inline v1::Record FactOf(const std::string& id, v1::FactType type, const std::string& day,
                         const std::string& value = "", const std::string& end = "") {
  v1::Record record;
  record.set_record_id(id);
  v1::Fact& fact = *record.mutable_fact();
  fact.set_type(type);
  fact.set_value(value);
  *fact.mutable_date() = DateOf(day);
  if (!end.empty()) *fact.mutable_end_date() = DateOf(end);
  return record;
}

// What a record says besides, to be written around one of the above.
inline v1::Record Marked(v1::Record record, v1::BenefitMark mark) {
  record.mutable_benefit()->add_marks(mark);
  return record;
}
inline v1::Record InHousehold(v1::Record record, const std::string& household,
                              const std::string& relation = "户主") {
  record.mutable_household()->set_household_id(household);
  record.mutable_household()->set_relation(relation);
  return record;
}
inline v1::Record Born(v1::Record record, const std::string& day) {
  *record.mutable_person()->mutable_birth_date() = DateOf(day);
  return record;
}
inline v1::Record Numbered(v1::Record record, const std::string& number) {
  record.mutable_person()->set_id_number(number);
  return record;
}
inline v1::Record OfSex(v1::Record record, v1::Sex sex) {
  record.mutable_person()->set_sex(sex);
  return record;
}
inline v1::Record AtInstitution(v1::Record record, const std::string& institution) {
  record.mutable_fact()->set_institution(institution);
  return record;
}
inline v1::Record OfAmount(v1::Record record, int64_t fen) {
  if (record.has_fact()) record.mutable_fact()->set_amount_fen(fen);
  if (record.has_benefit()) record.mutable_benefit()->set_amount_fen(fen);
  return record;
}
inline v1::Record OfHouse(v1::Record record, const std::string& house, const std::string& contract = "") {
  record.mutable_benefit()->set_house_id(house);
  record.mutable_benefit()->set_contract_number(contract);
  return record;
}
inline v1::Record InCounty(v1::Record record, const std::string& region) {
  record.mutable_benefit()->set_paying_region(region);
  return record;
}
inline v1::Record OfItem(v1::Record record, const std::string& item) {
  record.mutable_benefit()->set_sub_item(item);
  return record;
}
inline v1::Record Named(v1::Record record, const std::string& name) {
  record.mutable_person()->set_name(name);
  return record;
}
// So much was paid back: a strike-off, of the programme and county of what it is put around.
inline v1::Record PaidBack(v1::Record record, int64_t fen) {
  record.mutable_benefit()->set_form(v1::STRIKE_OFF);
  record.mutable_benefit()->set_amount_fen(-fen);
  return record;
}
inline v1::Record OfEvent(v1::Record record, const std::string& event) {
  if (record.has_fact()) record.mutable_fact()->set_event_id(event);
  if (record.has_benefit()) record.mutable_benefit()->set_event_id(event);
  return record;
}
inline v1::Record WithInvoice(v1::Record record, const std::string& number) {
  record.mutable_benefit()->set_invoice_number(number);
  return record;
}
inline v1::Record GivenByOthers(v1::Record record, int64_t fen) {
  record.mutable_benefit()->set_other_assisted_fen(fen);
  return record;
}
inline v1::Record OfDecision(v1::Record record, const std::string& day) {
  *record.mutable_benefit()->mutable_decision_date() = DateOf(day);
  return record;
}
inline v1::Record Stopped(v1::Record record, const std::string& reason) {
  record.mutable_benefit()->set_stop_reason(reason);
  return record;
}

inline v1::Record Employment(const std::string& id, v1::BenefitForm form, const std::string& start,
                             const std::string& end = "") {
  return Monthly(id, v1::EMPLOYMENT, start, end, 0, "371302", form);
}
inline v1::Record Relief(const std::string& id, v1::BenefitForm form, const std::string& day,
                         const std::string& event = "") {
  v1::Record record = Help(id, v1::DISASTER);
  record.mutable_benefit()->set_form(form);
  record.mutable_benefit()->set_event_id(event);
  *record.mutable_benefit()->mutable_pay_date() = DateOf(day);
  return record;
}
inline v1::Record LeadOf(const std::string& id, v1::Need need, const std::string& day,
                         v1::Severity urgency = v1::SEVERITY_UNSPECIFIED, const std::string& closed = "") {
  v1::Record record;
  record.set_record_id(id);
  v1::Lead& lead = *record.mutable_lead();
  lead.set_need(need);
  *lead.mutable_found_date() = DateOf(day);
  lead.set_urgency(urgency);
  if (!closed.empty()) *lead.mutable_closed_date() = DateOf(closed);
  return record;
}

inline matcher::RecordKey KeyOf(const std::string& id) { return matcher::RecordKey::Of("test", id); }

// Keeps `records` alive and in place: the references point into it.
inline std::vector<CoverageRecord> References(const std::vector<v1::Record>& records) {
  std::vector<CoverageRecord> references;
  for (const v1::Record& record : records) references.push_back({KeyOf(record.record_id()), &record, "test"});
  return references;
}

// "D01: a b": the rule and the ids in evidence, in order.
inline std::string Line(const std::string& rule, std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  std::string line = rule + ":";
  for (const std::string& id : ids) line += " " + id;
  return line;
}
inline std::set<std::string> Lines(const std::vector<FindingDraft>& drafts,
                                   const std::vector<v1::Record>& records) {
  std::map<matcher::RecordKey, std::string> names;
  for (const v1::Record& record : records) names[KeyOf(record.record_id())] = record.record_id();
  std::set<std::string> lines;
  for (const FindingDraft& draft : drafts) {
    std::vector<std::string> ids;
    for (const matcher::RecordKey& key : draft.evidence) ids.push_back(names.at(key));
    lines.insert(Line(draft.rule_id, ids));
  }
  return lines;
}

// The shipped rules, as they are and with those switched on that only some regions apply.
inline std::string ShippedText() {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(RELIEF_RULES_DIR)) {
    std::ifstream file(entry.path());
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  return text;
}
inline std::shared_ptr<const RuleSet> ParsedRules(const std::string& text) {
  auto rules = RuleSet::Parse("rules", text);
  EXPECT_TRUE(rules.ok()) << rules.status().ToString();
  return rules.ok() ? *rules : nullptr;
}
inline std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}
inline const RuleSet& AllRulesOn() {
  static const std::shared_ptr<const RuleSet> rules =
      ParsedRules(Replaced(ShippedText(), "\n  off: true\n", "\n"));
  return *rules;
}

// The shipped rules, loaded once.
inline const RuleSet& ShippedRules() {
  static const std::shared_ptr<const RuleSet> rules = [] {
    auto loaded = RuleSet::LoadDirectory(RELIEF_RULES_DIR);
    EXPECT_TRUE(loaded.ok()) << loaded.status().ToString();
    return loaded.ok() ? *loaded : nullptr;
  }();
  return *rules;
}

constexpr matcher::CivilDate kAsOf{2026, 10, 31};

}  // namespace relief::coverage
