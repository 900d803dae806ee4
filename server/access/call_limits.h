// How often a caller may call, and how many different persons it may name.
//
// Time is handed in, in microseconds of a clock that does not jump. Thread-safe; what callers leave behind is
// dropped once it says nothing any more.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/access/policy.h"
#include "server/base/token_bucket.h"

namespace relief::server::access {

// A bucket for each caller and class of calls.
class CallLimits {
 public:
  // False: too many.
  bool Take(const std::string& caller, CallClass call_class, const Rate& rate, int64_t now_us);

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, CallClass>, TokenBucket> buckets_;
};

// Somebody who names more different persons within the window than there is leave for tries numbers out.
class LookUpWatch {
 public:
  enum class Answer { kAllowed, kRefused, kFirstRefusal };
  // `persons`: what the call names them by, hashed; nothing of it is kept but that. A call that is refused
  // names nobody. kFirstRefusal once in a window: the time to raise the alarm.
  Answer Look(const std::string& caller, const std::vector<size_t>& persons, const LookUpLimit& limit,
              int64_t now_us);

 private:
  struct Seen {
    std::unordered_map<size_t, int64_t> last_us;  // when each was named last
    int64_t alarmed_us = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Seen> callers_;
};

}  // namespace relief::server::access
