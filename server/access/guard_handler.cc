// The guard before a method's handler: what comes in.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>

#include <deque>

#include "server/access/guard_call.h"
#include "server/access/meaning.h"
#include "server/base/log.h"
#include "server/network/message_parts.h"
#include "server/network/rpc_error.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;

RpcMethod::RpcType TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming())
    return method.server_streaming() ? RpcMethod::BIDI_STREAMING : RpcMethod::CLIENT_STREAMING;
  return method.server_streaming() ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
}

}  // namespace

// Runs the inner handler if the call is admitted, and tells gRPC the refusal if it is not.
class Guard::Handler final : public MethodHandler {
 public:
  Handler(Guard& guard, MethodHandler& inner, const google::protobuf::MethodDescriptor* method)
      : guard_(guard),
        inner_(inner),
        method_(method),
        name_(method->service()->full_name() + "/" + method->name()),
        duration_(guard.durations_.Of(name_, IsStream(*method))) {
    for (const auto* type : {method->input_type(), method->output_type()})
      for (std::string& name : Undeclared(type)) undeclared_.push_back(std::move(name));
    for (const std::string& name : undeclared_)
      Log(LogLevel::kError, "access.undeclared", {{"method", method->full_name()}, {"what", name}});
  }

  void RunHandler(const HandlerParameter& parameter) override {
    auto call = std::make_shared<Call>();
    call->context = parameter.server_context;
    call->method = method_;
    call->method_name = name_;
    auto* request = method_->client_streaming() ? nullptr : static_cast<Message*>(parameter.request);
    // A request that could not be read comes with its own refusal, and nothing to look at. Whoever opens
    // streams only to reset them gets no work done for them.
    absl::Status admitted = parameter.server_context->IsCancelled() ? absl::CancelledError("the caller left")
                            : !undeclared_.empty()                  ? NotJudged()
                            : parameter.status.ok()                 ? guard_.Admit(*call, request)
                                                                    : absl::InvalidArgumentError("request");
    if (!admitted.ok()) return Refuse(parameter, admitted, request);
    call->duration = &duration_;
    guard_.Begin(call);
    inner_.RunHandler(parameter);
    guard_.End(*call);
  }

  void* Deserialize(grpc_call* call, grpc_byte_buffer* bytes, grpc::Status* status, void** data) override {
    if (absl::Status parts = CheckParts(bytes); !parts.ok()) {
      grpc_byte_buffer_destroy(bytes);
      *status = network::ToGrpc(parts);
      return nullptr;
    }
    return inner_.Deserialize(call, bytes, status, data);
  }

 private:
  // What nobody has judged neither leaves nor enters.
  absl::Status NotJudged() const {
    return absl::UnimplementedError("nobody has said what " + undeclared_.front() +
                                    " stands for (server/access/meaning.cc)");
  }

  // Nobody is known yet, and memory not taken: both come with reading it.
  absl::Status CheckParts(grpc_byte_buffer* bytes) const {
    grpc_byte_buffer_reader reader;
    if (bytes == nullptr || !grpc_byte_buffer_reader_init(&reader, bytes)) return absl::OkStatus();
    const grpc_slice whole = grpc_byte_buffer_reader_readall(&reader);
    google::protobuf::io::ArrayInputStream stream(GRPC_SLICE_START_PTR(whole),
                                                  static_cast<int>(GRPC_SLICE_LENGTH(whole)));
    absl::Status status = network::CheckMessageParts(*method_->input_type(), &stream);
    grpc_slice_unref(whole);
    grpc_byte_buffer_reader_destroy(&reader);
    return status;
  }

  void Refuse(const HandlerParameter& parameter, const absl::Status& refusal, Message* request) {
    // gRPC's handlers destroy a request only where they ran on it.
    if (parameter.status.ok() && request != nullptr) request->~Message();
    const HandlerParameter refused(parameter.call, parameter.server_context, parameter.request,
                                   parameter.status.ok() ? network::ToGrpc(refusal) : parameter.status,
                                   parameter.internal_data, parameter.call_requester);
    if (method_->client_streaming()) {
      using Empty = google::protobuf::Empty;
      grpc::internal::BidiStreamingHandler<Handler, Empty, Empty>(
          [&](Handler*, grpc::ServerContext*, grpc::ServerReaderWriter<Empty, Empty>*) {
            return refused.status;
          },
          this)
          .RunHandler(refused);
    } else {
      inner_.RunHandler(refused);
    }
  }

  Guard& guard_;
  MethodHandler& inner_;
  const google::protobuf::MethodDescriptor* method_;
  const std::string name_;  // "relief.v1.Service/Method"
  core::DurationHistogram& duration_;
  std::vector<std::string> undeclared_;
};

class Guard::Service final : public grpc::Service {
 public:
  Service(Guard& guard, const google::protobuf::ServiceDescriptor& descriptor, grpc::Service& inner) {
    for (int i = 0; i < descriptor.method_count(); ++i) {
      const auto* method = descriptor.method(i);
      names_.push_back("/" + descriptor.full_name() + "/" + method->name());
      // Generated services add their methods in the order of the descriptor.
      MethodHandler* handler = (inner.*&Service::GetHandler)(i);
      AddMethod(new grpc::internal::RpcServiceMethod(names_.back().c_str(), TypeOf(*method),
                                                     new Handler(guard, *handler, method)));
    }
  }

 private:
  std::deque<std::string> names_;  // gRPC keeps pointers to them
};

std::unique_ptr<grpc::Service> Guard::Wrap(const std::string& full_name, grpc::Service& inner) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  return std::make_unique<Service>(*this, *descriptor, inner);
}

}  // namespace relief::server::access
