// How often something may be done. Time is handed in, in microseconds of a clock that does not jump.
#pragma once

#include <cstdint>

namespace relief::server {

// Of this machine's clock that does not jump.
int64_t SteadyUs();

struct Rate {
  int calls_per_minute = 0;
  int burst = 0;
};

// Leave to do something: it fills at the rate, and holds the burst. Full at first. Not thread-safe.
class TokenBucket {
 public:
  // False: too many, and none is taken.
  bool Take(const Rate& rate, int64_t now_us, int64_t count = 1);
  // As full as one that is new.
  bool Full(const Rate& rate, int64_t now_us) const;
  int64_t last_us() const { return last_us_; }

 private:
  double Level(const Rate& rate, int64_t now_us) const;

  double taken_ = 0;  // from a full one
  int64_t last_us_ = 0;
};

}  // namespace relief::server
