#include "adapters/rpc_status.h"

#include <string>

#include "absl/strings/cord.h"

namespace relief::adapters {
namespace {

constexpr char kPayload[] = "type.googleapis.com/google.rpc.Status";

}  // namespace

absl::Status FromGrpc(const grpc::Status& status) {
  // The codes are the same numbers on both sides.
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (!result.ok() && !status.error_details().empty())
    result.SetPayload(kPayload, absl::Cord(status.error_details()));
  return result;
}

std::optional<google::rpc::Status> DetailsOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  google::rpc::Status details;
  if (!payload.has_value() || !details.ParseFromString(std::string(*payload))) return std::nullopt;
  return details;
}

}  // namespace relief::adapters
