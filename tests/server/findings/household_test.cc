// Rules on households, through the hub: across sources, and whoever of the household the change touched.
#include "server/findings/judging.h"
#include "server/registry/person_view.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::findings {
namespace {

// A home of one member, a subsidy for the rent of another.
std::shared_ptr<const coverage::RuleSet> TwoHomes() {
  auto rules = coverage::RuleSet::Parse("test.textproto", R"(
    rules {
      id: "H1" version: 1 kind: DUPLICATE title_zh: "一户两房" title_en: "two homes" legal_basis: "test"
      basis_confirmed: false effective_from { year: 2020 month: 1 day: 1 } severity: HIGH notify: HOUSING
      deadline_days: 30 unit: HOUSEHOLD
      overlap {
        left { programme: HOUSING forms: PUBLIC_RENTAL } right { programme: HOUSING forms: RENT_SUBSIDY }
        allowed_months { value: 1 }
      }
    })");
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

class Households : public testing::Test {
 protected:
  v1::Record Living(const Who& who, const std::string& id, const std::string& household,
                    int64_t version = 1) {
    v1::Record record = Monthly(who, id, v1::MINIMUM_LIVING, MonthOf(2025, 1), "371302", version);
    record.mutable_household()->set_household_id(household);
    return record;
  }
  v1::Record Home(const Who& who, const std::string& id, v1::BenefitForm form,
                  const std::string& household = "") {
    v1::Record record = Monthly(who, id, v1::HOUSING, MonthOf(2026, 1));
    record.mutable_benefit()->set_form(form);
    if (!household.empty()) record.mutable_household()->set_household_id(household);
    return record;
  }
  std::string PersonOf(const std::string& source, const std::string& record) {
    return matcher::PersonOfRecord(hub_->store(), matcher::RecordKey::Of(source, record))->ToString();
  }
  size_t MembersOf(const std::string& source, const std::string& record) {
    return static_cast<size_t>(
        registry::ReadHouseholdOf(hub_->store(), PersonOf(source, record))->members_size());
  }

  const Who kHead = MadeUp("王建国", {1960, 3, 14}, 121), kWife = MadeUp("李秀英", {1962, 7, 2}, 122),
            kSon = MadeUp("王志强", {1985, 1, 9}, 123);
  std::unique_ptr<core::Hub> hub_ = OpenHub(storage::NewMemoryStore(), TestOptions(), TwoHomes());
  v1::Source living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
             homes_ = OpenBenefits(*hub_, "ho", v1::HOUSING);
};

TEST_F(Households, AFindingConcernsAllAndIsOpenedByWhoeverComesLast) {
  Push(*hub_, living_, {Living(kHead, "D1", "H1"), Living(kWife, "D2", "H1")});
  Push(*hub_, homes_, {Home(kHead, "Z1", v1::PUBLIC_RENTAL)});
  EXPECT_TRUE(OpenFindings(*hub_).empty());
  Push(*hub_, homes_, {Home(kWife, "Z2", v1::RENT_SUBSIDY)});
  ASSERT_EQ(OpenFindings(*hub_).size(), 1u);
  const v1::Finding finding = OpenFindings(*hub_)[0];
  EXPECT_EQ(finding.household_person_ids_size(), 2);
  EXPECT_EQ(finding.evidence_size(), 2);
  EXPECT_TRUE(finding.person_id() == PersonOf("ml", "D1") || finding.person_id() == PersonOf("ml", "D2"));
  EXPECT_EQ(registry::ReadPerson(hub_->store(), finding.person_id())->findings_size(), 1)
      << "it is on its person's page";
}

TEST_F(Households, HangTogetherAcrossSourcesThroughAMemberTheyShare) {
  // The wife lives with the head for one source, and with the son for another.
  Push(*hub_, living_, {Living(kHead, "D1", "H1"), Living(kWife, "D2", "H1")});
  Push(*hub_, homes_,
       {Home(kWife, "Z1", v1::PUBLIC_RENTAL, "F9"), Home(kSon, "Z2", v1::HOUSE_RENOVATION, "F9"),
        Home(kSon, "Z3", v1::RENT_SUBSIDY)});
  EXPECT_EQ(MembersOf("ml", "D1"), 3u);
  EXPECT_EQ(OpenFindings(*hub_).size(), 1u);
  EXPECT_EQ(OpenFindings(*hub_)[0].household_person_ids_size(), 3);
}

TEST_F(Households, AFindingClosesWhenAMemberLeavesAndOpensWhenItReturns) {
  Push(*hub_, living_, {Living(kHead, "D1", "H1"), Living(kWife, "D2", "H1")});
  Push(*hub_, homes_, {Home(kHead, "Z1", v1::PUBLIC_RENTAL), Home(kWife, "Z2", v1::RENT_SUBSIDY)});
  const std::string id = OpenFindings(*hub_).at(0).finding_id();
  for (int64_t version : {2, 4}) {
    Push(*hub_, living_, {Living(kWife, "D2", "H2", version)});
    EXPECT_TRUE(OpenFindings(*hub_).empty()) << "the one who stays behind is judged again as well";
    EXPECT_EQ(MembersOf("ml", "D1"), 1u);
    Push(*hub_, living_, {Living(kWife, "D2", "H1", version + 1)});
    ASSERT_EQ(OpenFindings(*hub_).size(), 1u);
    EXPECT_EQ(OpenFindings(*hub_)[0].finding_id(), id);
  }
}

TEST_F(Households, ANumberThatStandsForManyIsNoHousehold) {
  std::vector<v1::Record> many;
  for (int i = 0; i < static_cast<int>(kLargestHousehold) + 5; ++i)
    many.push_back(
        Living(MadeUp("赵" + std::string(i % 2 ? "敏" : "磊"),
                      {static_cast<int16_t>(1940 + i % 60), static_cast<uint8_t>(1 + i % 12), 7}, 200 + i),
               "D" + std::to_string(100 + i), "0"));
  Push(*hub_, living_, many);
  Push(*hub_, living_, {Living(kHead, "D1", "0"), Living(kWife, "D2", "0")});
  Push(*hub_, homes_, {Home(kHead, "Z1", v1::PUBLIC_RENTAL), Home(kWife, "Z2", v1::RENT_SUBSIDY)});
  EXPECT_TRUE(OpenFindings(*hub_).empty());
}

}  // namespace
}  // namespace relief::server::findings
