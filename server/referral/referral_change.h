// One change of one referral inside a transaction: history, row and index rows change together.
//
// Belongs to one piece of work and its thread.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/hub.h"
#include "server/referral/referral.pb.h"
#include "server/referral/settings.h"
#include "server/referral/state_machine.h"

namespace relief::server {

// NOT_FOUND: no such referral.
absl::StatusOr<stored::Referral> ReadReferralRow(const storage::Reader& reader,
                                                 const std::string& referral_id);

class ReferralChange {
 public:
  // A new referral.
  explicit ReferralChange(WriteContext& context) : context_(context) {}
  // An existing one. NOT_FOUND.
  static absl::StatusOr<ReferralChange> Of(WriteContext& context, const std::string& referral_id);

  v1::Referral& referral() { return *after_.mutable_referral(); }
  stored::Referral& row() { return after_; }

  // FAILED_PRECONDITION: the state does not allow the step.
  absl::Status Take(ReferralStep step);
  // Who has it now has so much time from today on; what was overdue no longer is.
  void BeginLimit(const ReferralSettings& settings);
  // An entry of the history about what the referral now is.
  void Append(v1::ReferralEvent event);

  // Call once, last.
  void Write();

 private:
  WriteContext& context_;
  std::optional<stored::Referral> before_;
  stored::Referral after_;
};

}  // namespace relief::server
