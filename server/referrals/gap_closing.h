// A gap that the data, or the agencies' agreement, close takes its referral with it.
//
// Belongs to one piece of work and its thread.
#pragma once

#include "absl/status/status.h"
#include "relief/v1/finding_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::referrals {

// To be called when `finding`, which has a referral, is no longer open, in the same commit and after the
// records that caused it. FULFILLED if a benefit of the programmes in question arrived since the referral was
// made, else LAPSED. An outcome that somebody reported stays, and notes what the data say of it.
absl::Status CloseReferralOf(core::WriteContext& context, const v1::Finding& finding);

}  // namespace relief::server::referrals
