// The guard behind a method's handler: what goes out.
#include <grpcpp/grpcpp.h>

#include "server/access/guard_call.h"
#include "server/network/rpc_error.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;

grpc::Status NotThere() { return network::ToGrpc(absl::NotFoundError(kNotThere)); }

}  // namespace

// Sees each message on its way out.
class Guard::Interceptor final : public grpc::experimental::Interceptor {
 public:
  Interceptor(Guard& guard, grpc::ServerContextBase* context) : guard_(guard), context_(context) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    const bool message = methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_MESSAGE);
    const bool status = methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS);
    if (message || status) {
      if (const auto call = guard_.Find(context_)) {
        absl::Status failed;
        if (message) {
          auto presented = guard_.Present(*call, *static_cast<const Message*>(methods->GetSendMessage()));
          if (!presented.ok()) failed = presented.status();
          methods->ModifySendMessage(presented.ok() ? *presented : nullptr);
          // The refusal of a stream's message has no status to go with.
          if (!failed.ok() && !status) call->context->TryCancel();
        } else if (const auto code = methods->GetSendStatus().error_code();
                   code == grpc::StatusCode::OK || code == grpc::StatusCode::NOT_FOUND) {
          failed = guard_.EnterNothing(*call, code == grpc::StatusCode::OK);
        }
        if (status) {
          if (!failed.ok()) {
            methods->ModifySendStatus(network::ToGrpc(failed));
          } else if (call->cut_to_scope &&
                     (call->hidden || methods->GetSendStatus().error_code() == grpc::StatusCode::NOT_FOUND)) {
            if (!call->method->server_streaming()) methods->ModifySendStatus(NotThere());
          }
        }
        // Before it is sent: whoever has the answer finds it counted. A stream that ends without an answer gave none.
        if (message || !IsStream(*call->method)) call->Answered();
      }
    }
    methods->Proceed();
  }

 private:
  Guard& guard_;
  grpc::ServerContextBase* context_;
};

class Guard::Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(Guard& guard) : guard_(guard) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    return new Interceptor(guard_, info->server_context());
  }

 private:
  Guard& guard_;
};

void Guard::Install(grpc::ServerBuilder& builder) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<Factory>(*this));
  builder.experimental().SetInterceptorCreators(std::move(factories));
}

}  // namespace relief::server::access
