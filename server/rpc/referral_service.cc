#include "relief/v1/referral_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/referrals/referrals.h"
#include "server/rpc/answer.h"
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
  grpc::Status GetReferral(grpc::ServerContext*, const v1::GetReferralRequest* request,
                           v1::Referral* response) override {
    return Answer(server::referrals::GetReferral(hub_.store(), request->referral_id()), response);
  }
  grpc::Status ListReferrals(grpc::ServerContext*, const v1::ListReferralsRequest* request,
                             v1::ListReferralsResponse* response) override {
    return Answer(server::referrals::ListReferrals(*hub_.store().Snapshot(), *request), response);
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
