#include "relief/v1/referral_service.grpc.pb.h"
#include "server/referral/referrals.h"
#include "server/security/transport.h"
#include "server/service/answer.h"
#include "server/service/audited.h"
#include "server/service/services.h"

namespace relief::server {
namespace {

class ReferralService final : public v1::ReferralService::Service {
 public:
  explicit ReferralService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status CreateReferral(grpc::ServerContext* context, const v1::CreateReferralRequest* request,
                              v1::Referral* response) override {
    return Answer(server::CreateReferral(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status GetReferral(grpc::ServerContext* context, const v1::GetReferralRequest* request,
                           v1::Referral* response) override {
    auto referral = server::GetReferral(hub_.store(), request->referral_id());
    if (!referral.ok()) return ToGrpc(referral.status());
    if (absl::Status status = WriteAudit(hub_, *context, "referral.look", request->referral_id());
        !status.ok())
      return ToGrpc(status);
    return Answer(std::move(referral), response);
  }
  grpc::Status ListReferrals(grpc::ServerContext* context, const v1::ListReferralsRequest* request,
                             v1::ListReferralsResponse* response) override {
    auto referrals = server::ListReferrals(*hub_.store().Snapshot(), *request);
    if (!referrals.ok()) return ToGrpc(referrals.status());
    const std::string detail = "rows=" + std::to_string(referrals->referrals_size());
    if (absl::Status status = WriteAudit(hub_, *context, "referral.list", "", nullptr, detail); !status.ok())
      return ToGrpc(status);
    return Answer(std::move(referrals), response);
  }
  grpc::Status HandOver(grpc::ServerContext* context, const v1::HandOverRequest* request,
                        v1::Referral* response) override {
    return Answer(server::HandOver(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status Accept(grpc::ServerContext* context, const v1::AcceptRequest* request,
                      v1::Referral* response) override {
    return Answer(server::Accept(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status Return(grpc::ServerContext* context, const v1::ReturnRequest* request,
                      v1::Referral* response) override {
    return Answer(server::Return(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status Conclude(grpc::ServerContext* context, const v1::ConcludeRequest* request,
                        v1::Referral* response) override {
    return Answer(ConcludeReferral(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status RecordConsent(grpc::ServerContext* context, const v1::RecordConsentRequest* request,
                             v1::Referral* response) override {
    return Answer(server::RecordConsent(hub_, *request, CallerOf(*context)), response);
  }
  grpc::Status ListReferralEvents(grpc::ServerContext*, const v1::ListReferralEventsRequest* request,
                                  v1::ListReferralEventsResponse* response) override {
    return Answer(server::ListReferralEvents(*hub_.store().Snapshot(), *request), response);
  }

 private:
  Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReferralService(const ServiceContext& context) {
  return std::make_unique<ReferralService>(context);
}

}  // namespace relief::server
