// The one place that every call passes, from the network and from the console: who calls, whether it may,
// what it sees, and who is told of it afterwards.
//
//   Guard guard({book, hub});
//   auto feed = guard.Wrap(v1::FeedService::service_full_name(), *inner);   // register this instead of inner
//   guard.Install(builder);                                                 // before BuildAndStart
//
// Before the handler: certificate, policy (default deny), rate, purpose, guesses, rows that the request names,
// filters narrowed to the caller's scope. On the way out: rows that it does not see are taken out, persons that
// it was shown are counted, fields are masked, and an entry of the audit chain says whom the answer told of. A
// row that is there and not seen is answered as one that is not there, bit for bit, and written to the chain.
// Handlers know nothing of it. A method with a type or a text that nobody has judged (meaning.h) is refused.
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
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "relief/v1/feed_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/access/call_durations.h"
#include "server/access/call_limits.h"
#include "server/access/number_guesses.h"
#include "server/access/policy_book.h"
#include "server/access/told_of.h"
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

  // What handlers that work on many rows at once ask of the call that they answer: which cases its caller sees
  // (nothing: all of them), and the agency that it speaks for.
  std::function<bool(const v1::WorkItem&)> CasesSeen(const grpc::ServerContextBase& context);
  std::string AgencyOf(const grpc::ServerContextBase& context) const;

  // Whether the caller may push, and the source's programme and region are within its grants to do so.
  bool MayFeed(const std::string& caller, const v1::Source& source) const;

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
  void Begin(const std::shared_ptr<Call>& call);
  void End(Call& call);
  std::shared_ptr<Call> Find(const grpc::ServerContextBase* context) const;
  // The answer as the caller may see it: the same one, another one that `call` keeps, or nothing: not to be
  // seen at all.
  absl::StatusOr<const google::protobuf::Message*> Present(Call& call,
                                                           const google::protobuf::Message& answer);
  // Counts the persons that the answer shows, and the guesses that it tells were wrong. RESOURCE_EXHAUSTED:
  // too many.
  absl::Status CheckShown(Call& call, const google::protobuf::Message& answer, const ToldOf::Persons& told);
  absl::Status TooMany(const Call& call, bool first, const std::string& action, const std::string& message);
  // Writes down whom the answer told of, before it leaves; of a stream that waits for what comes, soon after.
  // `answer` is whole as the hub gave it, `shown` as it leaves.
  absl::Status Enter(Call& call, const google::protobuf::Message& answer,
                     const google::protobuf::Message& shown, const std::set<v1::Sensitivity>& unmasked);
  absl::Status EnterStreamed(Call& call, const google::protobuf::Message& answer);
  // Entries of calls that answered with nothing: a look at nobody, a list without a row.
  absl::Status EnterNothing(Call& call, bool found);
  core::AuditEvent EntryOf(const Call& call, const ToldOf::Persons& told) const;
  absl::Status Write(std::vector<core::AuditEvent> events);
  void FlushStream(Call& call);
  void FlushStreams();
  // At most a few a second: whoever knocks without end must not fill the chain.
  void AuditRefusal(const Call& call, const std::string& action, const std::string& subject);

  const Options options_;
  GuardCounts counts_;
  CallDurations durations_;
  CallLimits limits_, refusals_;
  LookUpWatch guesses_, answered_;
  NumberGuesses number_guesses_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::unordered_map<const grpc::ServerContextBase*, std::shared_ptr<Call>> calls_;
  std::thread rechecker_;
};

}  // namespace relief::server::access
