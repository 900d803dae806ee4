// gRPC's status as absl::Status, with what the hub says in detail.
//
// Pure functions; callable from any thread.
#pragma once

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace relief::adapters {

// Keeps the code, the message and, as a payload, the google.rpc.Status of the trailer.
absl::Status FromGrpc(const grpc::Status& status);

// The details that FromGrpc kept, if the hub sent any.
std::optional<google::rpc::Status> DetailsOf(const absl::Status& status);

}  // namespace relief::adapters
