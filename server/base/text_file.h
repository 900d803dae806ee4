// Reads a protobuf text file. Callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "absl/status/status.h"

namespace relief::server {

// NOT_FOUND: cannot be read. INVALID_ARGUMENT: "FILE:LINE:COLUMN: what is wrong".
absl::Status ReadTextFile(const std::string& path, google::protobuf::Message* message);

}  // namespace relief::server
