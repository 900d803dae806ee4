// What time alone does to referrals: they become overdue, and go before one authority after the other. By
// durable timer rows: nobody else is looked at.
//
// Belongs to one piece of work and its thread.
#pragma once

#include "absl/status/statusor.h"
#include "server/core/hub.h"

namespace relief::server::referrals {

// Treats referrals whose timer is due on the day of `context`, at most `limit`; returns how many. Fewer than
// `limit`: no more are due.
absl::StatusOr<size_t> PassReferralTime(core::WriteContext& context, const ReferralSettings& settings,
                                        size_t limit);

}  // namespace relief::server::referrals
