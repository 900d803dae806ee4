#include "server/access/call_limits.h"

#include <algorithm>

namespace relief::server::access {
namespace {

constexpr int64_t kSecond = 1'000'000, kMinute = 60 * kSecond;
constexpr size_t kManyBuckets = 10'000;

}  // namespace

bool CallLimits::Take(const std::string& caller, CallClass call_class, const Rate& rate, int64_t now_us) {
  std::lock_guard lock(mutex_);
  // A bucket that nobody used for some minutes is full again, as is one that is not there.
  if (buckets_.size() > kManyBuckets)
    std::erase_if(buckets_, [&](const auto& one) { return now_us - one.second.last_us() > 10 * kMinute; });
  return buckets_[{caller, call_class}].Take(rate, now_us);
}

LookUpWatch::Answer LookUpWatch::Look(const std::string& caller, const std::vector<size_t>& persons,
                                      const LookUpLimit& limit, int64_t now_us) {
  if (limit.distinct_persons() == 0 || persons.empty()) return Answer::kAllowed;
  const int64_t window_us = limit.seconds() * kSecond;
  std::lock_guard lock(mutex_);
  Seen& seen = callers_[caller];
  std::erase_if(seen.last_us, [&](const auto& one) { return now_us - one.second > window_us; });
  const auto more = std::count_if(persons.begin(), persons.end(),
                                  [&](size_t person) { return !seen.last_us.contains(person); });
  if (static_cast<int64_t>(seen.last_us.size()) + more <= limit.distinct_persons()) {
    for (const size_t person : persons) seen.last_us[person] = now_us;
    return Answer::kAllowed;
  }
  if (seen.alarmed_us != 0 && now_us - seen.alarmed_us <= window_us) return Answer::kRefused;
  seen.alarmed_us = now_us;
  return Answer::kFirstRefusal;
}

}  // namespace relief::server::access
