// The console's HTTP server: its files, its sessions, and the hub's services for browsers.
//
//   POST /api/<package>.<Service>/<Method>   Connect unary calls, for whom has a session and the right
//   GET  /session                            who is logged in
//   POST /session/login, /session/logout
//   GET  /live, /ready                       for supervisors of processes: 200 or 503
//   GET  everything else                     the console's files; index.html for its own paths
//
// A session is an HttpOnly, SameSite=Strict cookie; every POST needs a header that a form on another site
// cannot send. Log-ins, failures and log-outs are in the audit chain. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/config/config.pb.h"
#include "server/rpc/services.h"

namespace relief::server::console {

class Gateway {
 public:
  // Listens at once. INVALID_ARGUMENT: accounts or files cannot be read; UNAVAILABLE: the address is in use.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const config::Gateway& config,
                                                        const rpc::ServiceContext& context);
  virtual ~Gateway() = default;  // stops

  virtual int port() const = 0;
};

}  // namespace relief::server::console
