#include "server/network/rpc_error.h"

#include <algorithm>

#include "google/rpc/status.pb.h"

namespace relief::server::network {
namespace {

constexpr char kDomain[] = "relief.v1";

// The field path that the message begins with; empty if it does not.
std::string FieldOf(const std::string& message) {
  const size_t colon = message.find(": ");
  if (colon == std::string::npos || colon == 0) return "";
  const std::string path = message.substr(0, colon);
  const bool is_path = std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' || c == ']';
  });
  return is_path ? path : "";
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status details;
  const std::string message(status.message().data(), status.message().size());
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(absl::StatusCodeToString(status.code()));
  info.set_domain(kDomain);
  details.add_details()->PackFrom(info);
  if (const std::string field = FieldOf(message); absl::IsInvalidArgument(status) && !field.empty()) {
    google::rpc::BadRequest bad;
    auto& violation = *bad.add_field_violations();
    violation.set_field(field);
    violation.set_description(message.substr(field.size() + 2));
    details.add_details()->PackFrom(bad);
  }
  // What the part that failed wants to say in messages of its own.
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& value) {
    google::protobuf::Any& any = *details.add_details();
    any.set_type_url(std::string(type.data(), type.size()));
    any.set_value(std::string(value));
  });
  if (absl::IsResourceExhausted(status) || absl::IsUnavailable(status)) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(5);
    details.add_details()->PackFrom(retry);
  }
  return {static_cast<grpc::StatusCode>(status.code()), message, details.SerializeAsString()};
}

}  // namespace relief::server::network
