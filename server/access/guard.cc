#include "server/access/guard.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <ctime>
#include <deque>

#include "relief/v1/registry_service.pb.h"
#include "server/access/narrowing.h"
#include "server/access/sensitivity.h"
#include "server/access/visibility.h"
#include "server/base/log.h"
#include "server/network/message_parts.h"
#include "server/network/rpc_error.h"
#include "server/network/transport.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;

constexpr auto kRecheckEvery = std::chrono::seconds(5);
constexpr Rate kAuditedRefusals = {60, 20};
constexpr char kNotThere[] = "there is no such row, or it is not among those that you see";

// In UTC+8, as the policy writes days.
int32_t Today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + 8 * 3600;
  std::tm day{};
  gmtime_r(&now, &day);
  return (day.tm_year + 1900) * 10'000 + (day.tm_mon + 1) * 100 + day.tm_mday;
}

grpc::Status NotThere() { return network::ToGrpc(absl::NotFoundError(kNotThere)); }

// The purpose that a look-up states; nothing where its request has no such field.
const v1::Purpose* PurposeOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("purpose");
  if (field == nullptr || field->message_type() != v1::Purpose::descriptor()) return nullptr;
  return &static_cast<const v1::Purpose&>(request.GetReflection()->GetMessage(request, field));
}

RpcMethod::RpcType TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming())
    return method.server_streaming() ? RpcMethod::BIDI_STREAMING : RpcMethod::CLIENT_STREAMING;
  return method.server_streaming() ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
}

bool IsStream(const google::protobuf::MethodDescriptor& method) {
  return method.client_streaming() || method.server_streaming();
}

}  // namespace

struct Guard::Call {
  grpc::ServerContextBase* context = nullptr;
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string method_name;  // "relief.v1.Service/Method"
  std::string caller;
  Permit permit;
  bool cut_to_scope = false;
  std::set<v1::Sensitivity> unmask;  // for this call
  std::string purpose, case_number;
  std::unique_ptr<Message> presented;  // lives until gRPC has serialised it
  bool hidden = false;                 // the answer was a row that is not seen
  bool unmask_audited = false;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  core::DurationHistogram* duration = nullptr;  // until the first answer: only that is measured

  // Called for each answer, one after the other.
  void Answered() {
    if (duration == nullptr) return;
    duration->Observe(std::chrono::steady_clock::now() - begun);
    duration = nullptr;
  }
};

// Runs the inner handler if the call is admitted, and tells gRPC the refusal if it is not.
class Guard::Handler final : public MethodHandler {
 public:
  Handler(Guard& guard, MethodHandler& inner, const google::protobuf::MethodDescriptor* method)
      : guard_(guard),
        inner_(inner),
        method_(method),
        name_(method->service()->full_name() + "/" + method->name()),
        duration_(guard.durations_.Of(name_, IsStream(*method))) {}

  void RunHandler(const HandlerParameter& parameter) override {
    auto call = std::make_shared<Call>();
    call->context = parameter.server_context;
    call->method = method_;
    call->method_name = name_;
    auto* request = method_->client_streaming() ? nullptr : static_cast<Message*>(parameter.request);
    // A request that could not be read comes with its own refusal, and nothing to look at. Whoever opens
    // streams only to reset them gets no work done for them.
    absl::Status admitted = parameter.server_context->IsCancelled() ? absl::CancelledError("the caller left")
                            : parameter.status.ok()                 ? guard_.Admit(*call, request)
                                                                    : absl::InvalidArgumentError("request");
    if (!admitted.ok()) return Refuse(parameter, admitted, request);
    call->duration = &duration_;
    guard_.Enter(call);
    inner_.RunHandler(parameter);
    guard_.Leave(*call);
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

Guard::Guard(Options options) : options_(std::move(options)) {
  options_.policy.OnChange([this] { Recheck(); });
  rechecker_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stop_changed_.wait_for(lock, kRecheckEvery, [this] { return stop_; })) {
      lock.unlock();
      Recheck();
      lock.lock();
    }
  });
}

Guard::~Guard() {
  options_.policy.OnChange(nullptr);
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  rechecker_.join();
}

std::unique_ptr<grpc::Service> Guard::Wrap(const std::string& full_name, grpc::Service& inner) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  return std::make_unique<Service>(*this, *descriptor, inner);
}

void Guard::Install(grpc::ServerBuilder& builder) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<Factory>(*this));
  builder.experimental().SetInterceptorCreators(std::move(factories));
}

absl::Status Guard::CheckCertificate(const grpc::ServerContextBase& context) const {
  if (!options_.judge_certificate) return absl::OkStatus();
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return absl::OkStatus();  // no TLS, or the console
  const auto pem = auth->FindPropertyValues("x509_pem_cert");
  if (pem.empty()) return absl::UnauthenticatedError("no certificate");
  return options_.judge_certificate(std::string(pem[0].data(), pem[0].size()));
}

absl::Status Guard::Admit(Call& call, Message* request) {
  const auto policy = options_.policy.current();
  const int64_t now = options_.steady_us ? options_.steady_us() : SteadyUs();
  call.caller = network::CallerOf(*static_cast<grpc::ServerContext*>(call.context));
  if (absl::Status status = CheckCertificate(*call.context); !status.ok()) {
    ++counts_.bad_certificate;
    AuditRefusal(call, "access.certificate", "");
    return absl::UnauthenticatedError(status.message());
  }
  auto permit = policy->PermitFor(call.caller, call.method_name);
  if (!permit) {
    ++counts_.denied;
    AuditRefusal(call, "access.denied", "");
    return absl::PermissionDeniedError("you may not call this");
  }
  call.permit = *std::move(permit);
  call.cut_to_scope = !call.permit.SeesAll();
  if (const auto rate = policy->RateOf(call.caller, call.permit.call_class);
      rate && !limits_.Take(call.caller, call.permit.call_class, *rate, now)) {
    ++counts_.rate_limited;
    return absl::ResourceExhaustedError("too many calls of this kind; try again later");
  }
  ++counts_.allowed;
  if (request == nullptr || policy->open()) return absl::OkStatus();
  if (const v1::Purpose* purpose = PurposeOf(*request); purpose != nullptr) {
    call.purpose = v1::Purpose::Kind_Name(purpose->kind());
    call.case_number = purpose->case_number();
    if (purpose->kind() != v1::Purpose::KIND_UNSPECIFIED && !call.permit.purposes.contains(purpose->kind())) {
      ++counts_.denied;
      AuditRefusal(call, "access.purpose", "");
      return absl::PermissionDeniedError("purpose.kind: not among those that you may state");
    }
    if (!purpose->case_number().empty())
      for (const auto& [kind, last_day] : call.permit.unmask)
        if (Today() <= last_day) call.unmask.insert(kind);
  }
  if (call.permit.call_class == LOOK_UP) {
    const auto answer = look_ups_.Look(call.caller, PersonsNamed(*request), policy->look_up_limit(), now);
    if (answer != LookUpWatch::Answer::kAllowed) {
      ++counts_.rate_limited;
      if (answer == LookUpWatch::Answer::kFirstRefusal) {
        ++counts_.enumeration_alarms;
        AuditRefusal(call, "access.enumeration", "");
        Log(LogLevel::kError, "access.enumeration", {{"caller", call.caller}, {"method", call.method_name}});
      }
      return absl::ResourceExhaustedError("too many different persons; try again later");
    }
  }
  if (!call.cut_to_scope || call.permit.whole_hub) return absl::OkStatus();
  const Visibility visibility(options_.hub.store(), call.permit);
  auto seen = visibility.SeesRowsNamed(*request);
  if (!seen.ok()) return seen.status();
  if (!*seen) {
    ++counts_.out_of_scope;
    AuditRefusal(call, "access.out-of-scope", "");
    return absl::NotFoundError(kNotThere);
  }
  return NarrowFilters(call.permit, call.method->output_type(), request);
}

absl::StatusOr<const Message*> Guard::Present(Call& call, const Message& answer) {
  // A sender sees its own source: who may push to it is the source's owner.
  const bool cut = call.cut_to_scope && call.permit.call_class != FEED && HoldsRows(answer.GetDescriptor());
  if (!cut && !HoldsMasked(answer.GetDescriptor())) return &answer;
  call.presented.reset(answer.New());
  call.presented->CopyFrom(answer);
  if (cut) {
    auto seen = Visibility(options_.hub.store(), call.permit).Cut(call.presented.get());
    if (!seen.ok()) return seen.status();
    if (!*seen) {
      call.hidden = true;
      ++counts_.out_of_scope;
      if (!call.method->server_streaming()) AuditRefusal(call, "access.out-of-scope", "");
      return nullptr;
    }
  }
  const auto shown = Mask(call.presented.get(), call.unmask);
  if (!shown.empty() && !call.unmask_audited) {
    call.unmask_audited = true;
    ++counts_.unmasked;
    std::string kinds;
    for (const v1::Sensitivity kind : shown) kinds += (kinds.empty() ? "" : " ") + v1::Sensitivity_Name(kind);
    const auto written = options_.hub.Write([&](core::WriteContext& write) {
      write.Audit({call.caller, "access.unmasked", "", call.purpose, call.case_number,
                   call.method_name + " " + kinds});
      return absl::OkStatus();
    });
    // What cannot be written down is not shown.
    if (!written.ok()) return written.status();
  }
  return call.presented.get();
}

void Guard::AuditRefusal(const Call& call, const std::string& action, const std::string& subject) {
  const int64_t now = options_.steady_us ? options_.steady_us() : SteadyUs();
  if (!refusals_.Take(call.caller, CALL_CLASS_UNSPECIFIED, kAuditedRefusals, now)) return;
  // Nobody waits for it: a refusal is quick.
  options_.hub.Post([event = core::AuditEvent{call.caller, action, subject, call.purpose, call.case_number,
                                              call.method_name}](core::WriteContext& write) {
    write.Audit(event);
    return absl::OkStatus();
  });
}

void Guard::Enter(const std::shared_ptr<Call>& call) {
  std::lock_guard lock(mutex_);
  calls_[call->context] = call;
}
void Guard::Leave(const Call& call) {
  std::lock_guard lock(mutex_);
  calls_.erase(call.context);
}
std::shared_ptr<Guard::Call> Guard::Find(const grpc::ServerContextBase* context) const {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(context);
  return found == calls_.end() ? nullptr : found->second;
}

void Guard::Recheck() {
  const auto policy = options_.policy.current();
  std::lock_guard lock(mutex_);  // a call cannot leave, and so its context lives
  for (const auto& [context, call] : calls_) {
    const auto permit = policy->PermitFor(call->caller, call->method_name);
    if (permit && *permit == call->permit && CheckCertificate(*context).ok()) continue;
    call->context->TryCancel();
    ++counts_.streams_cut;
    Log(LogLevel::kWarn, "access.cut", {{"caller", call->caller}, {"method", call->method_name}});
  }
}

}  // namespace relief::server::access
