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

class RandomPerson {
 public:
  explicit RandomPerson(std::mt19937* random) : random_(random) {}

  std::vector<v1::Record> Records() {
    std::vector<v1::Record> records;
    const int count = Pick(1, 14);
    for (int i = 0; i < count; ++i) records.push_back(One("r" + std::to_string(i)));
    return records;
  }

 private:
  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(*random_); }
  std::string Of(std::vector<std::string> values) {
    return values[Pick(0, static_cast<int>(values.size()) - 1)];
  }
  std::string Month(int from, int to) {
    const int ordinal = 2025 * 12 + Pick(from, to);
    return std::to_string(ordinal / 12) + "-" + std::to_string(ordinal % 12 + 1);
  }
  std::string Day() { return Month(0, 24) + "-" + std::to_string(Pick(1, 28)); }
  std::string End() { return Pick(0, 1) == 0 ? "" : Month(6, 25); }
  std::string Region() { return Of({"371302", "371311", "371302", ""}); }

  v1::Record One(const std::string& id) {
    switch (Pick(0, 13)) {
      case 0:
      case 1:
        return MinimumLiving(id, Month(0, 23), End(), Pick(0, 5) * 100, Region());
      case 2:
        return ExtremePoverty(id, Month(0, 23), End(), 1000,
                              Pick(0, 1) ? v1::CONCENTRATED_CARE : v1::DISPERSED_CARE);
      case 3:
        return Housing(id, static_cast<v1::BenefitForm>(Pick(v1::PUBLIC_RENTAL, v1::HOUSE_RENOVATION)),
                       Month(0, 23), End());
      case 4:
        return Temporary(id, Of({"火灾", "车祸", ""}), Of({"S1", "S2", ""}), Day(), Pick(0, 3) * 100,
                         Region());
      case 5:
      case 6:
        return Settlement(
            id, Of({"I1", "I2", ""}), Day(), Pick(0, 2) * 100, Pick(0, 2) * 50, Pick(0, 2) * 30,
            static_cast<v1::BenefitForm>(Pick(v1::INPATIENT_SETTLEMENT, v1::OUTPATIENT_SETTLEMENT)));
      case 7:
        return StrikeOff(id, Of({"I1", "I2"}), Day(), 100, 50, 30);
      case 8:
        return Subsidy(id, Pick(2025, 2026));
      case 9:
        return Grant(id, Of({"2026春", "2026秋", "2025秋", ""}), Of({"一中", "二中", ""}));
      case 10:
        return Help(id, Pick(0, 1) ? v1::EMPLOYMENT : v1::DISASTER);
      case 11:  // deaths are rare, or the gaps would hardly be tried
        if (Pick(0, 2) > 0) return MinimumLiving(id, Month(0, 12), "", 300, Region());
        return FactOf(id, v1::DEATH, Day(), "", Pick(0, 3) ? "" : Day());
      case 12:
        return FactOf(id, Pick(0, 1) ? v1::SCHOOL_ENROLMENT : v1::REGISTERED_UNEMPLOYMENT, Day(), "",
                      Pick(0, 2) ? "" : Day());
      default:
        return Pick(0, 1)
                   ? FactOf(id, v1::DANGEROUS_HOUSE, Day(), Of({"B", "C", "D"}), Pick(0, 2) ? "" : Day())
                   : FactOf(id, v1::HOUSE_DAMAGE, Day(), Of({"COLLAPSED", "SEVERE", "MODERATE"}));
    }
  }

  std::mt19937* random_;
};

TEST(Evaluators, AgreeWithTheReferenceOnRandomPersons) {
  std::mt19937 random(kSeed);
  RandomPerson person(&random);
  std::map<std::string, int> opened;
  const matcher::CivilDate days[] = {{2026, 10, 31}, {2026, 1, 15}, {2026, 6, 1}, {2025, 12, 31}};
  for (int i = 0; i < 20000; ++i) {
    const std::vector<v1::Record> records = person.Records();
    const matcher::CivilDate day = days[i % 4];
    const std::vector<FindingDraft> drafts = ShippedRules().Evaluate(References(records), day);
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
  EXPECT_EQ(opened.size(), 16u) << "the random persons no longer try every rule";
  for (const auto& [rule, count] : opened) EXPECT_GT(count, 50) << rule;
}

TEST(Evaluators, GiveTheSameDraftsInEveryOrderOfRecords) {
  std::mt19937 random(kSeed + 1);
  RandomPerson person(&random);
  for (int i = 0; i < 3000; ++i) {
    const std::vector<v1::Record> records = person.Records();
    std::vector<CoverageRecord> references = References(records);
    const std::vector<FindingDraft> expected = ShippedRules().Evaluate(references, kAsOf);
    for (int round = 0; round < 3; ++round) {
      std::shuffle(references.begin(), references.end(), random);
      ASSERT_EQ(ShippedRules().Evaluate(references, kAsOf), expected)
          << "seed " << kSeed + 1 << " person " << i;
    }
  }
}

// Judged every single day, nothing changes before the day that was foretold, and on that day something does.
TEST(NextChange, IsTheFirstDayOnWhichTimeAloneChangesAnything) {
  std::mt19937 random(kSeed + 1);
  int changes = 0;
  for (int i = 0; i < 60; ++i) {
    const std::vector<v1::Record> records = RandomPerson(&random).Records();
    const std::vector<CoverageRecord> references = References(records);
    const matcher::CivilDate today = matcher::CivilDate::FromDays(
        matcher::CivilDate{2025, 3, 1}.days() + std::uniform_int_distribution<int>(0, 600)(random));
    const std::vector<FindingDraft> now = ShippedRules().Evaluate(references, today);
    const int32_t next = ShippedRules().NextChange(references, today).days();
    ASSERT_GT(next, today.days());
    ASSERT_LE(next, today.days() + RuleSet::kHorizonDays);
    for (int32_t day = today.days() + 1; day < next; ++day)
      ASSERT_TRUE(ShippedRules().Evaluate(references, matcher::CivilDate::FromDays(day)) == now)
          << "person " << i << " on " << matcher::CivilDate::FromDays(day).ToString();
    if (next == today.days() + RuleSet::kHorizonDays) continue;
    ++changes;
    EXPECT_FALSE(ShippedRules().Evaluate(references, matcher::CivilDate::FromDays(next)) == now);
  }
  EXPECT_GT(changes, 20);
}

}  // namespace
}  // namespace relief::coverage
