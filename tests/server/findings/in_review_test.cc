// A gap is claimed of nobody whom the matcher asks about, while an officer's decision may close it; and it is claimed as soon as no
// decision can.
#include "server/findings/in_review.h"

#include "tests/server/hub_fixture.h"

namespace relief::server::findings {
namespace {

class GapsInReview : public testing::Test {
 protected:
  void PushAllowance() {
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
         {Monthly(who_, "A", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  }
  // The premium of somebody of that rare name, without number or birth date.
  v1::Record Premium(int year, int64_t version = 1) {
    v1::Record record = RecordOf(who_, "B", version);
    record.mutable_person()->clear_id_number();
    record.mutable_person()->clear_birth_date();
    v1::Benefit& benefit = *record.mutable_benefit();
    benefit.set_programme(v1::MEDICAL);
    benefit.set_form(v1::INSURANCE_SUBSIDY);
    benefit.set_benefit_year(year);
    benefit.set_paying_region("371302");
    return record;
  }
  void PushPremium(const v1::Record& record) {
    Push(*hub_, OpenBenefits(*hub_, "md", v1::MEDICAL), {record});
  }
  bool Claimed() {
    for (const v1::Finding& finding : OpenFindings(*hub_))
      if (finding.rule_id() == "M01") return true;
    return false;
  }
  size_t Asked() { return matcher::ListConflicts(hub_->store(), "", 10)->size(); }

  const Who who_ = MadeUp("濮阳慧筠", {1960, 5, 1}, 120);
  std::unique_ptr<core::Hub> hub_ = OpenHub();
};

TEST_F(GapsInReview, IsClaimedWhileNobodyIsAskedAbout) {
  PushAllowance();
  EXPECT_TRUE(Claimed());
}

TEST_F(GapsInReview, IsNotClaimedWhateverCameFirst) {
  PushAllowance();
  PushPremium(Premium(2026));
  ASSERT_EQ(Asked(), 1u);
  EXPECT_FALSE(Claimed());

  hub_ = OpenHub();
  PushPremium(Premium(2026));
  PushAllowance();
  ASSERT_EQ(Asked(), 1u);
  EXPECT_FALSE(Claimed());
}

TEST_F(GapsInReview, IsClaimedOnceTheOtherRecordSaysSomethingElse) {
  PushAllowance();
  PushPremium(Premium(2026));
  PushPremium(Premium(2025, 2));
  ASSERT_EQ(Asked(), 1u) << "nothing changed in who the record is about";
  EXPECT_TRUE(Claimed());
}

TEST_F(GapsInReview, IsClaimedOnceTheOtherRecordIsWithdrawn) {
  PushAllowance();
  PushPremium(Premium(2026));
  v1::Record gone = Premium(2026, 2);
  gone.set_deleted(true);
  PushPremium(gone);
  ASSERT_EQ(Asked(), 0u);
  EXPECT_TRUE(Claimed());
}

}  // namespace
}  // namespace relief::server::findings
