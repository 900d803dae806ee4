// The effect of time alone on referrals: they become overdue and are escalated to one authority after the other. By
// durable timer rows: nobody else is looked at.
//
// Belongs to one piece of work and its thread.
#pragma once

#include "absl/status/statusor.h"
#include "server/core/features.h"

namespace relief::server::referrals {

// The referrals whose timer is due on the day of the context.
class ReferralClock final : public core::DayStep {
 public:
  absl::StatusOr<size_t> Run(core::WriteContext& context, size_t limit) const override;
};

}  // namespace relief::server::referrals
