// The one place that every call passes, from the network and from the console: who calls, whether it may,
// what it sees.
//
//   Guard guard({book, hub});
//   auto feed = guard.Wrap(v1::FeedService::service_full_name(), *inner);   // register this instead of the
//   inner service guard.Install(builder);                                                 // before
//   BuildAndStart
//
// Before the handler: certificate, policy (default deny), rate, purpose, enumeration, rows that the request
// names, filters narrowed to the caller's scope. On the way out: rows that it does not see are taken out,
// fields are masked. A row that is there and not seen is answered as one that is not there, bit for bit, and
// written to the audit chain.
//
// Streams that a new policy or a revoked certificate no longer allows are cut (Recheck, every few seconds).
// Thread-safe; outlives the servers that it is installed in.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "server/access/call_durations.h"
#include "server/access/call_limits.h"
#include "server/access/policy_book.h"
#include "server/core/hub.h"

namespace relief::server::access {

// What the guard counts, for the metrics. Monotonic.
struct GuardCounts {
  std::atomic<int64_t> allowed = 0, denied = 0, bad_certificate = 0, rate_limited = 0, enumeration_alarms = 0,
                       out_of_scope = 0, unmasked = 0, streams_cut = 0;
};

class Guard {
 public:
  struct Options {
    PolicyBook& policy;
    core::Hub& hub;
    // Judges the certificate of a caller on TLS, PEM; nothing: the handshake's word is enough.
    std::function<absl::Status(const std::string& pem)> judge_certificate;
    std::function<int64_t()> steady_us;  // nothing: the machine's steady clock
  };
  explicit Guard(Options options);
  ~Guard();

  // The service with every method guarded. `inner` outlives it.
  std::unique_ptr<grpc::Service> Wrap(const std::string& full_name, grpc::Service& inner);
  void Install(grpc::ServerBuilder& builder);

  // Cuts the open calls that are no longer allowed as they were.
  void Recheck();

  const GuardCounts& counts() const { return counts_; }
  const CallDurations& durations() const { return durations_; }

  struct Call;

 private:
  class Handler;
  class Service;
  class Interceptor;
  class Factory;

  // Decides on a call before its handler. What it lets pass is in `call`.
  absl::Status Admit(Call& call, google::protobuf::Message* request);
  absl::Status CheckCertificate(const grpc::ServerContextBase& context) const;
  void Enter(const std::shared_ptr<Call>& call);
  void Leave(const Call& call);
  std::shared_ptr<Call> Find(const grpc::ServerContextBase* context) const;
  // The answer as the caller may see it: the same one, another one that `call` keeps, or nothing: not to be
  // seen at all.
  absl::StatusOr<const google::protobuf::Message*> Present(Call& call,
                                                           const google::protobuf::Message& answer);
  // At most a few a second: whoever knocks without end must not fill the chain.
  void AuditRefusal(const Call& call, const std::string& action, const std::string& subject);

  const Options options_;
  GuardCounts counts_;
  CallDurations durations_;
  CallLimits limits_, refusals_;
  LookUpWatch look_ups_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::unordered_map<const grpc::ServerContextBase*, std::shared_ptr<Call>> calls_;
  std::thread rechecker_;
};

}  // namespace relief::server::access
