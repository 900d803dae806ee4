// The day of judgement. Every question about time is asked here, and the clock remembers the first later day
// on which any of them would be answered otherwise: until then, what was judged stays as it is. So nobody has
// to list the days on which a rule might change its mind, and a rule cannot forget one.
//
// Not for more than one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "server/coverage/timeline.h"

namespace relief::coverage {

class Clock {
 public:
  explicit Clock(matcher::CivilDate as_of) : today_(as_of.days()), month_(MonthIndex::Of(as_of)) {}

  // Whether the day has come.
  bool Reached(int64_t day) {
    if (day <= today_) return true;
    next_ = std::min(next_, day);
    return false;
  }
  bool Reached(MonthIndex month) {
    if (month <= month_) return true;
    next_ = std::min<int64_t>(next_, month.FirstDay());
    return false;
  }

  // The month of judgement. Whoever goes by more than its having been reached says so with MonthMatters.
  MonthIndex month() const { return month_; }
  void MonthMatters() { Reached(month_ + 1); }

  int Year() {
    Reached(MonthIndex::Of(month_.year() + 1, 1));
    return month_.year();
  }
  // The school term, as records write it.
  std::string Term() {
    Reached(NextTermStart(month_));
    return TermOf(month_);
  }

  int32_t today() const { return today_; }
  // Far away if time changes nothing.
  int64_t next() const { return next_; }

 private:
  int32_t today_;
  MonthIndex month_;
  int64_t next_ = INT64_MAX;
};

}  // namespace relief::coverage
