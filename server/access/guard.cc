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

#include <algorithm>
#include <chrono>
#include <ctime>
#include <deque>

#include "relief/v1/registry_service.pb.h"
#include "relief/v1/report_service.pb.h"
#include "server/access/meaning.h"
#include "server/access/method_audit.h"
#include "server/access/narrowing.h"
#include "server/access/record_ids.h"
#include "server/access/referral_rights.h"
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
// One entry for so many messages of a stream that waits for what comes, or for what came in so long.
constexpr int kStreamedPerEntry = 100;
constexpr int64_t kStreamedEveryUs = 1'000'000;
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

// Figures of single people, wherever in the request they are asked for.
bool AsksForSmallFigures(const Message& request) {
  const auto* reflection = request.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(request, &fields);
  return std::any_of(fields.begin(), fields.end(), [&](const auto* field) {
    if (field->is_repeated()) return false;
    if (field->message_type() != nullptr) return AsksForSmallFigures(reflection->GetMessage(request, field));
    return field->enum_type() == v1::Disclosure_descriptor() &&
           reflection->GetEnumValue(request, field) == v1::DISCLOSURE_FULL;
  });
}

// A purpose that has to do with people: running the hub has not.
bool HasPurposeWithPeople(const Permit& permit) {
  return std::any_of(permit.purposes.begin(), permit.purposes.end(),
                     [](v1::Purpose::Kind kind) { return kind != v1::Purpose::OPERATIONS; });
}

// How many rows there are of a filter that was wider than what the caller sees.
void ClearCount(Message* answer) {
  if (const auto* field = answer->GetDescriptor()->FindFieldByName("total_size"); field != nullptr)
    answer->GetReflection()->ClearField(answer, field);
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
  Asker asker;
  bool cut_to_scope = false;
  bool counts_hold = true;           // no filter of the request was wider than the caller's scopes
  std::set<v1::Sensitivity> unmask;  // for this call
  std::string purpose, case_number;
  MethodAudit audit;
  ToldOf told;
  std::unique_ptr<v1::CheckApplicantRequest> applicants;  // as they were asked for
  std::unique_ptr<Message> presented;                     // lives until gRPC has serialised it
  bool hidden = false;                                    // the answer was a row that is not seen
  bool entered = false;
  bool unmask_audited = false;
  bool cut = false;  // Recheck
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  core::DurationHistogram* duration = nullptr;  // until the first answer: only that is measured

  // Called for each answer, one after the other.
  void Answered() {
    if (duration == nullptr) return;
    duration->Observe(std::chrono::steady_clock::now() - begun);
    duration = nullptr;
  }

  std::mutex streaming;  // what follows, and `told` of a stream that waits for what comes
  int streamed = 0;      // messages since the last entry
  int64_t streamed_us = 0;

  // Its messages come for as long as the caller stays.
  bool waits() const { return method->server_streaming() && !audit.whole_list && !audit.with_the_change; }
};

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

Guard::Guard(Options options) : options_(std::move(options)) {
  options_.policy.OnChange([this] { Recheck(); });
  rechecker_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stop_changed_.wait_for(lock, kRecheckEvery, [this] { return stop_; })) {
      lock.unlock();
      Recheck();
      FlushStreams();
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

bool Guard::MayFeed(const std::string& caller, const v1::Source& source) const {
  const auto permit = options_.policy.current()->PermitFor(caller, "relief.v1.FeedService/Push");
  if (!permit) return false;
  std::vector<v1::Programme> programmes;
  if (source.programme() != v1::PROGRAMME_UNSPECIFIED) programmes.push_back(source.programme());
  std::vector<std::string> regions;
  if (!source.region_prefix().empty()) regions.push_back(source.region_prefix());
  return permit->SeesAny(programmes, regions);
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
  call.asker = {call.caller, policy->AgencyOf(call.caller)};
  call.audit = AuditOf(*call.method, call.permit.call_class);
  if (const auto rate = policy->RateOf(call.caller, call.permit.call_class);
      rate && !limits_.Take(call.asker.agency, call.permit.call_class, *rate, now)) {
    ++counts_.rate_limited;
    return absl::ResourceExhaustedError("too many calls of this kind; try again later");
  }
  ++counts_.allowed;
  if (request == nullptr) return absl::OkStatus();
  if (absl::Status status = RestoreRecordIds(options_.hub.store(), request); !status.ok()) return status;
  call.told.AddRequest(*request);
  const v1::Purpose* purpose = PurposeOf(*request);
  if (purpose != nullptr) {
    call.purpose = v1::Purpose::Kind_Name(purpose->kind());
    call.case_number = purpose->case_number();
  }
  if (policy->open()) return absl::OkStatus();
  if (purpose != nullptr) {
    if (purpose->kind() != v1::Purpose::KIND_UNSPECIFIED && !call.permit.purposes.contains(purpose->kind())) {
      ++counts_.denied;
      AuditRefusal(call, "access.purpose", "");
      return absl::PermissionDeniedError("purpose.kind: not among those that you may state");
    }
    if (!purpose->case_number().empty())
      for (const auto& [kind, last_day] : call.permit.unmask)
        if (Today() <= last_day) call.unmask.insert(kind);
  }
  if (!HasPurposeWithPeople(call.permit) && AsksForSmallFigures(*request)) {
    ++counts_.denied;
    AuditRefusal(call, "access.purpose", "");
    return absl::PermissionDeniedError(
        "disclosure: small figures are for those with a purpose that has to do with people");
  }
  if (request->GetDescriptor() == v1::CheckApplicantRequest::descriptor())
    call.applicants =
        std::make_unique<v1::CheckApplicantRequest>(static_cast<const v1::CheckApplicantRequest&>(*request));
  const auto answer = guesses_.Look(call.asker.agency, GuessesIn(*request, call.permit.call_class == LOOK_UP),
                                    policy->look_up_limit(), now);
  if (answer != LookUpWatch::Answer::kAllowed)
    return TooMany(call, answer == LookUpWatch::Answer::kFirstRefusal, "access.enumeration",
                   "too many different persons; try again later");
  if (call.permit.whole_hub) return absl::OkStatus();
  // Who changes what stands for many rows must see all of them.
  const auto reach = call.permit.call_class == CHANGE ? Visibility::Reach::kAll : Visibility::Reach::kAny;
  auto seen = Visibility(options_.hub.store(), call.permit, call.asker).SeesRowsNamed(*request, reach);
  if (!seen.ok()) return seen.status();
  if (!*seen) {
    ++counts_.out_of_scope;
    AuditRefusal(call, "access.out-of-scope", "");
    return absl::NotFoundError(kNotThere);
  }
  if (!call.cut_to_scope) return absl::OkStatus();
  if (absl::Status status = CheckReferralStep(options_.hub.store(), call.permit, call.asker, *request);
      !status.ok()) {
    ++counts_.denied;
    AuditRefusal(call, "access.denied", "");
    return status;
  }
  auto narrowed = NarrowFilters(call.permit, call.method, request);
  if (!narrowed.ok()) return narrowed.status();
  call.counts_hold = *narrowed;
  return absl::OkStatus();
}

absl::StatusOr<const Message*> Guard::Present(Call& call, const Message& answer) {
  const TypeMeaning* meaning = MeaningOf(answer.GetDescriptor());
  if (meaning == nullptr) return absl::InternalError("an answer that nobody has judged");
  // A sender sees its own source: who may push to it is the source's owner. What belongs to an agency is
  // looked at whatever the caller's scope.
  const bool cut = !call.permit.whole_hub && call.permit.call_class != FEED &&
                   (call.cut_to_scope ? meaning->holds_judged : meaning->holds_owned);
  const bool masked = HoldsMasked(answer.GetDescriptor());
  const Message* shown = &answer;
  std::set<v1::Sensitivity> unmasked;
  if (cut || masked) {
    call.presented.reset(answer.New());
    call.presented->CopyFrom(answer);
    shown = call.presented.get();
  }
  if (cut) {
    const bool done = call.permit.call_class == CHANGE && !call.method->server_streaming();
    auto seen = Visibility(options_.hub.store(), call.permit, call.asker).Cut(call.presented.get(), done);
    if (!seen.ok()) return seen.status();
    if (!*seen) {
      call.hidden = true;
      ++counts_.out_of_scope;
      if (!call.method->server_streaming()) AuditRefusal(call, "access.out-of-scope", "");
      return nullptr;
    }
    if (!call.counts_hold) ClearCount(call.presented.get());
  }
  if (masked) unmasked = Mask(call.presented.get(), call.unmask);
  const absl::Status entered =
      call.waits() ? EnterStreamed(call, *shown) : Enter(call, answer, *shown, unmasked);
  if (!entered.ok()) return entered;
  return shown;
}

absl::Status Guard::TooMany(const Call& call, bool first, const std::string& action,
                            const std::string& message) {
  ++counts_.rate_limited;
  if (first) {
    ++counts_.enumeration_alarms;
    AuditRefusal(call, action, "");
    Log(LogLevel::kError, action, {{"caller", call.caller}, {"method", call.method_name}});
  }
  return absl::ResourceExhaustedError(message);
}

absl::Status Guard::CheckShown(Call& call, const Message& answer, const ToldOf::Persons& told) {
  const int64_t now = options_.steady_us ? options_.steady_us() : SteadyUs();
  const auto policy = options_.policy.current();
  if (policy->open()) return absl::OkStatus();
  const auto seen = answered_.Look(call.asker.agency, told.shown, policy->look_up_limit(), now);
  if (seen != LookUpWatch::Answer::kAllowed)
    return TooMany(call, seen == LookUpWatch::Answer::kFirstRefusal, "access.enumeration",
                   "too many different persons; try again later");
  if (call.applicants == nullptr || call.unmask.contains(v1::DOCUMENT_NUMBER)) return absl::OkStatus();
  const auto guessed = number_guesses_.Look(
      call.asker.agency, MissesOf(*call.applicants, static_cast<const v1::CheckApplicantResponse&>(answer)),
      now);
  if (guessed == NumberGuesses::Answer::kAllowed) return absl::OkStatus();
  return TooMany(call, guessed == NumberGuesses::Answer::kFirstRefusal, "access.guessing",
                 "too many different numbers for one person; try again tomorrow");
}

core::AuditEvent Guard::EntryOf(const Call& call, const ToldOf::Persons& told) const {
  return {call.caller,      call.audit.action,
          told.subject,     call.purpose,
          call.case_number, told.persons == 0 ? "" : "persons=" + std::to_string(told.persons)};
}

absl::Status Guard::Write(std::vector<core::AuditEvent> events) {
  if (events.empty()) return absl::OkStatus();
  return options_.hub
      .Write([&](core::WriteContext& write) {
        for (const core::AuditEvent& event : events) write.Audit(event);
        return absl::OkStatus();
      })
      .status();
}

// What cannot be written down is not shown.
absl::Status Guard::Enter(Call& call, const Message& answer, const Message& shown,
                          const std::set<v1::Sensitivity>& unmasked) {
  std::vector<core::AuditEvent> events;
  if (call.audit.whole_list) {
    if (!call.entered && !call.audit.with_the_change && call.audit.always) {
      auto asked = call.told.Resolve(options_.hub.store());
      if (!asked.ok()) return asked.status();
      events.push_back(EntryOf(call, *asked));
    }
  } else {
    call.told.AddAnswer(shown);
    const bool entry = !call.audit.with_the_change && (call.told.tells() || call.audit.always);
    if (entry || call.told.shows()) {
      auto told = call.told.Resolve(*options_.hub.store().Snapshot());
      if (!told.ok()) return told.status();
      if (absl::Status status = CheckShown(call, answer, *told); !status.ok()) return status;
      if (entry) events.push_back(EntryOf(call, *told));
    }
  }
  call.entered = true;
  if (!unmasked.empty() && !call.unmask_audited) {
    call.unmask_audited = true;
    ++counts_.unmasked;
    std::string kinds;
    for (const v1::Sensitivity kind : unmasked)
      kinds += (kinds.empty() ? "" : " ") + v1::Sensitivity_Name(kind);
    events.push_back(
        {call.caller, "access.unmasked", "", call.purpose, call.case_number, call.method_name + " " + kinds});
  }
  return Write(std::move(events));
}

absl::Status Guard::EnterNothing(Call& call, bool found) {
  if (call.entered || call.hidden || call.audit.with_the_change) return absl::OkStatus();
  const bool looked = call.permit.call_class == LOOK_UP || call.audit.action.starts_with("registry.");
  if (!call.audit.always || (found ? !call.audit.whole_list : !looked)) return absl::OkStatus();
  call.entered = true;
  return Write({EntryOf(call, {})});
}

// A notice that was sent may be sent again: nobody waits for its entry.
absl::Status Guard::EnterStreamed(Call& call, const Message& answer) {
  {
    std::lock_guard lock(call.streaming);
    call.told.AddAnswer(answer);
    const int64_t now = SteadyUs();
    if (++call.streamed < kStreamedPerEntry && now - call.streamed_us < kStreamedEveryUs)
      return absl::OkStatus();
  }
  FlushStream(call);
  return absl::OkStatus();
}

void Guard::FlushStream(Call& call) {
  core::AuditEvent event;
  {
    std::lock_guard lock(call.streaming);
    if (call.streamed == 0) return;
    call.streamed = 0;
    call.streamed_us = SteadyUs();
    if (!call.told.tells()) return;
    auto told = call.told.Resolve(*options_.hub.store().Snapshot());
    call.told.ForgetAnswers();
    if (!told.ok()) {
      Log(LogLevel::kError, "access.entry", {{"message", std::string(told.status().message())}});
      return;
    }
    event = EntryOf(call, *told);
  }
  options_.hub.Post([event](core::WriteContext& write) {
    write.Audit(event);
    return absl::OkStatus();
  });
}

void Guard::FlushStreams() {
  std::vector<std::shared_ptr<Call>> waiting;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [context, call] : calls_)
      if (call->waits()) waiting.push_back(call);
  }
  for (const auto& call : waiting) FlushStream(*call);
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

void Guard::Begin(const std::shared_ptr<Call>& call) {
  std::lock_guard lock(mutex_);
  calls_[call->context] = call;
}
void Guard::End(Call& call) {
  if (call.waits()) FlushStream(call);
  std::lock_guard lock(mutex_);
  calls_.erase(call.context);
}
std::shared_ptr<Guard::Call> Guard::Find(const grpc::ServerContextBase* context) const {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(context);
  return found == calls_.end() ? nullptr : found->second;
}

std::function<bool(const v1::WorkItem&)> Guard::CasesSeen(const grpc::ServerContextBase& context) {
  auto call = Find(&context);
  if (call == nullptr || !call->cut_to_scope || call->permit.whole_hub) return nullptr;
  return [call, &hub = options_.hub](const v1::WorkItem& item) {
    const auto seen = RowJudge(hub.store(), call->permit, call->asker).JudgeWorkItem(item);
    return seen.ok() && *seen == RowJudge::Seen::kYes;
  };
}

std::string Guard::AgencyOf(const grpc::ServerContextBase& context) const {
  const auto call = Find(&context);
  return call == nullptr ? "" : call->asker.agency;
}

void Guard::Recheck() {
  const auto policy = options_.policy.current();
  std::lock_guard lock(mutex_);  // a call cannot leave, and so its context lives
  for (const auto& [context, call] : calls_) {
    const auto permit = policy->PermitFor(call->caller, call->method_name);
    if (permit && *permit == call->permit && CheckCertificate(*context).ok()) continue;
    call->context->TryCancel();
    // It may take a while to end, and be looked at again; a call with one answer ends by itself.
    if (call->cut || !IsStream(*call->method)) continue;
    call->cut = true;
    ++counts_.streams_cut;
    Log(LogLevel::kWarn, "access.cut", {{"caller", call->caller}, {"method", call->method_name}});
  }
}

}  // namespace relief::server::access
