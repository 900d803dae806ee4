// The shipped rules against the tables of cases_*.cc, and what their findings are called and worth.
#include <gtest/gtest.h>

#include <algorithm>

#include "server/coverage/timeline.h"
#include "tests/server/coverage/rule_cases.h"

namespace relief::coverage {
namespace {

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (const auto& cases : {DuplicateCases(), AllowanceCases(), StatusCases(), IdentityCases(), GapCases(),
                            ListCases(), HouseholdCases(), LeadCases(), TwiceCases(), WarningCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

std::vector<FindingDraft> OfRule(const std::string& rule, const std::vector<v1::Record>& records,
                                 matcher::CivilDate as_of = kAsOf,
                                 const std::vector<v1::Record>& other_member = {}) {
  const std::vector<CoverageRecord> references = References(records), others = References(other_member);
  std::vector<FindingDraft> drafts = AllRulesOn().Evaluate(references, as_of);
  const PersonInput members[] = {{references}, {others}};
  for (const FindingDraft& draft : AllRulesOn().EvaluateHousehold(members, as_of)) drafts.push_back(draft);
  std::erase_if(drafts, [&](const FindingDraft& draft) { return draft.rule_id != rule; });
  return drafts;
}

std::set<std::string> LinesOf(const Case& c) {
  std::vector<v1::Record> all = c.records;
  all.insert(all.end(), c.other_member.begin(), c.other_member.end());
  return Lines(OfRule(c.rule, c.records, c.as_of, c.other_member), all);
}

class ShippedRule : public testing::TestWithParam<Case> {};

TEST_P(ShippedRule, OpensOnExactlyTheseRecords) {
  const Case& c = GetParam();
  std::set<std::string> expected;
  for (const std::string& ids : c.expected) expected.insert(c.rule + ": " + ids);
  EXPECT_EQ(LinesOf(c), expected);
}

// Where a finding opened, it closes when any record in evidence goes, and opens again as the same when it
// comes back.
TEST_P(ShippedRule, ClosesWhenEvidenceGoes) {
  const Case& c = GetParam();
  if (c.expected.size() != 1 || c.rest_bears) return;
  const std::string evidence = " " + *c.expected.begin() + " ";
  if (std::count(evidence.begin(), evidence.end(), ' ') > 3) return;  // of three, two may remain a finding
  const auto without = [&](std::vector<v1::Record> records, const std::string& gone) {
    std::erase_if(records, [&](const v1::Record& record) { return record.record_id() == gone; });
    return records;
  };
  std::vector<v1::Record> all = c.records;
  all.insert(all.end(), c.other_member.begin(), c.other_member.end());
  for (const v1::Record& gone : all) {
    if (evidence.find(" " + gone.record_id() + " ") == std::string::npos) continue;
    EXPECT_TRUE(OfRule(c.rule, without(c.records, gone.record_id()), c.as_of,
                       without(c.other_member, gone.record_id()))
                    .empty())
        << "without " << gone.record_id();
  }
}

TEST_P(ShippedRule, SaysTheSameInEveryOrder) {
  Case c = GetParam();
  const std::set<std::string> expected = LinesOf(c);
  std::reverse(c.records.begin(), c.records.end());
  std::reverse(c.other_member.begin(), c.other_member.end());
  EXPECT_EQ(LinesOf(c), expected);
  if (c.other_member.empty()) return;
  std::swap(c.records, c.other_member);
  EXPECT_EQ(LinesOf(c), expected);
}

INSTANTIATE_TEST_SUITE_P(Case, ShippedRule, testing::ValuesIn(AllCases()),
                         [](const testing::TestParamInfo<Case>& info) {
                           return info.param.rule + info.param.name;
                         });

// The rules on doubts of the matcher and on accounts have tests of their own below: they look at other
// persons' records.
TEST(ShippedRules, HaveEachACaseThatOpensAndOneThatDoesNot) {
  std::set<std::string> opens = {"D25D", "D26C", "D27"}, closed = opens;
  for (const Case& c : AllCases()) (c.expected.empty() ? closed : opens).insert(c.rule);
  const std::vector<std::string> ids = ShippedRules().rule_ids();
  EXPECT_EQ(opens, std::set<std::string>(ids.begin(), ids.end()));
  EXPECT_EQ(closed, std::set<std::string>(ids.begin(), ids.end()));
}

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
        AmountCase{"FactAndBenefit",
                   "D02A",
                   {ExtremePoverty("t", "2026-08", "", 900),
                    OfAmount(FactOf("f", v1::ORPHAN_ALLOWANCE, "2026-01-15"), 1500)},
                   2 * 900,
                   2},
        AmountCase{"NursingAfterDeath",
                   "D20B",
                   {OfAmount(FactOf("f", v1::DISABILITY_NURSING_SUBSIDY, "2025-01-01"), 120),
                    FactOf("x", kDeath, "2026-07-31")},
                   2 * 120,
                   2},
        AmountCase{
            "WithOthers", "D14", {GivenByOthers(Settlement("a", "I1", "2026-01-01", 100, 60, 30), 15)}, 5, 0},
        AmountCase{"MonthsBeyondTheHandOver",
                   "D01",
                   {ExtremePoverty("t", "2026-08", "", 900), MinimumLiving("d", "2026-01", "", 400)},
                   2 * 400,
                   2},
        AmountCase{"OneUnknown",
                   "D01",
                   {ExtremePoverty("t", "2026-08"), MinimumLiving("d", "2026-01", "", 400)},
                   2 * 400,
                   2},
        AmountCase{
            "ByTheQuarter",
            "D07",
            {MinimumLiving("a", "2026-01", "2026-03", 300), MinimumLiving("b", "2026-04", "2026-06", 400),
             MinimumLiving("c", "2026-07", "2026-09", 600), MinimumLiving("x", "2026-01", "", 500, "371311")},
            2 * 300 + 3 * 400 + 3 * 500,
            8},
        AmountCase{
            "ByTheMonth",
            "D07",
            {MinimumLiving("a", "2026-01", "2026-01", 300), MinimumLiving("b", "2026-02", "2026-02", 300),
             MinimumLiving("c", "2026-03", "2026-03", 300), MinimumLiving("x", "2025-01", "", 500, "371311")},
            2 * 300,
            2},
        AmountCase{"OneHandOverForTwoStretches",
                   "D01",
                   {ExtremePoverty("t", "2025-01", "", 900), MinimumLiving("d", "2025-03", "2025-04", 400),
                    MinimumLiving("e", "2026-03", "2026-04", 300)},
                   400 + 2 * 300,
                   3},
        AmountCase{"BesideAFlat",
                   "D16",
                   {Housing("a", kRental, "2026-01"), OfAmount(Housing("b", kSubsidy, "2026-01"), 300)},
                   9 * 300,
                   9},
        AmountCase{"FromTheMonthAfterTheArrest",
                   "D21",
                   {MinimumLiving("d", "2025-01", "", 300), FactOf("f", v1::CUSTODY, "2026-06-10", "PRISON")},
                   4 * 300,
                   4},
        AmountCase{"GrantedInCustody",
                   "D21",
                   {MinimumLiving("d", "2026-08", "", 300), FactOf("f", v1::CUSTODY, "2026-06-10", "PRISON")},
                   3 * 300,
                   3},
        AmountCase{"TwiceInOneHousehold",
                   "D08B",
                   {InHousehold(MinimumLiving("a", "2026-01", "", 300), "H1"),
                    InHousehold(MinimumLiving("b", "2026-07", "", 500), "H1")},
                   3 * 300,
                   3},
        AmountCase{"PaidBackInPart",
                   "D01",
                   {ExtremePoverty("t", "2026-08", "", 900), MinimumLiving("d", "2026-01", "", 400),
                    PaidBack(MinimumLiving("r", "2026-10", "2026-10"), 300)},
                   2 * 400 - 300,
                   2},
        AmountCase{
            "TheSecondStatesNone",
            "D10",
            {Temporary("a", "火灾", "S1", "2026-01-01", 700), Temporary("b", "火灾", "S2", "2026-05-01")},
            700,
            0},
        AmountCase{"AfterThreeRefusals",
                   "D24",
                   {MinimumLiving("d", "2026-01", "", 400), FactOf("f", v1::JOB_REFUSAL, "2026-01-05"),
                    FactOf("g", v1::JOB_REFUSAL, "2026-02-05"), FactOf("h", v1::JOB_REFUSAL, "2026-07-05")},
                   2 * 400,
                   2},
        AmountCase{"BeyondThreeYears",
                   "D30A",
                   {OfAmount(Employment("a", v1::PUBLIC_WELFARE_POST, "2023-07"), 1000)},
                   4 * 1000,
                   4},
        AmountCase{"TemporaryAssistanceBeyondTheBill",
                   "D14",
                   {Settlement("a", "I1", "2026-01-01", 10000, 5000, 3000),
                    WithInvoice(Temporary("t", "重病", "S1", "2026-02-01", 4000), "I1")},
                   2000,
                   0},
        AmountCase{"BeyondTheBillWithoutTheSecondSettlement",
                   "D14",
                   {Settlement("a", "I1", "2026-01-01", 10000, 5000, 3000),
                    Settlement("b", "I1", "2026-02-01", 10000, 5000, 3000),
                    WithInvoice(Temporary("t", "重病", "S1", "2026-02-01", 4000), "I1")},
                   2000,
                   0},
        AmountCase{"GreatSumsDoNotOverflow",
                   "D07",
                   {MinimumLiving("a", "1990-01", "", INT64_MAX / 4),
                    MinimumLiving("b", "1990-01", "", INT64_MAX / 4, "371311")},
                   INT64_MAX,
                   441},
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

TEST(Doubts, OpenOneFindingForEachPersonAndKind) {
  const std::vector<v1::Record> own = {MinimumLiving("a", "2026-01"), Subsidy("b", 2026)};
  const std::vector<v1::Record> other = {MinimumLiving("x", "2026-01"), Subsidy("y", 2026)};
  const std::vector<CoverageRecord> records = References(own), others = References(other);
  const std::vector<IdentityDoubt> doubts = {{IdentityDoubt::Kind::kSharedId, KeyOf("a"), others[0]},
                                             {IdentityDoubt::Kind::kSharedId, KeyOf("a"), others[1]},
                                             {IdentityDoubt::Kind::kTwoIds, KeyOf("b"), others[1]}};
  std::vector<FindingDraft> drafts = ShippedRules().Evaluate(PersonInput{records, doubts}, kAsOf);
  std::erase_if(drafts, [](const FindingDraft& draft) { return draft.rule_id[0] != 'D'; });
  std::vector<v1::Record> all = own;
  all.insert(all.end(), other.begin(), other.end());
  EXPECT_EQ(Lines(drafts, all), (std::set<std::string>{"D25D: a x y", "D26C: b y"}));
  for (const FindingDraft& draft : drafts)
    EXPECT_EQ(draft.anchor, KeyOf(draft.rule_id == "D25D" ? "a" : "b"))
        << "the anchor is a record of the person";
  std::vector<FindingDraft> none = ShippedRules().Evaluate(PersonInput{records}, kAsOf);
  std::erase_if(none, [](const FindingDraft& draft) { return draft.rule_id[0] != 'D'; });
  EXPECT_TRUE(none.empty());
}

TEST(Accounts, AreReportedWhereMoreThanThreeHouseholdsShareOne) {
  std::vector<v1::Record> paid;
  const auto findings = [&] {
    const std::vector<CoverageRecord> records = References(paid);
    const std::vector<AccountInput> accounts = {{records}};
    std::vector<FindingDraft> drafts =
        ShippedRules().Evaluate(PersonInput{std::span(records).first(1), {}, accounts}, kAsOf);
    std::erase_if(drafts, [](const FindingDraft& draft) { return draft.rule_id != "D27"; });
    return Lines(drafts, paid);
  };
  for (const std::string id : {"a", "b", "c"})
    paid.push_back(InHousehold(MinimumLiving(id, "2026-01"), "H" + id));
  EXPECT_TRUE(findings().empty());
  paid.push_back(InHousehold(MinimumLiving("d", "2026-01"), "Hc"));  // of one household with c
  EXPECT_TRUE(findings().empty());
  paid.push_back(InHousehold(MinimumLiving("e", "2026-01", "2026-09"), "He"));  // no longer paid
  EXPECT_TRUE(findings().empty());
  paid.push_back(InHousehold(MinimumLiving("f", "2026-01"), "Hf"));
  EXPECT_EQ(findings(), std::set<std::string>{"D27: a b c d f"});
}

TEST(Regions, SwitchARuleOnAndOff) {
  const std::vector<v1::Record> records = {ExtremePoverty("t", "2026-02"),
                                           FactOf("f", v1::UNATTENDED_CHILD_ALLOWANCE, "2026-01-15", "FULL")};
  const auto rules_of = [&](const RuleSet& rules) {
    std::set<std::string> ids;
    for (const FindingDraft& draft : rules.Evaluate(References(records), kAsOf)) ids.insert(draft.rule_id);
    return ids;
  };
  EXPECT_TRUE(rules_of(ShippedRules()).contains("D02B"));
  EXPECT_FALSE(rules_of(ShippedRules()).contains("D03B"));
  std::string text = Replaced(ShippedText(), "\n  off: true\n",
                              "\n  off: true\n  regions { prefix: \"3713\" off: false }\n");
  text = Replaced(text, "id: \"D02B\"\n", "id: \"D02B\"\n  regions { prefix: \"37\" off: true }\n");
  const auto changed = ParsedRules(text);
  EXPECT_FALSE(rules_of(*changed).contains("D02B"));
  EXPECT_TRUE(rules_of(*changed).contains("D03B"));
}

TEST(Regions, WeighARuleOtherwise) {
  const auto rules =
      ParsedRules(Replaced(ShippedText(), "id: \"D01\"\n",
                           "id: \"D01\"\n  regions { prefix: \"37\" severity: LOW deadline_days: 90 } "
                           "regions { prefix: \"3713\" deadline_days: 10 }\n"));
  const auto describe = [&](const std::string& region) {
    v1::Finding finding;
    EXPECT_TRUE(rules->Describe("D01", {2026, 10, 1}, &finding, region));
    return std::make_pair(finding.severity(), DayNumber(finding.due_date()));
  };
  // A Thursday; thirty days later is a Saturday, ten days later a Sunday: the Monday counts.
  const int32_t opened = matcher::CivilDate{2026, 10, 1}.days();
  EXPECT_EQ(describe("110101"), std::make_pair(v1::HIGH, opened + 32));
  EXPECT_EQ(describe("370102"), std::make_pair(v1::LOW, opened + 90));
  EXPECT_EQ(describe("371302"), std::make_pair(v1::HIGH, opened + 11));
  const std::vector<v1::Record> records = {ExtremePoverty("t", "2026-01"), MinimumLiving("d", "2026-01")};
  for (const FindingDraft& draft : rules->Evaluate(References(records), kAsOf))
    EXPECT_EQ(draft.region, "371302");
}

TEST(Regions, ChangeHowManyPaymentsAreAllowed) {
  const auto rules =
      ParsedRules(Replaced(ShippedText(), "allowed_times { value: 1 }",
                           "allowed_times { value: 1 by_region { prefix: \"3713\" value: 2 } }"));
  std::vector<v1::Record> records = {Temporary("a", "传染病", "S1", "2026-01-01"),
                                     Temporary("b", "传染病", "S2", "2026-03-01")};
  const auto lines = [&] {
    std::vector<FindingDraft> drafts = rules->Evaluate(References(records), kAsOf);
    std::erase_if(drafts, [](const FindingDraft& draft) { return draft.rule_id != "D10"; });
    return Lines(drafts, records);
  };
  EXPECT_TRUE(lines().empty());
  records.push_back(Temporary("b2", "传染病", "S2", "2026-03-20"));  // an instalment of the second
  EXPECT_TRUE(lines().empty());
  records.push_back(Temporary("c", "传染病", "S3", "2026-06-01"));
  EXPECT_EQ(lines(), (std::set<std::string>{"D10: a c", "D10: b c", "D10: b2 c"}));
}

TEST(Estimates, StandWhereTheRecordsStateNoAmount) {
  const std::vector<FindingDraft> subsidy = OfRule("M01", {MinimumLiving("d", "2026-01")});
  ASSERT_EQ(subsidy.size(), 1u);
  EXPECT_EQ(subsidy[0].amount_fen, 40000);
  EXPECT_TRUE(subsidy[0].amount_is_estimate);
  const std::vector<FindingDraft> bill =
      OfRule("M02", {MinimumLiving("d", "2026-01"), Settlement("a", "I1", "2026-05-01", 100, 55, 0)});
  ASSERT_EQ(bill.size(), 1u);
  EXPECT_FALSE(bill[0].amount_is_estimate);
}

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
  EXPECT_NE(OfRule("M01", records, {2027, 3, 2}).at(0).finding_id, october);
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

TEST(RulesInForce, AreDescribed) {
  const std::vector<RuleInfo> rules = ShippedRules().rules_in_force(kAsOf);
  const auto find = [&](const std::string& id) {
    return std::find_if(rules.begin(), rules.end(), [&](const RuleInfo& rule) { return rule.id == id; });
  };
  EXPECT_EQ(rules.size(), ShippedRules().rule_ids().size());
  ASSERT_NE(find("M07"), rules.end());
  EXPECT_TRUE(find("M07")->of_household);
  EXPECT_EQ(find("M07")->need, v1::NEED_EMPLOYMENT);
  EXPECT_EQ(find("M07")->severity, v1::HIGH);
  EXPECT_FALSE(find("D01")->of_household);
  EXPECT_EQ(find("D01")->effective_from, (matcher::CivilDate{2016, 2, 10}));
  EXPECT_FALSE(find("D01")->effective_to.has_value());
  EXPECT_TRUE(ShippedRules().has_household_rules());
  const std::vector<RuleInfo> then = ShippedRules().rules_in_force({2015, 1, 1});
  EXPECT_TRUE(std::none_of(then.begin(), then.end(), [](const RuleInfo& rule) { return rule.id == "D01"; }));
}

TEST(Describe, FillsWhatTheRuleSays) {
  v1::Finding finding;
  ASSERT_TRUE(ShippedRules().Describe("D20", {2026, 12, 20}, &finding));
  EXPECT_EQ(finding.rule_id(), "D20");
  EXPECT_EQ(finding.rule_version(), 2);
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
