// Random persons, dense with coincidences: the evaluators must agree with the reference, whatever the order
// of records.
#include "tests/server/coverage/reference.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/server/coverage/person_file.h"

namespace relief::coverage {
namespace {

constexpr unsigned kSeed = 20261031;

// Draws from a few kinds of records for each person, so that what belongs together comes together.
class RandomPerson {
 public:
  explicit RandomPerson(std::mt19937* random) : random_(random) {}

  std::vector<v1::Record> Records(const std::string& prefix = "r") {
    kinds_ = {Pick(0, 4)};  // something that entitles, more often than not
    for (int i = 0; i < 5; ++i) kinds_.push_back(Pick(0, kKinds - 1));
    if (Pick(0, 20) == 0) kinds_ = {4, 7, 26};  // low income, a bill, an illness: three that seldom meet
    birth_ = Birth();
    std::vector<v1::Record> records;
    const int count = Pick(1, 14);
    for (int i = 0; i < count; ++i) records.push_back(One(prefix + std::to_string(i)));
    return records;
  }

 private:
  static constexpr int kKinds = 50;

  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(*random_); }
  std::string Of(std::vector<std::string> values) {
    return values[Pick(0, static_cast<int>(values.size()) - 1)];
  }
  v1::BenefitForm Form(std::vector<v1::BenefitForm> forms) {
    return forms[Pick(0, static_cast<int>(forms.size()) - 1)];
  }
  std::string Month(int from, int to) {
    const int ordinal = 2025 * 12 + Pick(from, to);
    return std::to_string(ordinal / 12) + "-" + std::to_string(ordinal % 12 + 1);
  }
  std::string Day() { return Month(0, 24) + "-" + std::to_string(Pick(1, 28)); }
  std::string End() { return Pick(0, 1) == 0 ? "" : Month(6, 25); }
  std::string EndDay() { return Pick(0, 2) ? "" : Day(); }
  std::string Region() { return Of({"371302", "371311", "371302", "370102", ""}); }
  std::string Birth() { return Of({"1980-12-31", "1980-01-01", "1949-12-31", "2012-05-05", ""}); }

  v1::Record Fact(const std::string& id, v1::FactType type, std::vector<std::string> values = {""}) {
    return FactOf(id, type, Day(), Of(std::move(values)), EndDay());
  }

  v1::Record One(const std::string& id) {
    v1::Record record = OfKind(id, kinds_[Pick(0, static_cast<int>(kinds_.size()) - 1)]);
    const std::string birth = Pick(0, 5) ? birth_ : Birth();
    if (!birth.empty()) record = Born(std::move(record), birth);
    if (Pick(0, 2) == 0) record = Numbered(std::move(record), Of({kHisNumber, kHerNumber, kBrokenNumber}));
    if (Pick(0, 1)) record.mutable_person()->set_name(Of({"王小明", "王小明", "王小名", "李大山"}));
    if (Pick(0, 2) == 0) record = OfSex(std::move(record), Pick(0, 4) ? v1::MALE : v1::FEMALE);
    if (Pick(0, 1)) record = InHousehold(std::move(record), Of({"H1", "H2"}), Of({"户主", "配偶", "叔父"}));
    if (record.has_benefit() && Pick(0, 5) == 0)
      record = Marked(std::move(record), static_cast<v1::BenefitMark>(Pick(1, v1::BenefitMark_MAX)));
    return record;
  }

  v1::Record OfKind(const std::string& id, int kind) {
    switch (kind) {
      case 0:
      case 1:
        return MinimumLiving(id, Month(0, 23), End(), Pick(0, 5) * 100, Region());
      case 2:
        return Monthly(id, v1::EXTREME_POVERTY, Month(0, 23), End(), 1000, Region(),
                       Form({v1::CONCENTRATED_CARE, v1::DISPERSED_CARE}));
      case 3:
        if (Pick(0, 3) == 0)
          return Stopped(MinimumLiving(id, Month(0, 6), Month(6, 20), 300, Region()), "死亡");
        return MinimumLiving(id, Month(0, 12), "", 300, Region());
      case 4:
        return Fact(id, Pick(0, 1) ? v1::LOW_INCOME_MARGIN : v1::RIGID_EXPENDITURE);
      case 5:
      case 46:
      case 47:
        return OfHouse(Monthly(id, v1::HOUSING, Month(0, 23), End(), 0, Region(),
                               Form({v1::PUBLIC_RENTAL, v1::RENT_SUBSIDY, v1::HOUSE_RENOVATION})),
                       Of({"F1", "F1", "F2", ""}), Of({"G1", "G2", ""}));
      case 6:
      case 48:
      case 49:
        return WithInvoice(OfEvent(Temporary(id, Of({"火灾", "车祸", ""}), Of({"S1", "S2", ""}), Day(),
                                             Pick(0, 3) * 100, Region()),
                                   Of({"洪涝", ""})),
                           Of({"I1", "", ""}));
      case 7:
      case 8:
        return GivenByOthers(
            Settlement(id, Of({"I1", "I2", ""}), Day(), Pick(0, 2) * 100, Pick(0, 2) * 50, Pick(0, 2) * 30,
                       Form({v1::INPATIENT_SETTLEMENT, v1::OUTPATIENT_SETTLEMENT})),
            Pick(0, 3) ? 0 : 50);
      case 9:
        return StrikeOff(id, Of({"I1", "I2"}), Day(), 100, 50, 30);
      case 10:
        return Subsidy(id, Pick(2025, 2026));
      case 11:
        return OfItem(
            InCounty(Grant(id, Of({"2026春", "2026秋", "2025秋", ""}), Of({"一中", "二中", ""})), Region()),
            Of({"生活补助", "生活补助", ""}));
      case 12:
        return Employment(id, Form({v1::POST_SUBSIDY, v1::TRAINING, v1::PUBLIC_WELFARE_POST}), Month(-24, 23),
                          End());
      case 13:
        return Employment(id, Form({v1::FLEXIBLE_WORK_SUBSIDY, v1::SOCIAL_INSURANCE_SUBSIDY}), Month(-24, 23),
                          End());
      case 14:
      case 15:
        return OfHouse(
            InCounty(Relief(id, Form({v1::EMERGENCY_RELIEF, v1::TRANSITION_RELIEF, v1::HOUSE_REBUILDING}),
                            Day(), Of({"洪涝", ""})),
                     Region()),
            Of({"F1", ""}));
      case 16:
        return Fact(id, v1::DEATH);
      case 17:
      case 18:
        return AtInstitution(Fact(id, v1::SCHOOL_ENROLMENT, {"小学", "初中"}), Of({"一中", "二中", ""}));
      case 19:
      case 20:
        return Fact(id, v1::REGISTERED_UNEMPLOYMENT);
      case 21:
      case 22:
        return Fact(id, v1::DISABILITY, {"1", "2", "3", "4"});
      case 23:
        return Fact(id, v1::DANGEROUS_HOUSE, {"B", "C", "D"});
      case 24:
      case 25:
        return OfEvent(Fact(id, v1::HOUSE_DAMAGE, {"COLLAPSED", "SEVERE", "MODERATE"}), Of({"洪涝", ""}));
      case 26:
      case 27:
        return Fact(id, v1::SERIOUS_ILLNESS);
      case 28:
        return Fact(id, Pick(0, 1) ? v1::CUSTODY : v1::DECLARED_MISSING);
      case 29:
        return Fact(id, v1::EMPLOYED);
      case 30:
      case 31:
        return Fact(id, v1::JOB_REFUSAL);
      case 32:
        return Fact(id, v1::NEEDY_STUDENT);
      case 33:
        return Fact(id, v1::ORPHAN_ALLOWANCE);
      case 34:
      case 35:
        return Fact(id, v1::UNATTENDED_CHILD_ALLOWANCE, {"FULL", "DIFFERENTIAL"});
      case 36:
        return Fact(id, v1::DISABILITY_LIVING_SUBSIDY);
      case 37:
        return Fact(id, v1::DISABILITY_NURSING_SUBSIDY);
      case 38:
        return Fact(id, v1::INJURY_NURSING_ALLOWANCE);
      case 39:
        return Fact(id, v1::UNEMPLOYMENT_INSURANCE);
      case 40:
        return Fact(id, Pick(0, 1) ? v1::HOUSING_DIFFICULTY : v1::FUNERAL_WAIVER);
      case 41:
      case 42:
        return Fact(id, v1::RELOCATION);
      case 43:
        return OfAmount(Fact(id, v1::MEDICAL_SPENDING), Pick(2, 4) * 1000000);
      case 44:
        return Fact(id,
                    Pick(0, 2) == 0   ? v1::REFUSED
                    : Pick(0, 1) == 0 ? v1::APPLICATION
                                      : v1::INELIGIBLE,
                    {"MEDICAL", "EDUCATION", "MINIMUM_LIVING", "HOUSING", "TEMPORARY", "EMPLOYMENT"});
      default:
        return LeadOf(id,
                      std::vector<v1::Need>{v1::NEED_LIVING, v1::NEED_MEDICAL, v1::NEED_HOUSING,
                                            v1::NEED_EMERGENCY}[Pick(0, 3)],
                      Day(), static_cast<v1::Severity>(Pick(0, v1::Severity_MAX)), EndDay());
    }
  }

  std::mt19937* random_;
  std::vector<int> kinds_;
  std::string birth_;
};

// Rules that the random persons cannot try: those on the matcher's doubts and on accounts, and leads of needs
// that they do not have.
const std::set<std::string> kNotTried = {"D25D", "D26C", "L01C", "L01E", "L01F", "L01G", "D27"};

// Those on each member of a household, judged together with those on it.
const std::set<std::string> kOnMembers = {"M05",  "M09",  "M10",  "L01A", "L01B", "L01C",
                                          "L01D", "L01E", "L01F", "L01G", "L01H"};

const matcher::CivilDate kDays[] = {{2026, 10, 31}, {2026, 1, 15}, {2026, 6, 1}, {2025, 12, 31}};

void ExpectEveryRuleTried(const std::map<std::string, int>& opened, bool of_household) {
  for (const RuleInfo& rule : AllRulesOn().rules_in_force(kAsOf)) {
    const bool with_household = rule.of_household || kOnMembers.contains(rule.id);
    if (with_household != of_household || kNotTried.contains(rule.id)) continue;
    const auto at = opened.find(rule.id);
    EXPECT_GT(at == opened.end() ? 0 : at->second, 5) << rule.id << ": the random persons no longer try it";
  }
}

TEST(Evaluators, AgreeWithTheReferenceOnRandomPersons) {
  std::mt19937 random(kSeed);
  RandomPerson person(&random);
  std::map<std::string, int> opened;
  for (int i = 0; i < 15000; ++i) {
    const std::vector<v1::Record> records = person.Records();
    const matcher::CivilDate day = kDays[i % 4];
    const std::vector<FindingDraft> drafts = AllRulesOn().Evaluate(References(records), day);
    const std::set<std::string> lines = Lines(drafts, records);
    ASSERT_EQ(lines, ReferenceFindings(records, day.year, day.month, day.day))
        << "seed " << kSeed << " person " << i;
    ASSERT_EQ(lines.size(), drafts.size()) << "a finding came twice: seed " << kSeed << " person " << i;
    std::set<std::string> ids;
    for (const FindingDraft& draft : drafts) {
      ids.insert(draft.finding_id);
      ++opened[draft.rule_id];
    }
    ASSERT_EQ(ids.size(), drafts.size()) << "two findings of one id: seed " << kSeed << " person " << i;
  }
  ExpectEveryRuleTried(opened, false);
}

TEST(Evaluators, AgreeWithTheReferenceOnRandomHouseholds) {
  std::mt19937 random(kSeed + 2);
  RandomPerson person(&random);
  std::map<std::string, int> opened;
  for (int i = 0; i < 15000; ++i) {
    std::vector<std::vector<v1::Record>> members = {person.Records("a"), person.Records("b")};
    if (i % 3 == 0) members.push_back(person.Records("c"));
    std::vector<v1::Record> all;
    std::vector<std::vector<CoverageRecord>> references;
    for (const auto& records : members) {
      all.insert(all.end(), records.begin(), records.end());
      references.push_back(References(records));
    }
    std::vector<PersonInput> inputs;
    for (const auto& records : references) inputs.push_back({records});
    const matcher::CivilDate day = kDays[i % 4];
    const std::vector<FindingDraft> drafts = AllRulesOn().EvaluateHousehold(inputs, day);
    ASSERT_EQ(Lines(drafts, all), ReferenceHouseholdFindings(members, day.year, day.month, day.day))
        << "seed " << kSeed + 2 << " household " << i;
    for (const FindingDraft& draft : drafts) ++opened[draft.rule_id];
    std::shuffle(inputs.begin(), inputs.end(), random);
    ASSERT_EQ(AllRulesOn().EvaluateHousehold(inputs, day), drafts)
        << "seed " << kSeed + 2 << " household " << i;
  }
  ExpectEveryRuleTried(opened, true);
}

TEST(Evaluators, GiveTheSameDraftsInEveryOrderOfRecords) {
  std::mt19937 random(kSeed + 1);
  RandomPerson person(&random);
  for (int i = 0; i < 3000; ++i) {
    const std::vector<v1::Record> records = person.Records();
    std::vector<CoverageRecord> references = References(records);
    const std::vector<FindingDraft> expected = AllRulesOn().Evaluate(references, kAsOf);
    for (int round = 0; round < 3; ++round) {
      std::shuffle(references.begin(), references.end(), random);
      ASSERT_EQ(AllRulesOn().Evaluate(references, kAsOf), expected)
          << "seed " << kSeed + 1 << " person " << i;
    }
  }
}

// Judged every single day, nothing changes before the day that was foretold, and on that day something does.
TEST(NextChange, IsTheFirstDayOnWhichTimeAloneChangesAnything) {
  std::mt19937 random(kSeed + 1);
  int changes = 0;
  for (int i = 0; i < 300; ++i) {
    const std::vector<v1::Record> records = RandomPerson(&random).Records();
    const std::vector<CoverageRecord> references = References(records);
    const matcher::CivilDate today = matcher::CivilDate::FromDays(
        matcher::CivilDate{2025, 3, 1}.days() + std::uniform_int_distribution<int>(0, 600)(random));
    const Judged now = AllRulesOn().Judge({references}, nullptr, today);
    const int32_t next = AllRulesOn().NextChange(references, today).days();
    ASSERT_GT(next, today.days());
    ASSERT_LE(next, today.days() + RuleSet::kHorizonDays);
    for (int32_t day = today.days() + 1; day < next; ++day)
      ASSERT_TRUE(AllRulesOn().Judge({references}, nullptr, matcher::CivilDate::FromDays(day)) == now)
          << "person " << i << " on " << matcher::CivilDate::FromDays(day).ToString();
    if (next == today.days() + RuleSet::kHorizonDays) continue;
    ++changes;
    EXPECT_FALSE(AllRulesOn().Judge({references}, nullptr, matcher::CivilDate::FromDays(next)) == now);
  }
  EXPECT_GT(changes, 20);
}

TEST(NextHouseholdChange, IsTheFirstDayOnWhichTimeAloneChangesAnything) {
  std::mt19937 random(kSeed + 3);
  RandomPerson person(&random);
  int changes = 0;
  for (int i = 0; i < 200; ++i) {
    const std::vector<v1::Record> a = person.Records("a"), b = person.Records("b");
    const std::vector<CoverageRecord> first = References(a), second = References(b);
    const PersonInput members[] = {{first}, {second}};
    const matcher::CivilDate today = matcher::CivilDate::FromDays(
        matcher::CivilDate{2025, 3, 1}.days() + std::uniform_int_distribution<int>(0, 600)(random));
    const Judged now = AllRulesOn().JudgeHousehold(members, nullptr, today);
    const int32_t next = AllRulesOn().NextHouseholdChange(members, today).days();
    for (int32_t day = today.days() + 1; day < next; ++day)
      ASSERT_TRUE(AllRulesOn().JudgeHousehold(members, nullptr, matcher::CivilDate::FromDays(day)) == now)
          << "household " << i << " on " << matcher::CivilDate::FromDays(day).ToString();
    if (next == today.days() + RuleSet::kHorizonDays) continue;
    ++changes;
    EXPECT_FALSE(AllRulesOn().JudgeHousehold(members, nullptr, matcher::CivilDate::FromDays(next)) == now);
  }
  EXPECT_GT(changes, 10);
}

}  // namespace
}  // namespace relief::coverage
