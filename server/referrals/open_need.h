// When a need is left to charities: nobody among the programmes covers it, and the person consented. Pure;
// callable from any thread.
#pragma once

#include "server/referrals/referral.pb.h"

namespace relief::server::referrals {

// The gap is open, consent stands, and the referral was refused, or is overdue, or is of a lead that nobody
// answered.
bool IsOpenNeed(const stored::Referral& referral);

}  // namespace relief::server::referrals
