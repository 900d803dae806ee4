// Closes the referral of a finding that the data, or the agencies' agreement, have just closed or settled.
#pragma once

#include "absl/status/status.h"
#include "relief/v1/finding_service.pb.h"
#include "server/findings/finding_listener.h"

namespace relief::server::referrals {

// FULFILLED if a benefit of the programmes in question arrived since the referral was made, else LAPSED. An
// outcome that an agency reported stays, and the referral notes what the data say of it.
class GapClosing final : public findings::FindingListener {
 public:
  absl::Status Follow(core::WriteContext& context,
                      std::span<const findings::WrittenFinding> written) const override;
};

}  // namespace relief::server::referrals
