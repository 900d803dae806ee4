// A call that the guard has let in, for as long as it lasts. Of the guard alone.
#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "relief/v1/registry_service.pb.h"
#include "server/access/guard.h"
#include "server/access/method_audit.h"
#include "server/access/policy.h"
#include "server/access/row_judge.h"
#include "server/access/told_of.h"

namespace relief::server::access {

// What is not seen is answered as what is not there.
inline constexpr char kNotThere[] = "there is no such row, or it is not among those that you see";

inline bool IsStream(const google::protobuf::MethodDescriptor& method) {
  return method.client_streaming() || method.server_streaming();
}

struct Guard::Call {
  grpc::ServerContextBase* context = nullptr;
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string method_name;  // "relief.v1.Service/Method"
  std::string caller;
  Permit permit;
  Asker asker;
  bool cut_to_scope = false;
  bool counts_hold = true;           // no filter of the request was wider than the caller's scopes
  std::set<v1::Sensitivity> unmask;  // for this call
  std::string purpose, case_number;
  MethodAudit audit;
  ToldOf told;
  std::unique_ptr<v1::CheckApplicantRequest> applicants;  // as they were asked for
  std::unique_ptr<google::protobuf::Message> presented;   // lives until gRPC has serialised it
  bool hidden = false;                                    // the answer was a row that is not seen
  bool entered = false;
  bool unmask_audited = false;
  bool cut = false;  // Recheck
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  core::DurationHistogram* duration = nullptr;  // until the first answer: only that is measured

  // Called for each answer, one after the other.
  void Answered() {
    if (duration == nullptr) return;
    duration->Observe(std::chrono::steady_clock::now() - begun);
    duration = nullptr;
  }

  std::mutex streaming;  // what follows, and `told` of a stream that waits for what comes
  int streamed = 0;      // messages since the last entry
  int64_t streamed_us = 0;

  // Its messages come for as long as the caller stays.
  bool waits() const { return method->server_streaming() && !audit.whole_list && !audit.with_the_change; }
};

}  // namespace relief::server::access
