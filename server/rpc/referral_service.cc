#include "relief/v1/referral_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/referrals/referrals.h"
#include "server/rpc/answer.h"
#include "server/rpc/audited.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class ReferralService final : public v1::ReferralService::Service {
 public:
  explicit ReferralService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status CreateReferral(grpc::ServerContext* context, const v1::CreateReferralRequest* request,
                              v1::Referral* response) override {
    return Answer(server::referrals::CreateReferral(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status GetReferral(grpc::ServerContext* context, const v1::GetReferralRequest* request,
                           v1::Referral* response) override {
    auto referral = server::referrals::GetReferral(hub_.store(), request->referral_id());
    if (!referral.ok()) return network::ToGrpc(referral.status());
    if (absl::Status status = WriteAudit(hub_, *context, "referral.look", request->referral_id());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(referral), response);
  }
  grpc::Status ListReferrals(grpc::ServerContext* context, const v1::ListReferralsRequest* request,
                             v1::ListReferralsResponse* response) override {
    auto referrals = server::referrals::ListReferrals(*hub_.store().Snapshot(), *request);
    if (!referrals.ok()) return network::ToGrpc(referrals.status());
    const std::string detail = "rows=" + std::to_string(referrals->referrals_size());
    if (absl::Status status = WriteAudit(hub_, *context, "referral.list", "", nullptr, detail); !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(referrals), response);
  }
  grpc::Status HandOver(grpc::ServerContext* context, const v1::HandOverRequest* request,
                        v1::Referral* response) override {
    return Answer(server::referrals::HandOver(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status Accept(grpc::ServerContext* context, const v1::AcceptRequest* request,
                      v1::Referral* response) override {
    return Answer(server::referrals::Accept(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status Return(grpc::ServerContext* context, const v1::ReturnRequest* request,
                      v1::Referral* response) override {
    return Answer(server::referrals::Return(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status Conclude(grpc::ServerContext* context, const v1::ConcludeRequest* request,
                        v1::Referral* response) override {
    return Answer(referrals::ConcludeReferral(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status RecordConsent(grpc::ServerContext* context, const v1::RecordConsentRequest* request,
                             v1::Referral* response) override {
    return Answer(server::referrals::RecordConsent(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status ListReferralEvents(grpc::ServerContext*, const v1::ListReferralEventsRequest* request,
                                  v1::ListReferralEventsResponse* response) override {
    return Answer(server::referrals::ListReferralEvents(*hub_.store().Snapshot(), *request), response);
  }

 private:
  core::Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReferralService(const ServiceContext& context) {
  return std::make_unique<ReferralService>(context);
}

}  // namespace relief::server::rpc
