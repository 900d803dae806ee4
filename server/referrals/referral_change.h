// One change of one referral inside a transaction: history, row and index rows change together.
//
// Belongs to one piece of work and its thread.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/core/write_context.h"
#include "server/referrals/referral.pb.h"
#include "server/referrals/settings.h"
#include "server/referrals/state_machine.h"

namespace relief::server::referrals {

// NOT_FOUND: no such referral.
absl::StatusOr<stored::Referral> ReadReferralRow(const storage::Reader& reader,
                                                 const std::string& referral_id);

class ReferralChange {
 public:
  // A new referral.
  explicit ReferralChange(core::WriteContext& context) : context_(context) {}
  // An existing one. NOT_FOUND.
  static absl::StatusOr<ReferralChange> Of(core::WriteContext& context, const std::string& referral_id);

  v1::Referral& referral() { return *after_.mutable_referral(); }
  stored::Referral& row() { return after_; }

  // FAILED_PRECONDITION: the state does not allow the step.
  absl::Status Take(ReferralStep step);
  // Gives the present holder the whole limit from today on; the referral is not overdue any more.
  void BeginLimit(const ReferralSettings& settings);
  // An entry of the history about what the referral now is.
  void Append(v1::ReferralEvent event);

  // Call once, last.
  void Write();

 private:
  core::WriteContext& context_;
  std::optional<stored::Referral> before_;
  stored::Referral after_;
};

}  // namespace relief::server::referrals
