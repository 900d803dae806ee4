#include "relief/v1/notice_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/notices/outbox.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

constexpr int kDefaultInFlight = 100, kMaxInFlight = 1000;
constexpr auto kWait = std::chrono::milliseconds(500);  // how soon a caller's leaving is noticed

class NoticeService final : public v1::NoticeService::Service {
 public:
  explicit NoticeService(const ServiceContext& context)
      : hub_(context.hub), stopping_(context.stopping), agency_of_(context.agency_of) {}

  grpc::Status CreateSubscription(grpc::ServerContext* context, const v1::CreateSubscriptionRequest* request,
                                  v1::Subscription* response) override {
    return Answer(server::notices::CreateSubscription(hub_, *request, SubscriberOf(*context)), response);
  }
  grpc::Status GetSubscription(grpc::ServerContext*, const v1::GetSubscriptionRequest* request,
                               v1::Subscription* response) override {
    return Answer(server::notices::GetSubscription(hub_.store(), request->subscription_id()), response);
  }
  grpc::Status ListSubscriptions(grpc::ServerContext*, const v1::ListSubscriptionsRequest* request,
                                 v1::ListSubscriptionsResponse* response) override {
    return Answer(server::notices::ListSubscriptions(hub_.store(), *request), response);
  }
  grpc::Status DeleteSubscription(grpc::ServerContext* context, const v1::DeleteSubscriptionRequest* request,
                                  google::protobuf::Empty*) override {
    return network::ToGrpc(
        server::notices::DeleteSubscription(hub_, request->subscription_id(), SubscriberOf(*context)));
  }
  grpc::Status Acknowledge(grpc::ServerContext* context, const v1::AcknowledgeRequest* request,
                           v1::Subscription* response) override {
    return Answer(server::notices::Acknowledge(hub_, *request, SubscriberOf(*context)), response);
  }

  // gRPC buffers what a slow reader does not take, without bound: so no more is written than may be
  // unacknowledged.
  grpc::Status Follow(grpc::ServerContext* context, const v1::FollowRequest* request,
                      grpc::ServerWriter<v1::Notice>* writer) override {
    if (request->from_sequence() < 0)
      return network::ToGrpc(absl::InvalidArgumentError("from_sequence: not negative"));
    if (request->max_in_flight() < 0)
      return network::ToGrpc(absl::InvalidArgumentError("max_in_flight: not negative"));
    const int window =
        request->max_in_flight() == 0 ? kDefaultInFlight : std::min(request->max_in_flight(), kMaxInFlight);
    if (absl::Status status = server::notices::FinishCopying(hub_, request->subscription_id()); !status.ok())
      return network::ToGrpc(status);
    int64_t next = request->from_sequence();
    while (!context->IsCancelled() && !stopping_) {
      const int64_t seen = hub_.position();
      auto subscription = server::notices::GetSubscription(hub_.store(), request->subscription_id());
      if (!subscription.ok()) return network::ToGrpc(subscription.status());
      if (next == 0) next = subscription->acknowledged_sequence() + 1;
      // A replay of acknowledged notices has its window from where it began.
      const int64_t base = std::max(subscription->acknowledged_sequence(), request->from_sequence() - 1);
      const int64_t room = base + window - next + 1;
      auto notices = notices::ReadNotices(hub_.store(), request->subscription_id(), next,
                                          static_cast<size_t>(std::max<int64_t>(room, 0)));
      if (!notices.ok()) return network::ToGrpc(notices.status());
      for (const v1::Notice& notice : *notices) {
        if (!writer->Write(notice)) return grpc::Status::CANCELLED;
        next = notice.sequence() + 1;
      }
      if (notices->empty()) hub_.WaitForCommit(seen, kWait);
    }
    if (stopping_) return network::ToGrpc(absl::UnavailableError("the hub is shutting down"));
    return grpc::Status::CANCELLED;
  }

 private:
  notices::Subscriber SubscriberOf(const grpc::ServerContext& context) const {
    std::string caller = network::CallerOf(context);
    return {caller, agency_of_ ? agency_of_(context) : caller};
  }

  core::Hub& hub_;
  std::atomic<bool>& stopping_;
  const std::function<std::string(const grpc::ServerContext&)> agency_of_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeNoticeService(const ServiceContext& context) {
  return std::make_unique<NoticeService>(context);
}

}  // namespace relief::server::rpc
