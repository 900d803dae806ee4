#include "server/base/token_bucket.h"

#include <algorithm>
#include <chrono>

namespace relief::server {

int64_t SteadyUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double TokenBucket::Level(const Rate& rate, int64_t now_us) const {
  constexpr double kMinuteUs = 60e6;
  const double filled = static_cast<double>(now_us - last_us_) * rate.calls_per_minute / kMinuteUs;
  return std::min<double>(rate.burst, rate.burst - taken_ + filled);
}

bool TokenBucket::Full(const Rate& rate, int64_t now_us) const { return Level(rate, now_us) >= rate.burst; }

bool TokenBucket::Take(const Rate& rate, int64_t now_us, int64_t count) {
  const double level = Level(rate, now_us), wanted = static_cast<double>(count);
  last_us_ = now_us;
  taken_ = rate.burst - level + (level < wanted ? 0 : wanted);
  return level >= wanted;
}

}  // namespace relief::server
