// Made-up persons for the tests of coverage: one line a record. Months are written "2026-03", days
// "2026-03-15".
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
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

inline matcher::RecordKey KeyOf(const std::string& id) { return matcher::RecordKey::Of("test", id); }

// Keeps `records` alive and in place: the references point into it.
inline std::vector<CoverageRecord> References(const std::vector<v1::Record>& records) {
  std::vector<CoverageRecord> references;
  for (const v1::Record& record : records) references.push_back({KeyOf(record.record_id()), &record});
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
