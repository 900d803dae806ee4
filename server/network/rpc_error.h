// From absl::Status to what gRPC sends: google.rpc.Status with details, in one place.
//
// A message that begins with a field path and a colon ("page_size: not negative") becomes a BadRequest with
// that field.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace relief::server::network {

grpc::Status ToGrpc(const absl::Status& status);

}  // namespace relief::server::network
