// Which step is allowed in which state of a referral, and where it leads. One table, and nothing else
// decides.
//
// Pure; callable from any thread.
#pragma once

#include <array>
#include <optional>

#include "relief/v1/referral_service.pb.h"

namespace relief::server::referrals {

enum class ReferralStep {
  kHandOver,
  kAccept,
  kReturn,
  kGrant,
  kRefuse,
  kWithdraw,
  kConsent,  // or its revocation
  kCharityAnswer,
  kFulfil,  // by the data
  kLapse,
};
inline constexpr std::array kAllReferralSteps = {
    ReferralStep::kHandOver, ReferralStep::kAccept,   ReferralStep::kReturn,  ReferralStep::kGrant,
    ReferralStep::kRefuse,   ReferralStep::kWithdraw, ReferralStep::kConsent, ReferralStep::kCharityAnswer,
    ReferralStep::kFulfil,   ReferralStep::kLapse};

// Nobody has to act any more.
bool IsClosed(v1::Referral::State state);

// The state after the step; nothing if the state does not allow it.
std::optional<v1::Referral::State> StateAfter(v1::Referral::State state, ReferralStep step);

}  // namespace relief::server::referrals
