#include "server/referrals/state_machine.h"

#include <gtest/gtest.h>

#include <map>

namespace relief::server::referrals {
namespace {

using v1::Referral;

// Every state x every step. A column each: hand over, accept, return, grant, refuse, withdraw, consent,
// charity's answer, fulfilled by the data, lapsed by the data. "." is refused, "=" stays in the state.
const std::map<Referral::State, const char*> kExpected = {
    {Referral::OPEN, "H..GRW==FL"},      {Referral::HANDED_OVER, "HAB..W==FL"},
    {Referral::ACCEPTED, "..BGRW==FL"},  {Referral::RETURNED, "H..GRW==FL"},
    {Referral::GRANTED, ".......=.."},   {Referral::REFUSED, "......==.."},
    {Referral::WITHDRAWN, ".......=.."}, {Referral::FULFILLED, ".......=.."},
    {Referral::LAPSED, ".......=.."},
};

char Letter(Referral::State state) {
  switch (state) {
    case Referral::HANDED_OVER:
      return 'H';
    case Referral::ACCEPTED:
      return 'A';
    case Referral::RETURNED:
      return 'B';
    case Referral::GRANTED:
      return 'G';
    case Referral::REFUSED:
      return 'R';
    case Referral::WITHDRAWN:
      return 'W';
    case Referral::FULFILLED:
      return 'F';
    case Referral::LAPSED:
      return 'L';
    default:
      return '?';
  }
}

TEST(StateMachine, AllowsEveryStepInTheStatesOfTheTableAndInNoOther) {
  for (int i = Referral::OPEN; i <= Referral::State_MAX; ++i) {
    const auto state = static_cast<Referral::State>(i);
    ASSERT_TRUE(kExpected.contains(state)) << Referral::State_Name(state) << " has no row in this table";
    std::string found;
    for (const ReferralStep step : kAllReferralSteps) {
      const auto next = StateAfter(state, step);
      const bool stays = step == ReferralStep::kConsent || step == ReferralStep::kCharityAnswer;
      if (next && stays) {
        EXPECT_EQ(*next, state);
      }
      found.push_back(!next ? '.' : stays ? '=' : Letter(*next));
    }
    EXPECT_EQ(found, kExpected.at(state)) << Referral::State_Name(state);
  }
}

TEST(StateMachine, NothingLeavesAClosedState) {
  for (int i = Referral::OPEN; i <= Referral::State_MAX; ++i) {
    const auto state = static_cast<Referral::State>(i);
    if (!IsClosed(state)) continue;
    for (const ReferralStep step : kAllReferralSteps)
      EXPECT_EQ(StateAfter(state, step).value_or(state), state);
  }
}

}  // namespace
}  // namespace relief::server::referrals
