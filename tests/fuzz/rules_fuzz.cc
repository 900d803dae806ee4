// Rule files. A file that is refused says where ("input:LINE:COLUMN: ..."); one that is taken can be
// evaluated as it stands, with the same findings whatever the order of a person's records.
#include <algorithm>

#include "server/coverage/coverage.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief;

namespace {

constexpr matcher::CivilDate kToday = {2026, 10, 31};

v1::Record Monthly(v1::Programme programme, int from, int64_t fen) {
  v1::Record record;
  record.mutable_household()->set_household_id("H1");
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(programme);
  benefit.mutable_start_month()->set_year(from / 100);
  benefit.mutable_start_month()->set_month(from % 100);
  benefit.set_amount_fen(fen);
  benefit.set_paying_region("371302");
  return record;
}

v1::Record Reported(v1::FactType type, int year, int month, int day, const std::string& value = "") {
  v1::Record record;
  v1::Fact& fact = *record.mutable_fact();
  fact.set_type(type);
  fact.set_value(value);
  fact.mutable_date()->set_year(year);
  fact.mutable_date()->set_month(month);
  fact.mutable_date()->set_day(day);
  return record;
}

// One person with something of everything, so that most conditions have work.
const std::vector<v1::Record>& Person() {
  static const std::vector<v1::Record> records = [] {
    std::vector<v1::Record> made = {Monthly(v1::MINIMUM_LIVING, 202601, 50000),
                                    Monthly(v1::EXTREME_POVERTY, 202603, 90000),
                                    Monthly(v1::HOUSING, 202512, 0),
                                    Reported(v1::DISABILITY, 2020, 2, 29, "1"),
                                    Reported(v1::DEATH, 2026, 8, 1),
                                    Reported(v1::SCHOOL_ENROLMENT, 2024, 9, 1, "SENIOR")};
    v1::Record bill = Monthly(v1::MEDICAL, 202605, 10000);
    bill.mutable_benefit()->clear_start_month();
    *bill.mutable_benefit()->mutable_pay_date() = made[4].fact().date();
    bill.mutable_benefit()->set_invoice_number("I-1");
    bill.mutable_benefit()->set_total_cost_fen(90000);
    made.push_back(bill);
    made.push_back(bill);
    return made;
  }();
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto rules = coverage::RuleSet::Parse("input", text);
  if (!rules.ok()) {
    HOLDS(absl::IsInvalidArgument(rules.status()));
    HOLDS(rules.status().message().substr(0, 6) == "input:");
    return 0;
  }
  std::vector<coverage::CoverageRecord> records;
  for (size_t i = 0; i < Person().size(); ++i)
    records.push_back({matcher::RecordKey::Of("s", std::to_string(i)), &Person()[i], "s"});
  const auto found = (*rules)->Evaluate(records, kToday);
  const coverage::PersonInput members[] = {{records}};
  const auto of_household = (*rules)->EvaluateHousehold(members, kToday);
  HOLDS((*rules)->NextChange(records, kToday) > kToday);
  std::reverse(records.begin(), records.end());
  HOLDS((*rules)->Evaluate(records, kToday) == found);
  HOLDS((*rules)->EvaluateHousehold(members, kToday) == of_household);
  for (const auto& draft : found) {
    v1::Finding finding;
    HOLDS((*rules)->Describe(draft.rule_id, kToday, &finding, draft.region));
    HOLDS(draft.amount_fen >= 0 && !draft.evidence.empty());
  }
  return 0;
}
