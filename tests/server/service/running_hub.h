// A hub behind a real gRPC server on loopback. For tests only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "server/service/services.h"
#include "tests/server/hub_fixture.h"

namespace relief::server {

class RunningHub {
 public:
  explicit RunningHub(std::unique_ptr<Hub> hub, std::shared_ptr<grpc::ServerCredentials> credentials =
                                                    grpc::InsecureServerCredentials())
      : hub_(std::move(hub)) {
    const ServiceContext context{*hub_, stopping_,
                                 [this] { return coverage::RuleSet::Parse("reloaded", rules_text_); }};
    services_.push_back(MakeFeedService(context));
    services_.push_back(MakeRegistryService(context));
    services_.push_back(MakeFindingService(context));
    services_.push_back(MakeNoticeService(context));
    services_.push_back(MakeReviewService(context));
    services_.push_back(MakeReportService(context));
    services_.push_back(MakeAdminService(context));
    services_.push_back(MakeReferralService(context));
    services_.push_back(MakeCharityService(context));
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    for (const auto& service : services_) builder.RegisterService(service.get());
    server_ = builder.BuildAndStart();
  }
  ~RunningHub() {
    stopping_ = true;
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
  }

  Hub& hub() { return *hub_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::shared_ptr<grpc::Channel> channel() {
    return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  }
  void set_rules_text(std::string text) { rules_text_ = std::move(text); }

 private:
  std::unique_ptr<Hub> hub_;
  std::atomic<bool> stopping_ = false;
  std::string rules_text_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace relief::server
