#include "server/rpc/service_set.h"

#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/charity_service.grpc.pb.h"
#include "relief/v1/feed_service.grpc.pb.h"
#include "relief/v1/finding_service.grpc.pb.h"
#include "relief/v1/intake_service.grpc.pb.h"
#include "relief/v1/notice_service.grpc.pb.h"
#include "relief/v1/referral_service.grpc.pb.h"
#include "relief/v1/registry_service.grpc.pb.h"
#include "relief/v1/report_service.grpc.pb.h"
#include "relief/v1/review_service.grpc.pb.h"
#include "server/access/guard.h"

namespace relief::server::rpc {
namespace {

struct Entry {
  const char* name;
  std::unique_ptr<grpc::Service> (*make)(const ServiceContext&);
};
constexpr Entry kServices[] = {
    {v1::FeedService::service_full_name(), MakeFeedService},
    {v1::RegistryService::service_full_name(), MakeRegistryService},
    {v1::FindingService::service_full_name(), MakeFindingService},
    {v1::NoticeService::service_full_name(), MakeNoticeService},
    {v1::ReviewService::service_full_name(), MakeReviewService},
    {v1::ReportService::service_full_name(), MakeReportService},
    {v1::AdminService::service_full_name(), MakeAdminService},
    {v1::AuditService::service_full_name(), MakeAuditService},
    {v1::ReferralService::service_full_name(), MakeReferralService},
    {v1::CharityService::service_full_name(), MakeCharityService},
    {v1::IntakeService::service_full_name(), MakeIntakeService},
};

}  // namespace

ServiceSet::ServiceSet(const ServiceContext& context) : guard_(context.guard) {
  if (guard_ == nullptr) {
    own_policy_ = std::make_unique<access::PolicyBook>(access::Policy::Open());
    own_guard_ =
        std::make_unique<access::Guard>(access::Guard::Options{*own_policy_, context.hub, nullptr, nullptr});
    guard_ = own_guard_.get();
  }
  ServiceContext guarded = context;
  guarded.cases_seen = [this](const grpc::ServerContext& call) { return guard_->CasesSeen(call); };
  guarded.agency_of = [this](const grpc::ServerContext& call) { return guard_->AgencyOf(call); };
  for (const Entry& entry : kServices) {
    services_.push_back(entry.make(guarded));
    guarded_.push_back(guard_->Wrap(entry.name, *services_.back()));
  }
}

ServiceSet::~ServiceSet() = default;

void ServiceSet::Register(grpc::ServerBuilder& builder) {
  for (const auto& service : guarded_) builder.RegisterService(service.get());
  guard_->Install(builder);
}

std::vector<std::string> ServiceSet::Names() {
  std::vector<std::string> names;
  for (const Entry& entry : kServices) names.emplace_back(entry.name);
  return names;
}

}  // namespace relief::server::rpc
