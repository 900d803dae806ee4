// Who may connect, and who a caller is.
//
// Callable from any thread.
#pragma once

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/config/config.pb.h"

namespace relief::server::network {

// Mutual TLS with certificates that are read again when their files change; plain where the configuration has
// no tls (loopback only, see config.h). INVALID_ARGUMENT: a file cannot be read.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const config::HubConfig& config);

// The caller's identity: what its certificate names it (caller_name.h), "unnamed" where that is nobody;
// "local" on a connection without TLS. Never the common name. For a call of the console, "console:" and the
// user.
std::string CallerOf(const grpc::ServerContext& context);

// What the console's gateway adds to its in-process calls, so that CallerOf knows the user. It holds a secret
// of this process: nobody who calls from outside can write it.
// `person` tells who that is, where one person has several accounts; empty: the account is the person.
std::map<std::string, std::string> ConsoleMetadata(const std::string& user, const std::string& person = "");

// The human being behind the call, for what two different ones must do: two accounts of one person are one.
// The caller's identity where nothing else is known.
std::string PersonOf(const grpc::ServerContext& context);

}  // namespace relief::server::network
