// The parts that CreateReferral shares with the later steps. Private to server/referrals.
#pragma once

#include <string>

#include "server/referrals/referral_change.h"

namespace relief::server::referrals {

// INVALID_ARGUMENT: too long.
absl::Status CheckReferralNote(const std::string& note);

// INVALID_ARGUMENT: not a programme and a county; the message names the field under `field`.
absl::Status CheckTarget(const std::string& field, const v1::Target& target);

// Hands over: state, target, limit, and the entry of the history. FAILED_PRECONDITION.
absl::Status SendTo(ReferralChange& change, const ReferralSettings& settings, const v1::Target& target,
                    const std::string& actor, const std::string& note);

}  // namespace relief::server::referrals
