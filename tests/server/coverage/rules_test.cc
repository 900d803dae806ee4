// What each shipped rule opens on, and each exception that keeps it closed. The day of judgement is
// 2026-10-31.
#include <gtest/gtest.h>

#include <random>

#include "tests/server/coverage/person_file.h"

namespace relief::coverage {
namespace {

struct Case {
  std::string name;
  std::string rule;
  std::vector<v1::Record> records;
  std::set<std::string> expected;  // evidence of each finding of the rule: "a b"
  bool rest_bears = false;         // without one of them, the others bear a finding of their own
};

std::vector<FindingDraft> OfRule(const std::string& rule, const std::vector<v1::Record>& records,
                                 matcher::CivilDate as_of = kAsOf) {
  const std::vector<CoverageRecord> references = References(records);
  std::vector<FindingDraft> drafts = ShippedRules().Evaluate(references, as_of);
  std::erase_if(drafts, [&](const FindingDraft& draft) { return draft.rule_id != rule; });
  return drafts;
}

class ShippedRule : public testing::TestWithParam<Case> {};

TEST_P(ShippedRule, OpensOnExactlyTheseRecords) {
  const Case& c = GetParam();
  std::set<std::string> expected;
  for (const std::string& ids : c.expected) expected.insert(c.rule + ": " + ids);
  EXPECT_EQ(Lines(OfRule(c.rule, c.records), c.records), expected);
}

// Where a finding opened, it closes when any record in evidence goes; what is left opens no other of the same
// rule.
TEST_P(ShippedRule, ClosesWhenEvidenceGoes) {
  const Case& c = GetParam();
  if (c.expected.size() != 1 || c.rest_bears) return;
  const std::string evidence = " " + *c.expected.begin() + " ";
  if (std::count(evidence.begin(), evidence.end(), ' ') != 3) return;  // of three, two may remain a finding
  for (const v1::Record& gone : c.records) {
    if (evidence.find(" " + gone.record_id() + " ") == std::string::npos) continue;
    std::vector<v1::Record> left = c.records;
    std::erase_if(left, [&](const v1::Record& record) { return record.record_id() == gone.record_id(); });
    EXPECT_TRUE(OfRule(c.rule, left).empty()) << "without " << gone.record_id();
  }
}

std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.rule + info.param.name; }

const v1::BenefitForm kRental = v1::PUBLIC_RENTAL, kSubsidy = v1::RENT_SUBSIDY,
                      kRenovation = v1::HOUSE_RENOVATION;
const v1::BenefitForm kCare = v1::CONCENTRATED_CARE, kOutpatient = v1::OUTPATIENT_SETTLEMENT;
const v1::FactType kDeath = v1::DEATH, kSchool = v1::SCHOOL_ENROLMENT, kJobless = v1::REGISTERED_UNEMPLOYMENT;
const v1::FactType kDanger = v1::DANGEROUS_HOUSE, kDamage = v1::HOUSE_DAMAGE;

INSTANTIATE_TEST_SUITE_P(
    Duplicates, ShippedRule,
    testing::Values(
        Case{"TwoSharedMonths",
             "D01",
             {ExtremePoverty("t", "2026-02"), MinimumLiving("d", "2025-01", "2026-03")},
             {"d t"}},
        Case{"HandOverMonth",
             "D01",
             {ExtremePoverty("t", "2026-02"), MinimumLiving("d", "2025-01", "2026-02")},
             {}},
        Case{"NoSharedMonth",
             "D01",
             {ExtremePoverty("t", "2026-02"), MinimumLiving("d", "2025-01", "2026-01")},
             {}},
        Case{"AcrossTheYear",
             "D01",
             {ExtremePoverty("t", "2025-12"), MinimumLiving("d", "2025-01", "2026-01")},
             {"d t"}},
        Case{
            "OpenBothSides", "D01", {ExtremePoverty("t", "2026-09"), MinimumLiving("d", "2026-01")}, {"d t"}},
        Case{
            "OnlyThisMonthSoFar", "D01", {ExtremePoverty("t", "2026-10"), MinimumLiving("d", "2026-01")}, {}},
        Case{"FutureMonthsDoNotCount",
             "D01",
             {ExtremePoverty("t", "2026-10", "2027-05"), MinimumLiving("d", "2026-01", "2027-05")},
             {}},
        Case{"EndBeforeStart",
             "D01",
             {ExtremePoverty("t", "2026-05", "2026-01"), MinimumLiving("d", "2025-01")},
             {}},
        Case{"EachPair",
             "D01",
             {ExtremePoverty("t", "2026-01"), MinimumLiving("d", "2026-01", "2026-03"),
              MinimumLiving("e", "2026-05")},
             {"d t", "e t"}},
        Case{"TwoCounties",
             "D07",
             {MinimumLiving("a", "2026-01"), MinimumLiving("b", "2026-03", "", 0, "371311")},
             {"a b"}},
        Case{"OneCounty", "D07", {MinimumLiving("a", "2026-01"), MinimumLiving("b", "2026-03")}, {}},
        Case{"MoveWithHandOver",
             "D07",
             {MinimumLiving("a", "2026-01", "2026-03"), MinimumLiving("b", "2026-03", "", 0, "371311")},
             {}},
        Case{"CountyNotStated",
             "D07",
             {MinimumLiving("a", "2026-01"), MinimumLiving("b", "2026-03", "", 0, "")},
             {}},
        Case{"SameCauseOtherApproval",
             "D10",
             {Temporary("a", "火灾", "S1", "2026-01-01"), Temporary("b", "火灾", "S2", "2026-05-01")},
             {"a b"}},
        Case{"StagesOfOneApproval",
             "D10",
             {Temporary("a", "火灾", "S1", "2026-01-01"), Temporary("b", "火灾", "S1", "2026-05-01")},
             {}},
        Case{"OtherCause",
             "D10",
             {Temporary("a", "火灾", "S1", "2026-01-01"), Temporary("b", "车祸", "S2", "2026-05-01")},
             {}},
        Case{"CauseNotStated",
             "D10",
             {Temporary("a", "", "S1", "2026-01-01"), Temporary("b", "", "S2", "2026-05-01")},
             {}},
        Case{"After365Days",
             "D10",
             {Temporary("a", "火灾", "S1", "2025-01-01"), Temporary("b", "火灾", "S2", "2026-01-01")},
             {"a b"}},
        Case{"After366Days",
             "D10",
             {Temporary("a", "火灾", "S1", "2025-01-01"), Temporary("b", "火灾", "S2", "2026-01-02")},
             {}},
        Case{"Twice",
             "D13",
             {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
              Settlement("b", "I1", "2026-02-01", 100, 50, 30)},
             {"a b"}},
        Case{"StruckOffAndSettledAgain",
             "D13",
             {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
              StrikeOff("s", "I1", "2026-01-04", 100, 50, 30),
              Settlement("b", "I1", "2026-02-01", 100, 50, 30)},
             {}},
        Case{"ThreeWithOneStruckOff",
             "D13",
             {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
              StrikeOff("s", "I1", "2026-01-04", 100, 50, 30),
              Settlement("b", "I1", "2026-02-01", 100, 50, 30),
              Settlement("c", "I1", "2026-03-01", 100, 50, 30)},
             {"a b c"}},
        Case{"TwoInvoices",
             "D13",
             {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
              Settlement("b", "I2", "2026-02-01", 100, 50, 30)},
             {}},
        Case{"InvoiceNotStated",
             "D13",
             {Settlement("a", "", "2026-01-01", 100, 50, 30), Settlement("b", "", "2026-02-01", 100, 50, 30)},
             {}},
        Case{"SecondWithoutAssistance",
             "D13",
             {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
              Settlement("b", "I1", "2026-02-01", 100, 50, 0)},
             {}},
        Case{"MoreThanTheCost", "D14", {Settlement("a", "I1", "2026-01-01", 100, 60, 41)}, {"a"}},
        Case{"ExactlyTheCost", "D14", {Settlement("a", "I1", "2026-01-01", 100, 60, 40)}, {}},
        Case{"LeftToD13",
             "D14",
             {Settlement("a", "I1", "2026-01-01", 100, 60, 41),
              Settlement("b", "I1", "2026-02-01", 100, 60, 40)},
             {}},
        Case{"StrikeOffTakesAway",
             "D14",
             {Settlement("a", "I1", "2026-01-01", 100, 60, 41),
              StrikeOff("s", "I1", "2026-01-05", 100, 60, 41)},
             {}},
        Case{"CostNotStated", "D14", {Settlement("a", "I1", "2026-01-01", 0, 0, 41)}, {}},
        Case{"TwoInAYear", "D15", {Subsidy("a", 2026), Subsidy("b", 2026)}, {"a b"}},
        Case{"TwoYears", "D15", {Subsidy("a", 2025), Subsidy("b", 2026)}, {}},
        Case{"YearNotStated", "D15", {Subsidy("a", 0), Subsidy("b", 0)}, {}},
        Case{"RentalAndSubsidy",
             "D16",
             {Housing("a", kRental, "2026-01"), Housing("b", kSubsidy, "2026-03")},
             {"a b"}},
        Case{"HandOverMonth",
             "D16",
             {Housing("a", kRental, "2026-01", "2026-03"), Housing("b", kSubsidy, "2026-03")},
             {}},
        Case{"RentalAndRenovation",
             "D16",
             {Housing("a", kRental, "2026-01"), Housing("b", kRenovation, "2026-03")},
             {}},
        Case{"TwoSchools", "D19", {Grant("a", "2026秋", "一中"), Grant("b", "2026秋", "二中")}, {"a b"}},
        Case{"OneSchoolTwoGrants", "D19", {Grant("a", "2026秋", "一中"), Grant("b", "2026秋", "一中")}, {}},
        Case{"TwoTerms", "D19", {Grant("a", "2026春", "一中"), Grant("b", "2026秋", "二中")}, {}},
        Case{"ConcentratedCare",
             "D23",
             {ExtremePoverty("t", "2026-01", "", 0, kCare), Housing("h", kSubsidy, "2026-02")},
             {"h t"}},
        Case{"DispersedCare", "D23", {ExtremePoverty("t", "2026-01"), Housing("h", kSubsidy, "2026-02")}, {}},
        Case{"HandOverMonth",
             "D23",
             {ExtremePoverty("t", "2026-01", "", 0, kCare), Housing("h", kSubsidy, "2025-02", "2026-01")},
             {}}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Death, ShippedRule,
    testing::Values(Case{"SupportInTheMonthAfter",
                         "D20",
                         {ExtremePoverty("t", "2025-01", "2026-04"), FactOf("x", kDeath, "2026-03-31")},
                         {"t x"}},
                    Case{"SupportInTheMonthOfDeath",
                         "D20",
                         {ExtremePoverty("t", "2025-01", "2026-03"), FactOf("x", kDeath, "2026-03-01")},
                         {}},
                    Case{"AllowanceInTheThirdMonth",
                         "D20",
                         {MinimumLiving("d", "2025-01", "2026-06"), FactOf("x", kDeath, "2026-03-31")},
                         {}},
                    Case{"AllowanceInTheFourthMonth",
                         "D20",
                         {MinimumLiving("d", "2025-01", "2026-07"), FactOf("x", kDeath, "2026-03-31")},
                         {"d x"}},
                    Case{"OpenAllowance",
                         "D20",
                         {MinimumLiving("d", "2025-01"), FactOf("x", kDeath, "2026-06-01")},
                         {"d x"}},
                    Case{"OpenAllowanceInGrace",
                         "D20",
                         {MinimumLiving("d", "2025-01"), FactOf("x", kDeath, "2026-07-01")},
                         {}},
                    Case{"GraceAcrossTheYear",
                         "D20",
                         {MinimumLiving("d", "2025-01", "2026-03"), FactOf("x", kDeath, "2025-11-30")},
                         {"d x"}},
                    Case{"EarliestReportCounts",
                         "D20",
                         {ExtremePoverty("t", "2025-01", "2026-04"), FactOf("x", kDeath, "2026-03-31"),
                          FactOf("y", kDeath, "2026-05-02")},
                         {"t x"}},
                    Case{
                        "ReportWithdrawn",
                        "D20",
                        {ExtremePoverty("t", "2025-01"), FactOf("x", kDeath, "2026-03-31", "", "2026-04-02")},
                        {}}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Gaps, ShippedRule,
    testing::Values(
        Case{"NoSubsidy", "M01", {MinimumLiving("d", "2026-07")}, {"d"}},
        Case{"BaseTooYoung", "M01", {MinimumLiving("d", "2026-08")}, {}},
        Case{"OldAndYoungBase",
             "M01",
             {MinimumLiving("d", "2026-07"), ExtremePoverty("t", "2026-09")},
             {"d t"},
             true},
        Case{"Subsidised", "M01", {MinimumLiving("d", "2026-07"), Subsidy("s", 2026)}, {}},
        Case{"SubsidisedLastYear", "M01", {MinimumLiving("d", "2026-07"), Subsidy("s", 2025)}, {"d"}},
        Case{"BaseEnded", "M01", {MinimumLiving("d", "2026-01", "2026-09")}, {}},
        Case{"BaseEndsThisMonth", "M01", {MinimumLiving("d", "2026-01", "2026-10")}, {"d"}},
        Case{"BaseInTheFuture", "M01", {MinimumLiving("d", "2026-11")}, {}},
        Case{"Dead", "M01", {MinimumLiving("d", "2026-01"), FactOf("x", kDeath, "2026-10-30")}, {}},
        Case{"NoBase", "M01", {Settlement("a", "I1", "2026-05-01", 100, 50, 0)}, {}},
        Case{"CostLeft",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 50, 0)},
             {"a d"}},
        Case{"ThirtyDaysOld",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-10-01", 100, 50, 0)},
             {}},
        Case{"ThirtyOneDaysOld",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-09-30", 100, 50, 0)},
             {"a d"}},
        Case{"NothingLeft",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 100, 0)},
             {}},
        Case{"Assisted",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 50, 1)},
             {}},
        Case{"AssistedOnTheSameInvoice",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 50, 0),
              Settlement("b", "I1", "2026-06-01", 100, 50, 20)},
             {}},
        Case{"AssistedOnAnotherInvoice",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 50, 0),
              Settlement("b", "I2", "2026-06-01", 100, 50, 20)},
             {"a d"}},
        Case{"BeforeTheBase",
             "M02",
             {MinimumLiving("d", "2026-06"), Settlement("a", "I1", "2026-05-31", 100, 50, 0)},
             {}},
        Case{"FirstMonthOfTheBase",
             "M02",
             {MinimumLiving("d", "2026-05"), Settlement("a", "I1", "2026-05-31", 100, 50, 0)},
             {"a d"}},
        Case{"CoveredThenAndNowByOthers",
             "M02",
             {MinimumLiving("d", "2026-01", "2026-05"), ExtremePoverty("t", "2026-06"),
              Settlement("a", "I1", "2026-05-31", 100, 50, 0)},
             {"a d"}},
        Case{"NoLongerOnABenefit",
             "M02",
             {MinimumLiving("d", "2026-01", "2026-05"), Settlement("a", "I1", "2026-05-31", 100, 50, 0)},
             {}},
        Case{"Outpatient",
             "M02",
             {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 50, 0, kOutpatient)},
             {}},
        Case{"NoGrant", "M03", {MinimumLiving("d", "2026-07"), FactOf("f", kSchool, "2026-09-01")}, {"d f"}},
        Case{
            "GrantThisTerm",
            "M03",
            {MinimumLiving("d", "2026-07"), FactOf("f", kSchool, "2026-09-01"), Grant("g", "2026秋", "一中")},
            {}},
        Case{
            "GrantLastTerm",
            "M03",
            {MinimumLiving("d", "2026-07"), FactOf("f", kSchool, "2026-09-01"), Grant("g", "2026春", "一中")},
            {"d f"}},
        Case{"BaseTooYoung", "M03", {MinimumLiving("d", "2026-08"), FactOf("f", kSchool, "2026-09-01")}, {}},
        Case{"LeftSchool",
             "M03",
             {MinimumLiving("d", "2026-07"), FactOf("f", kSchool, "2025-09-01", "", "2026-07-01")},
             {}},
        Case{"LeavesSchoolToday",
             "M03",
             {MinimumLiving("d", "2026-07"), FactOf("f", kSchool, "2025-09-01", "", "2026-10-31")},
             {"d f"}},
        Case{"NotOnARoll", "M03", {MinimumLiving("d", "2026-07")}, {}},
        Case{"GradeD",
             "M05",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDanger, "2026-01-01", "D")},
             {"d f"}},
        Case{"GradeB", "M05", {MinimumLiving("d", "2026-10"), FactOf("f", kDanger, "2026-01-01", "B")}, {}},
        Case{"AnyHousingEver",
             "M05",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDanger, "2026-01-01", "D"),
              Housing("h", kRental, "2024-01", "2024-02")},
             {}},
        Case{"FirstReportNamesIt",
             "M05",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDanger, "2026-01-02", "D"),
              FactOf("e", kDanger, "2026-01-01", "C")},
             {"d e"},
             true},
        Case{"ReportOfTomorrow",
             "M05",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDanger, "2026-11-01", "D")},
             {}},
        Case{"Unemployed",
             "M06",
             {MinimumLiving("d", "2026-10"), FactOf("f", kJobless, "2026-01-01")},
             {"d f"}},
        Case{"OnlyTheAllowanceCounts",
             "M06",
             {ExtremePoverty("t", "2026-01"), FactOf("f", kJobless, "2026-01-01")},
             {}},
        Case{"HelpedToWork",
             "M06",
             {MinimumLiving("d", "2026-10"), FactOf("f", kJobless, "2026-01-01"), Help("h", v1::EMPLOYMENT)},
             {}},
        Case{"Collapsed",
             "M09",
             {ExtremePoverty("t", "2026-10"), FactOf("f", kDamage, "2026-07-12", "COLLAPSED")},
             {"f t"}},
        Case{"Severe",
             "M09",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDamage, "2026-07-12", "SEVERE")},
             {"d f"}},
        Case{"Moderate",
             "M09",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDamage, "2026-07-12", "MODERATE")},
             {}},
        Case{"Relieved",
             "M09",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDamage, "2026-07-12", "SEVERE"),
              Help("h", v1::DISASTER)},
             {}},
        Case{"Dead",
             "M09",
             {MinimumLiving("d", "2026-10"), FactOf("f", kDamage, "2026-07-12", "SEVERE"),
              FactOf("x", kDeath, "2026-10-31")},
             {}}),
    CaseName);

struct AmountCase {
  std::string name;
  std::string rule;
  std::vector<v1::Record> records;
  int64_t fen;
  int overlap_months;
};

class AmountInQuestion : public testing::TestWithParam<AmountCase> {};

TEST_P(AmountInQuestion, IsWhatTheHeaderSays) {
  const AmountCase& c = GetParam();
  const std::vector<FindingDraft> drafts = OfRule(c.rule, c.records);
  ASSERT_EQ(drafts.size(), 1u);
  EXPECT_EQ(drafts[0].amount_fen, c.fen);
  EXPECT_EQ(static_cast<int>(drafts[0].overlap_months.size()), c.overlap_months);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, AmountInQuestion,
    testing::Values(
        AmountCase{"MonthsBeyondTheHandOver",
                   "D01",
                   {ExtremePoverty("t", "2026-08", "", 900), MinimumLiving("d", "2026-01", "", 400)},
                   2 * 400,
                   3},
        AmountCase{"OneUnknown",
                   "D01",
                   {ExtremePoverty("t", "2026-08"), MinimumLiving("d", "2026-01", "", 400)},
                   0,
                   3},
        AmountCase{"SmallerPayment",
                   "D10",
                   {Temporary("a", "火灾", "S1", "2026-01-01", 700),
                    Temporary("b", "火灾", "S2", "2026-05-01", 500)},
                   500,
                   0},
        AmountCase{"Surplus",
                   "D13",
                   {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
                    Settlement("b", "I1", "2026-02-01", 100, 50, 20)},
                   20,
                   0},
        AmountCase{"SurplusAfterStrikeOff",
                   "D13",
                   {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
                    StrikeOff("s", "I1", "2026-01-04", 100, 50, 30),
                    Settlement("b", "I1", "2026-02-01", 100, 50, 20),
                    Settlement("c", "I1", "2026-03-01", 100, 50, 10)},
                   10,
                   0},
        AmountCase{"Excess", "D14", {Settlement("a", "I1", "2026-01-01", 100, 60, 47)}, 7, 0},
        AmountCase{"AllButTheLargest",
                   "D15",
                   {Subsidy("a", 2026, 200), Subsidy("b", 2026, 380), Subsidy("c", 2026, 100)},
                   300,
                   0},
        AmountCase{"SecondGrant",
                   "D19",
                   {Grant("a", "2026秋", "一中", 625), Grant("b", "2026秋", "二中", 500)},
                   500,
                   0},
        AmountCase{"MonthsAfterDeath",
                   "D20",
                   {ExtremePoverty("t", "2025-01", "2026-06", 1000), FactOf("x", kDeath, "2026-03-31")},
                   3000,
                   3},
        AmountCase{"MonthsAfterGrace",
                   "D20",
                   {MinimumLiving("d", "2025-01", "2026-08", 500), FactOf("x", kDeath, "2026-03-31")},
                   1000,
                   2},
        AmountCase{"CostLeft",
                   "M02",
                   {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 55, 0)},
                   45,
                   0}),
    [](const testing::TestParamInfo<AmountCase>& info) { return info.param.rule + info.param.name; });

TEST(FindingId, StaysWhenALaterPaymentOfTheInvoiceJoins) {
  std::vector<v1::Record> records = {Settlement("a", "I1", "2026-01-01", 100, 50, 30),
                                     Settlement("b", "I1", "2026-02-01", 100, 50, 30)};
  const std::vector<FindingDraft> before = OfRule("D13", records);
  records.push_back(Settlement("c", "I1", "2026-03-01", 100, 50, 30));
  const std::vector<FindingDraft> after = OfRule("D13", records);
  ASSERT_EQ(before.size(), 1u);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(before[0].finding_id, after[0].finding_id);
  EXPECT_EQ(after[0].evidence.size(), 3u);
  EXPECT_EQ(before[0].finding_id.size(), 18u);
  EXPECT_EQ(before[0].finding_id.substr(0, 2), "F-");
}

TEST(FindingId, StaysInTheNextMonthAndChangesInTheNextYear) {
  const std::vector<v1::Record> records = {MinimumLiving("d", "2026-01")};
  const std::string october = OfRule("M01", records).at(0).finding_id;
  EXPECT_EQ(OfRule("M01", records, {2026, 11, 30}).at(0).finding_id, october);
  EXPECT_NE(OfRule("M01", records, {2027, 1, 1}).at(0).finding_id, october);
}

TEST(FindingId, TellsPairsAndPersonsApart) {
  const std::vector<v1::Record> three = {MinimumLiving("a", "2026-01"),
                                         MinimumLiving("b", "2026-01", "", 0, "371311"),
                                         MinimumLiving("c", "2026-01", "", 0, "371312")};
  std::set<std::string> ids;
  for (const FindingDraft& draft : OfRule("D07", three)) ids.insert(draft.finding_id);
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_NE(OfRule("D15", {Subsidy("a", 2026), Subsidy("b", 2026)}).at(0).finding_id,
            OfRule("D15", {Subsidy("c", 2026), Subsidy("d", 2026)}).at(0).finding_id);
}

TEST(Describe, FillsWhatTheRuleSays) {
  v1::Finding finding;
  ASSERT_TRUE(ShippedRules().Describe("D20", {2026, 12, 20}, &finding));
  EXPECT_EQ(finding.rule_id(), "D20");
  EXPECT_EQ(finding.rule_version(), 1);
  EXPECT_EQ(finding.kind(), v1::STATUS);
  EXPECT_EQ(finding.severity(), v1::HIGH);
  EXPECT_EQ(finding.title_zh(), "死亡后仍在发放");
  EXPECT_EQ(finding.notify_size(), 2);
  EXPECT_EQ(finding.due_date().year(), 2027);
  EXPECT_EQ(finding.due_date().month(), 1);
  EXPECT_EQ(finding.due_date().day(), 4);
  EXPECT_FALSE(ShippedRules().Describe("D99", kAsOf, &finding));
}

TEST(Evaluate, FindsNothingInNoRecordsOrWithdrawnOnes) {
  EXPECT_TRUE(ShippedRules().Evaluate(PersonInput{}, kAsOf).empty());
  std::vector<v1::Record> records = {MinimumLiving("d", "2026-01")};
  records[0].set_deleted(true);
  EXPECT_TRUE(ShippedRules().Evaluate(References(records), kAsOf).empty());
}

}  // namespace
}  // namespace relief::coverage
