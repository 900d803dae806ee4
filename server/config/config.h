// The hub's configuration file: read, validated, paths made absolute.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/config/config.pb.h"

namespace relief::server {

// INVALID_ARGUMENT names file, line and column, or the setting that is wrong. Relative paths are relative to
// the file. Defaults are filled in.
absl::StatusOr<config::HubConfig> LoadConfig(const std::string& path);

// The same checks for settings changed on the command line.
absl::Status CheckConfig(const config::HubConfig& config);

// Whether the keys and accounts of a hub that other machines can reach (it has tls) are its user's alone. Of a hub
// on the loopback interface, for trials, nobody asks. FAILED_PRECONDITION names the setting and the file.
absl::Status CheckPrivateFiles(const config::HubConfig& config);

// host:port names this machine alone.
bool IsLoopback(const std::string& address);

}  // namespace relief::server
