// Referrals: a gap is taken on, handed over, answered. Everything that ReferralService promises
// (proto/relief/v1/referral_service.proto) is done here; the limits are those of the hub's options.
//
// Every function may be called from any thread. Each step is one commit: row, history, index, timer, and the
// audit entry.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/referral_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::referrals {

absl::StatusOr<v1::Referral> CreateReferral(core::Hub& hub, const v1::CreateReferralRequest& request,
                                            const std::string& actor);
absl::StatusOr<v1::Referral> HandOver(core::Hub& hub, const v1::HandOverRequest& request,
                                      const std::string& actor);
absl::StatusOr<v1::Referral> Accept(core::Hub& hub, const v1::AcceptRequest& request,
                                    const std::string& actor);
absl::StatusOr<v1::Referral> Return(core::Hub& hub, const v1::ReturnRequest& request,
                                    const std::string& actor);
absl::StatusOr<v1::Referral> ConcludeReferral(core::Hub& hub, const v1::ConcludeRequest& request,
                                              const std::string& actor);
absl::StatusOr<v1::Referral> RecordConsent(core::Hub& hub, const v1::RecordConsentRequest& request,
                                           const std::string& actor);

absl::StatusOr<v1::Referral> GetReferral(const storage::Reader& reader, const std::string& referral_id);
absl::StatusOr<v1::ListReferralsResponse> ListReferrals(const storage::Reader& reader,
                                                        const v1::ListReferralsRequest& request);
absl::StatusOr<v1::ListReferralEventsResponse> ListReferralEvents(
    const storage::Reader& reader, const v1::ListReferralEventsRequest& request);

}  // namespace relief::server::referrals
