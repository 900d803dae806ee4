// The gRPC services: thin handlers that name the caller, check the purpose, call the hub, and translate
// errors.
//
// Handlers run on gRPC's threads, many at a time. All are made together, and outlive the server that they are
// registered with.
#pragma once

#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/server_context.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "relief/v1/review_service.pb.h"
#include "server/admin/store_keeper.h"
#include "server/core/hub.h"

namespace relief::server::access {
class Guard;
}
namespace relief::server::audit {
class AuditKeeper;
}
namespace relief::server::intake {
class Desk;
}
namespace relief::server::reports {
class ScheduleRunner;
}

namespace relief::server::rpc {

// What the handlers share.
struct ServiceContext {
  core::Hub& hub;
  std::atomic<bool>& stopping;  // long streams end when it is set
  std::function<absl::StatusOr<std::shared_ptr<const coverage::RuleSet>>()> read_rules;
  admin::BackupPlan backups = {};
  access::Guard* guard = nullptr;                      // whom every call passes; see service_set.h
  const reports::ScheduleRunner* schedules = nullptr;  // the reports written to folders; null: none
  audit::AuditKeeper* audit = nullptr;                 // signs what is exported; none: nothing is signed
  intake::Desk* intake = nullptr;  // takes officers' files; none: the console has no such page
  // From the guard: which cases the caller of a call sees (nothing: all of them), and the agency that it speaks
  // for.
  std::function<std::function<bool(const v1::WorkItem&)>(const grpc::ServerContext&)> cases_seen = nullptr;
  std::function<std::string(const grpc::ServerContext&)> agency_of = nullptr;
};

std::unique_ptr<grpc::Service> MakeFeedService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeRegistryService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeFindingService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeNoticeService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeReviewService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeReportService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeAdminService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeAuditService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeReferralService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeCharityService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeIntakeService(const ServiceContext& context);

}  // namespace relief::server::rpc
