// One account that many households are paid into (D27), through the hub.
#include "tests/server/hub_fixture.h"

namespace relief::server::findings {
namespace {

class Accounts : public testing::Test {
 protected:
  v1::Record Paid(int i, const std::string& account, int64_t version = 1) {
    const Who who = MadeUp(i % 2 ? "孙玉梅" : "周国强",
                           {static_cast<int16_t>(1940 + i), 5, static_cast<uint8_t>(1 + i)}, 200 + i);
    v1::Record record =
        Monthly(who, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1), "371302", version);
    record.mutable_household()->set_household_id("H" + std::to_string(i));
    record.mutable_benefit()->set_payee_account(account);
    return record;
  }
  std::vector<v1::Finding> Shared() {
    std::vector<v1::Finding> findings = OpenFindings(*hub_);
    std::erase_if(findings, [](const v1::Finding& finding) { return finding.rule_id() != "D27"; });
    return findings;
  }

  std::unique_ptr<core::Hub> hub_ = OpenHub();
  v1::Source living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
};

TEST_F(Accounts, OpenBeyondTheHouseholdsThatMayShareAndCloseBelow) {
  for (int i : {1, 2, 3}) Push(*hub_, living_, {Paid(i, "6222 0212-3456")});
  EXPECT_TRUE(Shared().empty()) << "three may share a keeper";
  Push(*hub_, living_, {Paid(4, "622202123456")});
  ASSERT_EQ(Shared().size(), 1u);
  EXPECT_EQ(Shared()[0].evidence_size(), 4) << "however the number is written";
  const std::string id = Shared()[0].finding_id();
  Push(*hub_, living_, {Paid(5, "622202123456")});
  ASSERT_EQ(Shared().size(), 1u);
  EXPECT_EQ(Shared()[0].evidence_size(), 5) << "the same finding grows";
  for (int i : {4, 5}) Push(*hub_, living_, {Paid(i, "95588", 2)});
  EXPECT_TRUE(Shared().empty()) << "they have accounts of their own now";
  Push(*hub_, living_, {Paid(4, "622202123456", 3)});
  ASSERT_EQ(Shared().size(), 1u);
  EXPECT_TRUE(Shared()[0].finding_id() == id || Shared()[0].evidence_size() == 4);
}

TEST_F(Accounts, OneHouseholdMayHaveOneAccount) {
  std::vector<v1::Record> family;
  for (int i = 1; i <= 6; ++i) {
    family.push_back(Paid(i, "622202123456"));
    family.back().mutable_household()->set_household_id("H1");
  }
  Push(*hub_, living_, family);
  EXPECT_TRUE(Shared().empty());
}

TEST_F(Accounts, AnEndedBenefitNoLongerCounts) {
  for (int i : {1, 2, 3, 4}) Push(*hub_, living_, {Paid(i, "622202123456")});
  ASSERT_EQ(Shared().size(), 1u);
  v1::Record ended = Paid(2, "622202123456", 2);
  *ended.mutable_benefit()->mutable_end_month() = MonthOf(2026, 5);
  Push(*hub_, living_, {ended});
  EXPECT_TRUE(Shared().empty());
}

TEST_F(Accounts, TheNumberStandsInNoKeyAndNoFinding) {
  for (int i : {1, 2, 3, 4}) Push(*hub_, living_, {Paid(i, "622202123456")});
  for (const auto& [key, value] : Rows(*hub_, "hk"))
    EXPECT_EQ((key + value).find("622202123456"), std::string::npos);
  for (const auto& [key, value] : Rows(*hub_, "hf")) EXPECT_EQ(value.find("622202123456"), std::string::npos);
}

}  // namespace
}  // namespace relief::server::findings
