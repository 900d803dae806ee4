// The time of day, handed in so that tests own it. Microseconds since 1970 (UTC) everywhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace relief::server {

using NowFn = std::function<int64_t()>;

inline int64_t SystemNow() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace relief::server
