// Reads one policy file and checks what can be checked in it alone. Used by Policy only.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/access/policy.pb.h"

namespace relief::server::access {

// The file, and where in it ("name:line:column") each rule of a method and each caller stands.
struct PlacedPolicy {
  PolicyFile file;
  std::vector<std::string> method_places, caller_places;
};

// INVALID_ARGUMENT: "name:line:column: what is wrong".
absl::StatusOr<PlacedPolicy> ParsePolicyFile(const std::string& name, const std::string& text);

}  // namespace relief::server::access
