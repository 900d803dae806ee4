// Rule files: what is shipped loads; what is wrong is refused with its place.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/server/coverage/person_file.h"

namespace relief::coverage {
namespace {

// A well-formed rule, one field a line: line 2 has the id, line 13 begins the condition.
constexpr char kRule[] = R"(rules {
  id: "D01"
  version: 1
  kind: DUPLICATE
  title_zh: "测试"
  title_en: "test"
  legal_basis: "测试条文"
  basis_confirmed: true
  effective_from { year: 2020 month: 1 day: 1 }
  severity: HIGH
  notify: MEDICAL
  deadline_days: 30
  overlap {
    left { programme: EXTREME_POVERTY }
    right { programme: MINIMUM_LIVING }
    allowed_months { value: 1 by_region { prefix: "37" value: 2 } by_region { prefix: "3713" value: 0 } }
  }
}
)";

std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

struct Mistake {
  std::string name;
  std::string from, to;      // the edit that breaks kRule
  std::string place, words;  // what the error must say
};

class RuleFile : public testing::TestWithParam<Mistake> {};

TEST_P(RuleFile, RefusesTheMistakeAndNamesItsPlace) {
  const Mistake& mistake = GetParam();
  const auto rules = RuleSet::Parse("r.textproto", With(kRule, mistake.from, mistake.to));
  ASSERT_FALSE(rules.ok());
  EXPECT_EQ(rules.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(rules.status().message());
  EXPECT_EQ(message.substr(0, mistake.place.size()), mistake.place) << message;
  EXPECT_NE(message.find(mistake.words), std::string::npos) << message;
}

const std::string kAllowed =
    "allowed_months { value: 1 by_region { prefix: \"37\" value: 2 } by_region { prefix: \"3713\" value: 0 } "
    "}";

const std::string kCondition =
    "overlap {\n    left { programme: EXTREME_POVERTY }\n    right { programme: MINIMUM_LIVING }\n    " +
    kAllowed;

INSTANTIATE_TEST_SUITE_P(
    Mistakes, RuleFile,
    testing::Values(
        Mistake{"Syntax", "version: 1", "version 1", "r.textproto:3:", "Expected"},
        Mistake{"UnknownField", "severity: HIGH", "severty: HIGH", "r.textproto:10:", "severty"},
        Mistake{"UnknownEnumName", "kind: DUPLICATE", "kind: DUPLICATED", "r.textproto:4:", "DUPLICATED"},
        Mistake{"UnknownEnumNumber", "kind: DUPLICATE", "kind: 77", "r.textproto:4:", "kind"},
        // A file saved as GBK: no finding with such a title could be read again.
        Mistake{"NotUtf8", "测试\"", "\xB2\xE2\xCA\xD4\"", "r.textproto:5:", "UTF-8"},
        Mistake{"EscapedBytes", "测试\"", "\\262\\342\"", "r.textproto:1:", "UTF-8"},
        Mistake{"NoId", "  id: \"D01\"\n", "\n", "r.textproto:1:", "id"},
        Mistake{"NoVersion", "version: 1", "", "r.textproto:1:", "version"},
        Mistake{"NoChineseTitle", "title_zh: \"测试\"", "", "r.textproto:1:", "title_zh"},
        Mistake{"EmptyEnglishTitle", "title_en: \"test\"", "title_en: \"\"", "r.textproto:6:", "title_en"},
        Mistake{"NoBasis", "legal_basis: \"测试条文\"", "", "r.textproto:1:", "legal_basis"},
        Mistake{"BasisNotSaidToBeConfirmed", "basis_confirmed: true", "",
                "r.textproto:1:", "basis_confirmed"},
        Mistake{"NoBeginning", "effective_from { year: 2020 month: 1 day: 1 }", "",
                "r.textproto:1:", "effective_from"},
        Mistake{"NotADate", "month: 1 day: 1", "month: 2 day: 30", "r.textproto:9:", "not a date"},
        Mistake{"EndsBeforeItBegins", "severity: HIGH",
                "severity: HIGH effective_to { year: 2019 month: 1 day: 1 }", "r.textproto:10:", "before"},
        Mistake{"NobodyToNotify", "notify: MEDICAL", "", "r.textproto:1:", "notify"},
        Mistake{"NegativeDeadline", "deadline_days: 30", "deadline_days: -1",
                "r.textproto:12:", "deadline_days"},
        Mistake{"EmptySelector", "left { programme: EXTREME_POVERTY }", "left { }",
                "r.textproto:14:", "empty selector"},
        Mistake{"MissingSelector", "right { programme: MINIMUM_LIVING }", "", "r.textproto:13:", "right"},
        Mistake{"SelectorOfTwoKinds", "left { programme: EXTREME_POVERTY }",
                "left { programme: EXTREME_POVERTY fact: DEATH }", "r.textproto:14:", "not both"},
        Mistake{"FactWhereABenefitBelongs", kCondition,
                "grouped_count { selector { fact: DEATH } group_by: TERM limit { value: 1 }",
                "r.textproto:13:19:", "benefits"},
        Mistake{"UnknownForm", "left { programme: EXTREME_POVERTY }",
                "left { programme: EXTREME_POVERTY forms: 63 }", "r.textproto:14:", "form"},
        Mistake{"NegativeMonths", kAllowed, "allowed_months { value: -1 }", "r.textproto:16:", "negative"},
        Mistake{"NumberWithoutValue", kAllowed, "allowed_months { }", "r.textproto:16:", "value"},
        Mistake{"NegativeMonthsInARegion", "value: 2 }", "value: -2 }", "r.textproto:16:", "negative"},
        Mistake{"OddRegion", "prefix: \"37\"", "prefix: \"371\"", "r.textproto:16:", "prefix"},
        Mistake{"RegionTwice", "prefix: \"3713\"", "prefix: \"37\"", "r.textproto:16:", "before"},
        Mistake{"UnknownFieldToCompare", kAllowed, kAllowed + " same: 99", "r.textproto:16:", "field"},
        Mistake{"NoCondition", kCondition + "\n  }", "", "r.textproto:1:", "condition"},
        Mistake{"InvoiceScopeWithoutABill", kCondition,
                "missing { base { programme: MEDICAL } base_min_months { value: 0 }\n expected { programme: "
                "MEDICAL }\n scope: SAME_INVOICE",
                "r.textproto:15:", "settlement"},
        Mistake{"GapWithoutNeed", "kind: DUPLICATE", "kind: MISSING", "r.textproto:1:", "needed"},
        Mistake{"RegionOfTheRuleIsOdd", "severity: HIGH",
                "severity: HIGH regions { prefix: \"3\" off: true }", "r.textproto:10:", "prefix"},
        Mistake{"RegionThatChangesNothing", "severity: HIGH", "severity: HIGH regions { prefix: \"33\" }",
                "r.textproto:10:", "changes nothing"},
        Mistake{"RegionOfTheRuleTwice", "severity: HIGH",
                "severity: HIGH regions { prefix: \"33\" off: true } regions { prefix: \"33\" off: false }",
                "r.textproto:10:", "before"},
        Mistake{"AgeBackwards", "severity: HIGH", "severity: HIGH age { from: 60 to: 18 }",
                "r.textproto:10:", "ends before it begins"},
        Mistake{"AgeOfAHousehold", "severity: HIGH", "severity: HIGH unit: HOUSEHOLD age { from: 1 to: 2 }",
                "r.textproto:10:", "for rules on persons"},
        Mistake{"EmptyException", "severity: HIGH", "severity: HIGH\n unless { }",
                "r.textproto:11:", "empty selector"},
        Mistake{"SilenceWithoutDays", "severity: HIGH",
                "severity: HIGH silence { processing_days { value: 45 } }",
                "r.textproto:10:", "ineligible_days"},
        Mistake{"EstimateOfADuplicate", "severity: HIGH", "severity: HIGH estimate_fen { value: 1 }",
                "r.textproto:10:", "only gaps"},
        Mistake{"UnknownMark", "left { programme: EXTREME_POVERTY }",
                "left { programme: EXTREME_POVERTY except_marks: 77 }", "r.textproto:14:", "mark"},
        Mistake{"MarksOfAFact", "left { programme: EXTREME_POVERTY }",
                "left { fact: DEATH except_marks: REDUCED }", "r.textproto:14:", "no marks"},
        Mistake{"TooManyMonths", kAllowed, "allowed_months { value: 50000 }", "r.textproto:16:", "too large"},
        Mistake{"PersonsConditionOnAHousehold", kCondition,
                "unit: HOUSEHOLD\n holding { benefit { programme: MEDICAL }",
                "r.textproto:13:", "on persons"},
        Mistake{"NeitherBaseNorTrigger", kCondition, "missing { expected { programme: MEDICAL } scope: EVER",
                "r.textproto:13:", "neither a base nor a trigger"},
        Mistake{"PeriodWithoutOne", kCondition,
                "missing { trigger { fact: DEATH } expected { programme: MEDICAL } scope: EVER\n "
                "period_min_days { value: 1 }",
                "r.textproto:14:", "YEAR or TERM_OF_DAY"},
        Mistake{"SinceNoTrigger", kCondition,
                "missing { base { programme: MEDICAL } base_min_months { value: 0 } expected { programme: "
                "MEDICAL }\n"
                "scope: SINCE_TRIGGER",
                "r.textproto:14:", "goes with a trigger"},
        Mistake{"TimesOfTwoKinds", kCondition,
                "repeat { selector { programme: MEDICAL } other { programme: TEMPORARY } within_days { "
                "value: 1 }\n"
                "allowed_times { value: 2 }",
                "r.textproto:14:", "one kind"},
        Mistake{"DisputeOfNothing", kCondition, "identity { recent_days { value: 1 }",
                "r.textproto:13:", "what"},
        Mistake{"DaysOfTheWrongDispute", kCondition, "identity { what: SEX\n recent_days { value: 1 }",
                "r.textproto:14:", "that cannot be"},
        Mistake{"LeadOfNoNeed", kCondition, "unanswered_lead { answer { programme: MEDICAL }",
                "r.textproto:13:", "need"},
        Mistake{"HouseholdConditionOnPersons", kCondition, "part_covered { benefit { programme: MEDICAL }",
                "r.textproto:1:", "on households"},
        Mistake{"NegativeDays", kCondition,
                "repeat { selector { programme: TEMPORARY }\n within_days { value: -3 }",
                "r.textproto:14:", "negative"}),
    [](const testing::TestParamInfo<Mistake>& info) { return info.param.name; });

TEST(RuleFiles, RefuseTwoRulesOfOneIdAndNameBothPlaces) {
  const auto rules =
      RuleSet::Parse("r.textproto", std::string(kRule) + With(kRule, "version: 1", "version: 2"));
  ASSERT_FALSE(rules.ok());
  const std::string message(rules.status().message());
  EXPECT_NE(message.find("r.textproto:19:1"), std::string::npos) << message;
  EXPECT_NE(message.find("r.textproto:1:1"), std::string::npos) << message;
}

TEST(RuleFiles, TakeVersionsThatFollowEachOther) {
  const std::string first =
      With(kRule, "severity: HIGH", "severity: LOW effective_to { year: 2025 month: 12 day: 31 }");
  const std::string second = With(With(kRule, "version: 1", "version: 2"), "year: 2020", "year: 2026");
  const auto rules = RuleSet::Parse("r.textproto", first + second);
  ASSERT_TRUE(rules.ok()) << rules.status().ToString();
  EXPECT_EQ((*rules)->rule_ids(), std::vector<std::string>{"D01"});
  v1::Finding finding;
  ASSERT_TRUE((*rules)->Describe("D01", {2025, 12, 31}, &finding));
  EXPECT_EQ(finding.rule_version(), 1);
  ASSERT_TRUE((*rules)->Describe("D01", {2026, 1, 1}, &finding));
  EXPECT_EQ(finding.rule_version(), 2);
}

TEST(RuleFiles, ApplyARuleOnlyOnItsDays) {
  const auto rules = RuleSet::Parse(
      "r", With(kRule, "severity: HIGH", "severity: HIGH effective_to { year: 2026 month: 10 day: 30 }"));
  ASSERT_TRUE(rules.ok()) << rules.status().ToString();
  const std::vector<v1::Record> records = {ExtremePoverty("t", "2019-01"),
                                           MinimumLiving("d", "2019-01", "", 0, "110000")};
  const auto references = References(records);
  EXPECT_EQ((*rules)->Evaluate(references, {2019, 12, 31}).size(), 0u);
  EXPECT_EQ((*rules)->Evaluate(references, {2020, 1, 1}).size(), 1u);
  EXPECT_EQ((*rules)->Evaluate(references, {2026, 10, 30}).size(), 1u);
  EXPECT_EQ((*rules)->Evaluate(references, {2026, 10, 31}).size(), 0u);
}

TEST(RegionalNumbers, TakeTheLongestPrefixOfTheFirstRecordThatStatesARegion) {
  const auto rules = RuleSet::Parse("r", kRule);
  ASSERT_TRUE(rules.ok()) << rules.status().ToString();
  // Shared months that open a finding: over 1 anywhere, over 2 in 37, over 0 in 3713.
  const auto findings = [&](const std::string& region, const std::string& last) {
    std::vector<v1::Record> records = {ExtremePoverty("t", "2026-01"),
                                       MinimumLiving("d", "2025-01", last, 0, region)};
    records[0].mutable_benefit()->set_paying_region("");
    return (*rules)->Evaluate(References(records), kAsOf).size();
  };
  EXPECT_EQ(findings("110101", "2026-01"), 0u);
  EXPECT_EQ(findings("110101", "2026-02"), 1u);
  EXPECT_EQ(findings("370100", "2026-02"), 0u);
  EXPECT_EQ(findings("370100", "2026-03"), 1u);
  EXPECT_EQ(findings("371302", "2026-01"), 1u);
  // Two records of two regions: the one with the smaller key decides.
  const bool t_first = KeyOf("t") < KeyOf("d");
  std::vector<v1::Record> records = {ExtremePoverty("t", "2026-01"),
                                     MinimumLiving("d", "2025-01", "2026-01")};
  records[t_first ? 0 : 1].mutable_benefit()->set_paying_region("371302");
  records[t_first ? 1 : 0].mutable_benefit()->set_paying_region("110101");
  EXPECT_EQ((*rules)->Evaluate(References(records), kAsOf).size(), 1u);
}

TEST(Fingerprint, ChangesWithTheMeaningAndNotWithTheLayout) {
  const auto rules = RuleSet::Parse("r", kRule);
  const auto same = RuleSet::Parse("other", "# a comment\n" + std::string(kRule));
  const auto changed = RuleSet::Parse("r", With(kRule, "value: 1", "value: 2"));
  ASSERT_TRUE(rules.ok() && same.ok() && changed.ok());
  EXPECT_EQ((*rules)->fingerprint(), (*same)->fingerprint());
  EXPECT_NE((*rules)->fingerprint(), (*changed)->fingerprint());
}

// Entries of the catalogue that no rule stands for: D12 is an exception of D10, D27 needs everybody of one
// account.
TEST(ShippedRules, CoverTheCatalogue) {
  std::set<std::string> entries;
  for (const std::string& id : ShippedRules().rule_ids()) entries.insert(id.substr(0, 3));
  std::set<std::string> expected = {"L01"};
  for (int i = 1; i <= 30; ++i) expected.insert((i < 10 ? "D0" : "D") + std::to_string(i));
  for (int i = 1; i <= 17; ++i) expected.insert((i < 10 ? "M0" : "M") + std::to_string(i));
  expected.erase("D12");
  // The four groups of low income (国办发〔2023〕39号).
  for (int i = 1; i <= 4; ++i) expected.insert("W0" + std::to_string(i));
  EXPECT_EQ(entries, expected);
}

TEST(LoadDirectory, NamesTheFileOfAMistakeAndRefusesAnEmptyDirectory) {
  const std::string directory = testing::TempDir() + "/rule_files_test";
  std::filesystem::remove_all(directory);
  EXPECT_EQ(RuleSet::LoadDirectory(directory).status().code(), absl::StatusCode::kNotFound);
  std::filesystem::create_directory(directory);
  EXPECT_EQ(RuleSet::LoadDirectory(directory).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(directory + "/a.textproto") << kRule;
  EXPECT_TRUE(RuleSet::LoadDirectory(directory).ok());
  std::ofstream(directory + "/b.textproto") << kRule;
  const std::string message(RuleSet::LoadDirectory(directory).status().message());
  EXPECT_NE(message.find("b.textproto:1:1"), std::string::npos) << message;
  EXPECT_NE(message.find("a.textproto:1:1"), std::string::npos) << message;
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace relief::coverage
