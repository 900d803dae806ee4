#include <functional>
#include <thread>

#include "tests/server/referrals/gap_fixture.h"

namespace relief::server::referrals {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kChild = MadeUp("李小明", {2014, 5, 1}, 35);

class ReferralTest : public GapTest {};

TEST_F(ReferralTest, GoesFromTheFirstTakerToTheOneWhoHelps) {
  const std::string finding = Gap(kWang);
  const v1::Referral taken = *Take(finding);
  EXPECT_EQ(taken.state(), v1::Referral::OPEN);
  EXPECT_EQ(taken.taker(), "taker");
  EXPECT_EQ(taken.need(), v1::NEED_MEDICAL);
  EXPECT_EQ(taken.target().programme(), v1::MEDICAL) << "proposed by the rule";
  EXPECT_EQ(taken.target().region(), "371302");
  EXPECT_EQ(records::ToCivilDate(taken.due_date()), (matcher::CivilDate{2026, 11, 9})) << "20 working days";
  const v1::Referral sent = *HandOverTo(taken, To(v1::MEDICAL));
  EXPECT_EQ(sent.state(), v1::Referral::HANDED_OVER);
  const v1::Referral accepted = *AcceptIt(sent);
  EXPECT_EQ(accepted.holder(), "medical");
  const v1::Referral granted = *Conclude(accepted, v1::Referral::GRANTED);
  EXPECT_EQ(granted.state(), v1::Referral::GRANTED);
  EXPECT_EQ(granted.taker(), "taker") << "who took it first stays known";
  EXPECT_EQ(History(taken.referral_id()), "TAKEN HANDED_OVER ACCEPTED GRANTED");
}

TEST_F(ReferralTest, EveryCallKeepsToTheStateMachine) {
  struct Reach {
    v1::Referral::State state;
    std::function<v1::Referral(const v1::Referral&)> from_open;
  };
  const auto sent = [this](const v1::Referral& r) { return *HandOverTo(r, To(v1::MEDICAL)); };
  const auto accepted = [=, this](const v1::Referral& r) { return *AcceptIt(sent(r)); };
  const Reach states[] = {
      {v1::Referral::OPEN, [](const v1::Referral& r) { return r; }},
      {v1::Referral::HANDED_OVER, sent},
      {v1::Referral::ACCEPTED, accepted},
      {v1::Referral::RETURNED, [=, this](const v1::Referral& r) { return *ReturnIt(sent(r)); }},
      {v1::Referral::GRANTED,
       [=, this](const v1::Referral& r) { return *Conclude(accepted(r), v1::Referral::GRANTED); }},
      {v1::Referral::REFUSED, [this](const v1::Referral& r) { return *Conclude(r, v1::Referral::REFUSED); }},
      {v1::Referral::WITHDRAWN,
       [this](const v1::Referral& r) { return *Conclude(r, v1::Referral::WITHDRAWN); }},
  };
  struct Call {
    const char* name;
    std::string allowed;  // one letter for each state above: + or -
    std::function<absl::Status(const v1::Referral&)> make;
  };
  const Call calls[] = {
      {"HandOver", "++-+---", [this](const auto& r) { return HandOverTo(r, To(v1::TEMPORARY)).status(); }},
      {"Accept", "-+-----", [this](const auto& r) { return AcceptIt(r).status(); }},
      {"Return", "-++----", [this](const auto& r) { return ReturnIt(r).status(); }},
      {"Grant", "+-++---", [this](const auto& r) { return Conclude(r, v1::Referral::GRANTED).status(); }},
      {"Refuse", "+-++---", [this](const auto& r) { return Conclude(r, v1::Referral::REFUSED).status(); }},
      {"Withdraw", "++++---",
       [this](const auto& r) { return Conclude(r, v1::Referral::WITHDRAWN).status(); }},
      {"Consent", "++++-+-", [this](const auto& r) { return Consent(r, v1::Consent::GIVEN).status(); }},
  };
  int person = 0;
  for (const Call& call : calls) {
    for (size_t i = 0; i < std::size(states); ++i) {
      ++person;
      const Who who = MadeUp("王试", {static_cast<int16_t>(1930 + person % 60), 3, 14}, 100 + person * 7);
      const v1::Referral open = *Take(Gap(who, "A" + std::to_string(person)));
      const v1::Referral before = states[i].from_open(open);
      ASSERT_EQ(before.state(), states[i].state);
      const absl::Status made = call.make(before);
      const std::string where = std::string(call.name) + " in " + v1::Referral::State_Name(before.state());
      if (call.allowed[i] == '+') {
        EXPECT_TRUE(made.ok()) << where << ": " << made;
      } else {
        EXPECT_TRUE(absl::IsFailedPrecondition(made)) << where << ": " << made;
        EXPECT_EQ(Read(open.referral_id()).SerializeAsString(), before.SerializeAsString()) << where;
      }
    }
  }
}

TEST_F(ReferralTest, IsTakenOnOnceAndTheSameTakerGetsItAgain) {
  const std::string finding = Gap(kWang);
  const v1::Referral first = *Take(finding);
  const auto again = Take(finding);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first.SerializeAsString());
  EXPECT_TRUE(absl::IsAlreadyExists(Take(finding, "another").status()));
  EXPECT_EQ(History(first.referral_id()), "TAKEN");
  ASSERT_TRUE(Conclude(first, v1::Referral::WITHDRAWN).ok());
  const v1::Referral second = *Take(finding, "another");
  EXPECT_NE(second.referral_id(), first.referral_id());
  EXPECT_EQ(findings::GetFinding(hub_->store(), finding)->referral_id(), second.referral_id());
}

TEST_F(ReferralTest, OnlyAnOpenGapIsReferred) {
  EXPECT_TRUE(absl::IsNotFound(Take("F-0000000000000000").status()));
  const std::string finding = Gap(kWang);
  PayInsurance(kWang);
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(finding).status()));
}

TEST_F(ReferralTest, WhoSawItOtherwiseIsRefused) {
  const v1::Referral seen = *Take(Gap(kWang));
  ASSERT_TRUE(HandOverTo(seen, To(v1::MEDICAL)).ok());
  EXPECT_TRUE(absl::IsAborted(HandOverTo(seen, To(v1::TEMPORARY)).status()));
  v1::Referral unread = seen;
  unread.clear_etag();
  EXPECT_TRUE(absl::IsInvalidArgument(HandOverTo(unread, To(v1::TEMPORARY)).status()));
}

TEST_F(ReferralTest, OfManyAtOnceOneWins) {
  const v1::Referral sent = *HandOverTo(*Take(Gap(kWang)), To(v1::MEDICAL));
  std::atomic<int> won = 0, aborted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const auto status = i % 2 == 0 ? AcceptIt(sent).status() : ReturnIt(sent).status();
      won += static_cast<int>(status.ok());
      aborted += static_cast<int>(absl::IsAborted(status));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(aborted, 7);
}

TEST_F(ReferralTest, MayBeReturnedOnwardsInOneStep) {
  auto request = Of<v1::ReturnRequest>(*HandOverTo(*Take(Gap(kWang)), To(v1::MEDICAL)));
  request.set_reason(v1::Referral::WRONG_REGION);
  *request.mutable_onward() = To(v1::MEDICAL, "371312");
  const auto onward = Return(*hub_, request, "medical");
  ASSERT_TRUE(onward.ok()) << onward.status();
  EXPECT_EQ(onward->state(), v1::Referral::HANDED_OVER);
  EXPECT_EQ(onward->target().region(), "371312");
  EXPECT_EQ(onward->hand_overs(), 2);
  EXPECT_EQ(History(onward->referral_id()), "TAKEN HANDED_OVER RETURNED HANDED_OVER");
}

TEST_F(ReferralTest, IsFulfilledByTheDataWhenTheBenefitArrives) {
  const v1::Referral accepted = *AcceptIt(*HandOverTo(*Take(Gap(kWang)), To(v1::MEDICAL)));
  PayInsurance(kWang);
  const v1::Referral closed = Read(accepted.referral_id());
  EXPECT_EQ(closed.state(), v1::Referral::FULFILLED);
  EXPECT_EQ(closed.fulfilled_by().source_id(), "yl");
  EXPECT_TRUE(closed.has_gap_close_time());
  EXPECT_EQ(History(closed.referral_id()), "TAKEN HANDED_OVER ACCEPTED FULFILLED");
}

TEST_F(ReferralTest, LapsesWhenTheGapGoesAndNoBenefitCame) {
  const v1::Referral taken = *Take(Gap(kWang));
  v1::Record withdrawn = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1), "371302", 2);
  withdrawn.set_deleted(true);
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING), {withdrawn});
  EXPECT_EQ(Read(taken.referral_id()).state(), v1::Referral::LAPSED);
  EXPECT_FALSE(Read(taken.referral_id()).has_fulfilled_by());
}

TEST_F(ReferralTest, AReportedOutcomeStaysAndTheDataBearItOut) {
  const v1::Referral granted = *Conclude(*Take(Gap(kWang)), v1::Referral::GRANTED);
  EXPECT_FALSE(granted.has_fulfilled_by()) << "so far only somebody's word";
  PayInsurance(kWang);
  const v1::Referral after = Read(granted.referral_id());
  EXPECT_EQ(after.state(), v1::Referral::GRANTED);
  EXPECT_EQ(after.fulfilled_by().record_id(), "Y1");
  EXPECT_EQ(History(after.referral_id()), "TAKEN GRANTED FULFILLED");
}

TEST_F(ReferralTest, TheFindingTellsItsSubscribersAndItsHistory) {
  const std::string finding = Gap(kWang);
  v1::CreateSubscriptionRequest subscribe;
  subscribe.mutable_subscription()->set_subscription_id("S");
  ASSERT_TRUE(notices::CreateSubscription(*hub_, subscribe, {"local", "local"}).ok());
  const v1::Referral taken = *Take(finding);
  const auto notices = notices::ReadNotices(hub_->store(), "S", 1, 10);
  ASSERT_TRUE(notices.ok());
  ASSERT_EQ(notices->size(), 1u);
  EXPECT_EQ(notices->at(0).event(), v1::Notice::CHANGED);
  EXPECT_EQ(notices->at(0).finding().referral_id(), taken.referral_id());
  v1::ListFindingEventsRequest request;
  request.set_finding_id(finding);
  const auto events = findings::ListFindingEvents(hub_->store(), request);
  EXPECT_EQ(events->events().rbegin()->kind(), v1::FindingEvent::REFERRED);
  EXPECT_EQ(events->events().rbegin()->actor(), "taker");
}

TEST_F(ReferralTest, AReasonIsRequiredAndOtherNeedsAWord) {
  const v1::Referral taken = *Take(Gap(kWang));
  auto request = Of<v1::ConcludeRequest>(taken);
  request.set_outcome(v1::Referral::REFUSED);
  EXPECT_TRUE(absl::IsInvalidArgument(ConcludeReferral(*hub_, request, "x").status()));
  request.set_reason(v1::Referral::OTHER);
  EXPECT_TRUE(absl::IsInvalidArgument(ConcludeReferral(*hub_, request, "x").status()));
  request.set_outcome(v1::Referral::FULFILLED);
  request.set_note("because");
  EXPECT_TRUE(absl::IsInvalidArgument(ConcludeReferral(*hub_, request, "x").status()))
      << "only the data say so";
  request.set_outcome(v1::Referral::REFUSED);
  EXPECT_TRUE(ConcludeReferral(*hub_, request, "x").ok());
}

TEST_F(ReferralTest, UnderFourteenAGuardianConsents) {
  const v1::Referral taken = *Take(Gap(kChild));
  EXPECT_TRUE(absl::IsInvalidArgument(Consent(taken, v1::Consent::GIVEN).status()));
  const auto consented = Consent(taken, v1::Consent::GIVEN, v1::Consent::GUARDIAN);
  ASSERT_TRUE(consented.ok()) << consented.status();
  EXPECT_EQ(consented->consent().recorded_by(), "taker");
}

}  // namespace
}  // namespace relief::server::referrals
