// How long each method takes, for the metrics: one histogram a method, so that there are as many as the contract has methods.
//
// A method with one request and one answer is measured from when its request was read to when its answer is sent; a stream, to
// its first answer (a stream that gives none is not counted). Only calls that were let in are measured:
// refusals are quick, and would hide slow answers.
//
// Thread-safe. References that Of gives are valid as long as this.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "server/core/hub_counts.h"

namespace relief::server::access {

class CallDurations {
 public:
  // Of a method ("relief.v1.Service/Method"). Calls with the same name share one histogram.
  core::DurationHistogram& Of(const std::string& method, bool stream) {
    std::lock_guard lock(mutex_);
    return (stream ? streams_ : calls_)[method];
  }

  // Calls visit(method, histogram) for each method, in the order of their names.
  template <typename Visit>
  void ForEachCall(const Visit& visit) const {
    std::lock_guard lock(mutex_);
    for (const auto& [method, histogram] : calls_) visit(method, histogram);
  }
  template <typename Visit>
  void ForEachStream(const Visit& visit) const {
    std::lock_guard lock(mutex_);
    for (const auto& [method, histogram] : streams_) visit(method, histogram);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, core::DurationHistogram> calls_, streams_;
};

}  // namespace relief::server::access
