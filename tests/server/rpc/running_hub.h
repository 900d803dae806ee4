// A hub behind a real gRPC server on loopback. For tests only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "server/access/guard.h"
#include "server/network/listener.h"
#include "server/rpc/service_set.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::rpc {

class RunningHub {
 public:
  explicit RunningHub(
      std::unique_ptr<core::Hub> hub,
      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials(),
      std::shared_ptr<const access::Policy> policy = access::Policy::Open(),
      std::function<absl::Status(const std::string&)> judge_certificate = nullptr,
      const network::Listener::Limits& limits = {})
      : hub_(std::move(hub)),
        policy_(std::move(policy)),
        listener_(*network::Listener::Bind("127.0.0.1:0", limits)),
        guard_({policy_, *hub_, judge_certificate, {}}) {
    services_ = std::make_unique<ServiceSet>(
        ServiceContext{*hub_, stopping_, [this] { return coverage::RuleSet::Parse("reloaded", rules_text_); },
                       /*backups=*/{}, &guard_});
    grpc::ServerBuilder builder;
    listener_->Install(builder, credentials);
    services_->Register(builder);
    server_ = builder.BuildAndStart();
    listener_->Start();
  }
  ~RunningHub() {
    stopping_ = true;
    listener_->Stop();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
  }

  core::Hub& hub() { return *hub_; }
  access::PolicyBook& policy() { return policy_; }
  access::Guard& guard() { return guard_; }
  network::Listener& listener() { return *listener_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(listener_->port()); }
  std::shared_ptr<grpc::Channel> channel() {
    return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  }
  void set_rules_text(std::string text) { rules_text_ = std::move(text); }

 private:
  std::unique_ptr<core::Hub> hub_;
  std::atomic<bool> stopping_ = false;
  std::string rules_text_;
  access::PolicyBook policy_;
  std::unique_ptr<network::Listener> listener_;
  access::Guard guard_;
  std::unique_ptr<ServiceSet> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace relief::server::rpc
