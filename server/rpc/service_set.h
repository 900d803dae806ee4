// All services of the contract, made together and guarded. The network's server and the console's register
// the same ones.
//
// Where to add a service: the list in service_set.cc, and nowhere else.
#pragma once

#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

#include "server/rpc/services.h"

namespace relief::server::access {
class PolicyBook;
}

namespace relief::server::rpc {

class ServiceSet {
 public:
  // Outlives the server that it is registered with. Without a guard in `context` it makes one of its own that
  // lets everybody do everything, and masks all the same.
  explicit ServiceSet(const ServiceContext& context);
  ~ServiceSet();

  void Register(grpc::ServerBuilder& builder);

  // "relief.v1.FeedService", ...
  static std::vector<std::string> Names();

 private:
  std::unique_ptr<access::PolicyBook> own_policy_;
  std::unique_ptr<access::Guard> own_guard_;
  access::Guard* guard_;
  std::vector<std::unique_ptr<grpc::Service>> services_, guarded_;
};

}  // namespace relief::server::rpc
