// Findings out: the durable outbox of each subscription. Notices are appended in the commit that opens,
// changes or closes the finding; sequence numbers are dense, taken from the subscription's own row inside
// that commit.
//
// An Outbox belongs to one transaction and one thread; the functions below may be called from any thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/notice_service.pb.h"
#include "server/core/hub.h"
#include "storage/transaction.h"

namespace relief::server::notices {

// May this subscription see the finding?
bool Matches(const v1::Subscription& subscription, const v1::Finding& finding);

class Outbox {
 public:
  // Reads the subscriptions through the transaction.
  static absl::StatusOr<Outbox> Open(storage::Transaction& txn, int64_t now_us);

  // Appends a notice to each subscription that may see the finding.
  void Append(const v1::Finding& finding, v1::Notice::Event event);

  // Writes what was appended, and the subscriptions' new heads. Call once, last.
  void Flush();

 private:
  Outbox(storage::Transaction& txn, int64_t now_us) : txn_(&txn), now_us_(now_us) {}

  storage::Transaction* txn_;
  int64_t now_us_;
  std::vector<v1::Subscription> subscriptions_;
  std::vector<v1::Notice> notices_;
  std::set<std::string> changed_;
};

absl::StatusOr<v1::Subscription> CreateSubscription(core::Hub& hub,
                                                    const v1::CreateSubscriptionRequest& request,
                                                    const std::string& actor);
absl::StatusOr<v1::Subscription> GetSubscription(const storage::Reader& reader,
                                                 const std::string& subscription_id);
absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(const storage::Reader& reader,
                                                                const v1::ListSubscriptionsRequest& request);
absl::Status DeleteSubscription(core::Hub& hub, const std::string& subscription_id, const std::string& actor);

// Never goes back. Drops notices that are older than the retention behind the acknowledged one.
absl::StatusOr<v1::Subscription> Acknowledge(core::Hub& hub, const v1::AcknowledgeRequest& request,
                                             const std::string& actor);

// Notices from `sequence` on, at most `limit`. OUT_OF_RANGE: older than what is kept.
absl::StatusOr<std::vector<v1::Notice>> ReadNotices(const storage::Reader& reader,
                                                    const std::string& subscription_id, int64_t sequence,
                                                    size_t limit);

}  // namespace relief::server::notices
