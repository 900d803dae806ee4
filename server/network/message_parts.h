// What a message would take before it is read: a part of two bytes becomes an object of a hundred, so that a
// message well within limits.max_message_bytes could take gigabytes. Callable from any thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <cstdint>

#include "absl/status/status.h"

namespace relief::server::network {

// A hundred for each record of a full batch, where a rich one has some thirty.
inline constexpr int64_t kMostMessageParts = 200'000;

// Counts the messages within a message of `type`, the elements of its repeated fields and the fields that the
// contract does not know. INVALID_ARGUMENT: more than `most`; bytes that are no message; or groups, which the
// contract does not have.
absl::Status CheckMessageParts(const google::protobuf::Descriptor& type,
                               google::protobuf::io::ZeroCopyInputStream* bytes,
                               int64_t most = kMostMessageParts);

}  // namespace relief::server::network
