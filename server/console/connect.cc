#include "server/console/connect.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "google/rpc/status.pb.h"
#include "server/console/json_check.h"

namespace relief::server::console {
namespace {

constexpr int64_t kLongestMs = 30'000;

struct Code {
  grpc::StatusCode code;
  const char* name;
  int http;
};
// The table of the protocol.
constexpr Code kCodes[] = {
    {grpc::CANCELLED, "canceled", 499},
    {grpc::UNKNOWN, "unknown", 500},
    {grpc::INVALID_ARGUMENT, "invalid_argument", 400},
    {grpc::DEADLINE_EXCEEDED, "deadline_exceeded", 504},
    {grpc::NOT_FOUND, "not_found", 404},
    {grpc::ALREADY_EXISTS, "already_exists", 409},
    {grpc::PERMISSION_DENIED, "permission_denied", 403},
    {grpc::RESOURCE_EXHAUSTED, "resource_exhausted", 429},
    {grpc::FAILED_PRECONDITION, "failed_precondition", 400},
    {grpc::ABORTED, "aborted", 409},
    {grpc::OUT_OF_RANGE, "out_of_range", 400},
    {grpc::UNIMPLEMENTED, "unimplemented", 501},
    {grpc::INTERNAL, "internal", 500},
    {grpc::UNAVAILABLE, "unavailable", 503},
    {grpc::DATA_LOSS, "data_loss", 500},
    {grpc::UNAUTHENTICATED, "unauthenticated", 401},
};

std::string JsonString(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned char>(c));
          json += escaped;
        } else {
          json += c;
        }
    }
  }
  return json + "\"";
}

std::string UnpaddedBase64(const std::string& bytes) {
  std::string text;
  absl::Base64Escape(bytes, &text);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

}  // namespace

struct ConnectCaller::Impl {
  explicit Impl(std::shared_ptr<grpc::Channel> c) : channel(std::move(c)), stub(channel) {}
  std::shared_ptr<grpc::Channel> channel;
  mutable grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub;
  mutable google::protobuf::DynamicMessageFactory messages{
      google::protobuf::DescriptorPool::generated_pool()};
};

HttpAnswer ConnectError(const grpc::Status& status) {
  const Code* code = &kCodes[1];
  for (const Code& one : kCodes)
    if (one.code == status.error_code()) code = &one;
  std::string body =
      std::string("{\"code\":\"") + code->name + "\",\"message\":" + JsonString(status.error_message());
  google::rpc::Status rpc;
  if (!status.error_details().empty() && rpc.ParseFromString(status.error_details()) &&
      rpc.details_size() > 0) {
    body += ",\"details\":[";
    for (int i = 0; i < rpc.details_size(); ++i) {
      const std::string& url = rpc.details(i).type_url();
      body += (i ? ",{\"type\":" : "{\"type\":") + JsonString(url.substr(url.rfind('/') + 1)) +
              ",\"value\":\"" + UnpaddedBase64(rpc.details(i).value()) + "\"}";
    }
    body += "]";
  }
  return {code->http, "application/json", body + "}"};
}

ConnectCaller::ConnectCaller(std::shared_ptr<grpc::Channel> channel)
    : impl_(std::make_unique<Impl>(std::move(channel))) {}
ConnectCaller::~ConnectCaller() = default;

HttpAnswer ConnectCaller::Call(const ConnectRequest& request) const {
  if (request.content_type.rfind("application/json", 0) != 0)
    return {415, "application/json", ConnectError({grpc::INVALID_ARGUMENT, "application/json only"}).body};
  // Asked for although the protocol lets it be left out: a form on another site cannot send it.
  if (request.protocol_version != "1")
    return ConnectError({grpc::INVALID_ARGUMENT, "Connect-Protocol-Version: 1 is required"});
  const size_t slash = request.method.rfind('/');
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      slash == std::string::npos || slash == 0 ? "" : request.method.substr(1, slash - 1));
  const auto* method = service ? service->FindMethodByName(request.method.substr(slash + 1)) : nullptr;
  if (!method || method->client_streaming() || method->server_streaming())
    return ConnectError({grpc::UNIMPLEMENTED, "no such unary method"});
  int64_t timeout = kLongestMs;
  if (!request.timeout_ms.empty() &&
      (request.timeout_ms.size() > 10 || !absl::SimpleAtoi(request.timeout_ms, &timeout) || timeout <= 0))
    return ConnectError(
        {grpc::INVALID_ARGUMENT, "Connect-Timeout-Ms: a positive number of at most 10 digits"});

  const std::unique_ptr<google::protobuf::Message> input(
      impl_->messages.GetPrototype(method->input_type())->New());
  google::protobuf::util::JsonParseOptions parse;
  parse.ignore_unknown_fields = true;
  // The parser's own error text quotes the input, which may be personal data.
  if (!IsSoundJson(request.body, *method->input_type()) ||
      !google::protobuf::util::JsonStringToMessage(request.body, input.get(), parse).ok())
    return ConnectError(
        {grpc::INVALID_ARGUMENT, "the body is not JSON of " + method->input_type()->full_name()});

  const grpc::Slice bytes(input->SerializeAsString());
  grpc::ByteBuffer sent(&bytes, 1), received;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(std::min(timeout, kLongestMs)));
  for (const auto& [key, value] : request.metadata) context.AddMetadata(key, value);
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  grpc::Status status;
  impl_->stub.UnaryCall(&context, request.method, {}, &sent, &received, [&](grpc::Status result) {
    const std::lock_guard lock(mutex);
    status = std::move(result);
    done = true;
    changed.notify_one();
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done; });
  }
  if (!status.ok()) return ConnectError(status);
  const std::unique_ptr<google::protobuf::Message> output(
      impl_->messages.GetPrototype(method->output_type())->New());
  std::vector<grpc::Slice> slices;
  if (!received.Dump(&slices).ok()) return ConnectError({grpc::INTERNAL, "the answer cannot be read"});
  std::string answered;
  for (const grpc::Slice& slice : slices)
    answered.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (!output->ParseFromString(answered)) return ConnectError({grpc::INTERNAL, "the answer cannot be read"});
  HttpAnswer answer;
  if (!google::protobuf::util::MessageToJsonString(*output, &answer.body).ok())
    return ConnectError({grpc::INTERNAL, "the answer is not JSON"});
  return answer;
}

}  // namespace relief::server::console
