// Facts and the special marks of awards: what rules name must be written as the contract says, or no rule
// would see it.
#include <gtest/gtest.h>

#include <functional>

#include "server/ingest/feed.h"

namespace relief::server::ingest {
namespace {

v1::Date Day(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

std::vector<v1::FieldError> ErrorsOfFact(v1::FactType type, const std::string& value,
                                         const std::function<void(v1::Fact&)>& change = nullptr) {
  v1::Source source;
  source.set_content(v1::Source::FACTS);
  v1::Record record;
  record.set_record_id("F1");
  record.mutable_person()->set_name("王试一");
  v1::Fact& fact = *record.mutable_fact();
  fact.set_type(type);
  fact.set_value(value);
  *fact.mutable_date() = Day(2026, 10, 1);
  if (change) change(fact);
  return ValidateRecord(source, record);
}

TEST(FactValues, AreThoseThatRulesName) {
  struct Case {
    v1::FactType type;
    const char *good, *bad;
  };
  for (const Case& c : std::initializer_list<Case>{{v1::DISABILITY, "1", "一级"},
                                                   {v1::DISABILITY, "", "5"},
                                                   {v1::DANGEROUS_HOUSE, "D", "E"},
                                                   {v1::HOUSE_DAMAGE, "COLLAPSED", "collapsed"},
                                                   {v1::CUSTODY, "PRISON", "服刑"},
                                                   {v1::UNATTENDED_CHILD_ALLOWANCE, "FULL", "全额"},
                                                   {v1::INSURED, "2026", ""},
                                                   {v1::REFUSED, "MEDICAL", ""},
                                                   {v1::APPLICATION, "MINIMUM_LIVING", "低保"},
                                                   {v1::INELIGIBLE, "HOUSING", "PROGRAMME_UNSPECIFIED"}}) {
    EXPECT_TRUE(ErrorsOfFact(c.type, c.good).empty()) << v1::FactType_Name(c.type);
    const auto errors = ErrorsOfFact(c.type, c.bad);
    ASSERT_EQ(errors.size(), 1u) << v1::FactType_Name(c.type);
    EXPECT_EQ(errors[0].field(), "fact.value");
    EXPECT_EQ(errors[0].reason(), v1::FieldError::INVALID);
  }
  EXPECT_TRUE(ErrorsOfFact(v1::SCHOOL_ENROLMENT, "义务教育").empty()) << "a stage is free text";
}

TEST(Facts, DoNotEndBeforeTheyBegin) {
  const auto ended = [](int day) {
    return [day](v1::Fact& fact) { *fact.mutable_end_date() = Day(2026, 9, day); };
  };
  EXPECT_TRUE(ErrorsOfFact(v1::EMPLOYED, "", [](auto& fact) {
                *fact.mutable_end_date() = Day(2026, 10, 1);
              }).empty());
  const auto errors = ErrorsOfFact(v1::EMPLOYED, "", ended(30));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].field(), "fact.end_date");
  EXPECT_EQ(errors[0].reason(), v1::FieldError::CONTRADICTION);
  const auto negative = ErrorsOfFact(v1::ORPHAN_ALLOWANCE, "", [](auto& fact) { fact.set_amount_fen(-1); });
  ASSERT_EQ(negative.size(), 1u);
  EXPECT_EQ(negative[0].field(), "fact.amount_fen");
}

TEST(Marks, AreKnownAndOtherAssistanceIsNegativeOnlyWhereItIsTakenBack) {
  v1::Source source;
  source.set_content(v1::Source::BENEFITS);
  source.set_programme(v1::MEDICAL);
  v1::Record record;
  record.set_record_id("Y1");
  record.mutable_person()->set_name("王试一");
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::MEDICAL);
  *benefit.mutable_pay_date() = Day(2026, 10, 1);
  benefit.set_form(v1::STRIKE_OFF);
  benefit.set_other_assisted_fen(-100);
  benefit.add_marks(v1::ADVANCE_RELIEF);
  EXPECT_TRUE(ValidateRecord(source, record).empty());
  benefit.set_form(v1::INPATIENT_SETTLEMENT);
  benefit.add_marks(static_cast<v1::BenefitMark>(99));
  const auto errors = ValidateRecord(source, record);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].field(), "benefit.other_assisted_fen");
  EXPECT_EQ(errors[1].field(), "benefit.marks");
}

}  // namespace
}  // namespace relief::server::ingest
