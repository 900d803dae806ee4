// What time alone does to referrals.
#include "tests/server/referrals/gap_fixture.h"

namespace relief::server::referrals {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);

class ReferralClockTest : public GapTest {};

TEST_F(ReferralClockTest, OverdueOnTheDayAfterTheLastAndThenUpToTheProvince) {
  const v1::Referral sent = *HandOverTo(*Take(Gap(kWang)), To(v1::MEDICAL));
  Turn({2026, 11, 9});
  EXPECT_FALSE(Read(sent.referral_id()).overdue()) << "the last day counts";
  Turn({2026, 11, 10});
  v1::Referral late = Read(sent.referral_id());
  EXPECT_TRUE(late.overdue());
  EXPECT_EQ(late.escalation(), 1);
  EXPECT_EQ(late.escalated_to(), "3713");
  Turn({2026, 11, 24});
  EXPECT_EQ(Read(sent.referral_id()).escalation(), 1);
  Turn({2026, 11, 25});  // ten working days later
  late = Read(sent.referral_id());
  EXPECT_EQ(late.escalation(), 2);
  EXPECT_EQ(late.escalated_to(), "37");
  Turn({2026, 12, 30});
  EXPECT_EQ(Read(sent.referral_id()).escalation(), 2) << "nobody is above the province";
  EXPECT_EQ(History(sent.referral_id()), "TAKEN HANDED_OVER OVERDUE ESCALATED");
}

TEST_F(ReferralClockTest, AStepOfTheClockWithoutARestartIsNoticedAtTheNextWork) {
  const std::string id = Take(Gap(kWang))->referral_id();
  clock_.Turn({2026, 12, 1});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!Read(id).overdue() && std::chrono::steady_clock::now() < deadline) {
    ASSERT_TRUE(hub_->Write([](core::WriteContext&) { return absl::OkStatus(); }).ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(Read(id).overdue());
}

TEST_F(ReferralClockTest, AFreshLimitBeginsWithEachHandOver) {
  const v1::Referral sent = *HandOverTo(*Take(Gap(kWang)), To(v1::MEDICAL));
  Turn({2026, 11, 10});
  const v1::Referral again = *HandOverTo(Read(sent.referral_id()), To(v1::TEMPORARY));
  EXPECT_FALSE(again.overdue());
  EXPECT_EQ(again.escalation(), 1) << "that it was late once stays known";
  EXPECT_EQ(records::ToCivilDate(again.due_date()), (matcher::CivilDate{2026, 12, 8}));
}

TEST_F(ReferralClockTest, WhatIsClosedIsNeverOverdue) {
  const v1::Referral closed = *Conclude(*Take(Gap(kWang)), v1::Referral::REFUSED);
  Turn({2027, 3, 1});
  EXPECT_FALSE(Read(closed.referral_id()).overdue());
  EXPECT_TRUE(Rows(*hub_, "hWt").empty()) << "no timer is left";
}

TEST_F(ReferralClockTest, ManyAtOnceAllBecomeOverdue) {
  const v1::Source source = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
  std::vector<v1::Record> records;
  for (int i = 0; i < 600; ++i)  // more than a page of a sweep
    records.push_back(Monthly(
        MadeUp("陈试", {static_cast<int16_t>(1930 + i % 60), static_cast<uint8_t>(1 + i % 12), 3}, 100 + i),
        "B" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1)));
  Push(*hub_, source, records);
  size_t taken = 0;
  for (const v1::Finding& finding : OpenFindings(*hub_))
    if (finding.rule_id() == "M01") taken += static_cast<size_t>(Take(finding.finding_id()).ok());
  ASSERT_GT(taken, 500u);
  Turn({2026, 12, 30});
  v1::ListReferralsRequest request;
  request.mutable_filter()->set_only_overdue(true);
  request.set_page_size(1000);
  EXPECT_EQ(static_cast<size_t>(ListReferrals(hub_->store(), request)->referrals_size()), taken);
}

}  // namespace
}  // namespace relief::server::referrals
