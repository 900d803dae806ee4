// Findings out: the durable outbox of each subscription. Notices are appended in the commit that opens,
// changes or closes the finding; sequence numbers are dense, taken from the subscription's own row inside
// that commit.
//
// What is open when a subscription begins is copied in steps, so that nobody waits for it. Until a step has
// come to a finding, the subscription is not told of its changes: the step tells of it as it then is.
//
// The functions below may be called from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/notice_service.pb.h"
#include "server/core/hub.h"
#include "server/findings/finding_listener.h"
#include "storage/store.h"

namespace relief::server::notices {

// May this subscription see the finding?
bool Matches(const v1::Subscription& subscription, const v1::Finding& finding);

// Appends a notice of each finding to each subscription that may see it.
class OutboxStep final : public findings::FindingListener {
 public:
  absl::Status Follow(core::WriteContext& context,
                      std::span<const findings::WrittenFinding> written) const override;
};

// In core::Features.
struct NoticeSettings {
  int64_t retention = 10'000;  // notices kept behind the acknowledged one, for each subscription
};

// Who asks: the caller, for the audit chain, and the agency that subscriptions belong to. Other agencies'
// subscriptions are NOT_FOUND.
struct Subscriber {
  std::string caller;
  std::string agency;
};
inline constexpr int kMostSubscriptions = 50;  // of one agency

absl::StatusOr<v1::Subscription> CreateSubscription(core::Hub& hub,
                                                    const v1::CreateSubscriptionRequest& request,
                                                    const Subscriber& subscriber);
// Copies what is left of the findings that were open when the subscription began. Does nothing where nothing
// is left.
absl::Status FinishCopying(core::Hub& hub, const std::string& subscription_id);
absl::StatusOr<v1::Subscription> GetSubscription(const storage::Reader& reader,
                                                 const std::string& subscription_id);
absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(const storage::Reader& reader,
                                                                const v1::ListSubscriptionsRequest& request);
absl::Status DeleteSubscription(core::Hub& hub, const std::string& subscription_id,
                                const Subscriber& subscriber);

// Never goes back. Drops notices that are older than the retention behind the acknowledged one.
absl::StatusOr<v1::Subscription> Acknowledge(core::Hub& hub, const v1::AcknowledgeRequest& request,
                                             const Subscriber& subscriber);

// Notices from `sequence` on, at most `limit`. OUT_OF_RANGE: older than what is kept.
absl::StatusOr<std::vector<v1::Notice>> ReadNotices(const storage::Reader& reader,
                                                    const std::string& subscription_id, int64_t sequence,
                                                    size_t limit);

}  // namespace relief::server::notices
