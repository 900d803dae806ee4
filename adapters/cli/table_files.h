// The files that a command line means: directories spread out, and what has no table for a name left out and told.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace relief::adapters {

// In alphabetical order within each directory. NOT_FOUND: there is no such path.
absl::StatusOr<std::vector<std::string>> TableFiles(const std::vector<std::string>& paths);

}  // namespace relief::adapters
