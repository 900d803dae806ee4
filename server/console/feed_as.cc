#include "server/console/feed_as.h"

#include <grpcpp/support/client_interceptor.h>

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "server/network/transport.h"

namespace relief::server::console {
namespace {

using Metadata = std::map<std::string, std::string>;

class NameCaller final : public grpc::experimental::Interceptor {
 public:
  explicit NameCaller(const Metadata& metadata) : metadata_(metadata) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA))
      for (const auto& one : metadata_) methods->GetSendInitialMetadata()->insert(one);
    methods->Proceed();
  }

 private:
  const Metadata& metadata_;
};

// The channel owns it.
class NameCallers final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit NameCallers(Metadata metadata) : metadata_(std::move(metadata)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new NameCaller(metadata_);
  }

 private:
  const Metadata metadata_;
};

}  // namespace

std::unique_ptr<v1::FeedService::StubInterface> FeedAs(grpc::Server& server, const std::string& caller,
                                                       const std::string& person) {
  constexpr std::string_view kConsole = "console:";
  // Others push for themselves: without the metadata the guard knows nobody.
  Metadata metadata;
  if (caller.starts_with(kConsole))
    metadata = network::ConsoleMetadata(caller.substr(kConsole.size()), person);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<NameCallers>(std::move(metadata)));
  return v1::FeedService::NewStub(
      server.experimental().InProcessChannelWithInterceptors({}, std::move(factories)));
}

}  // namespace relief::server::console
