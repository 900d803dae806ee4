// Files that nobody but the hub's user may read: keys, accounts. Callable from any thread.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace relief::server {

// NOT_FOUND: cannot be looked at. FAILED_PRECONDITION: its group or others may read or write it.
absl::Status CheckPrivateFile(const std::string& path);

}  // namespace relief::server
