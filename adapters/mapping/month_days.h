// The days of a month.
#pragma once

#include "relief/v1/types.pb.h"

namespace relief::adapters {

inline v1::Date FirstDayOf(const v1::Month& month) {
  v1::Date day;
  day.set_year(month.year());
  day.set_month(month.month());
  day.set_day(1);
  return day;
}

inline v1::Date LastDayOf(const v1::Month& month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = month.year() % 4 == 0 && (month.year() % 100 != 0 || month.year() % 400 == 0);
  v1::Date day = FirstDayOf(month);
  day.set_day(kDays[month.month() - 1] + (leap && month.month() == 2 ? 1 : 0));
  return day;
}

}  // namespace relief::adapters
