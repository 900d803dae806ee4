// The Chinese lunar calendar: older people keep their birth date in it, and some offices write it down as it
// is.
//
// From ICU's Chinese calendar, for the years 1900 to 2050; the first call makes a table. Callable from any
// thread.
#pragma once

#include <optional>

#include "matcher/normalize/civil_date.h"

namespace relief::matcher {

// The day on which the lunar month and day of that year fall; nothing if the year has no such day. `leap`
// means the leap month that follows the month of that number.
std::optional<CivilDate> LunarToCivil(int year, int month, int day, bool leap);

// One of the dates is the other one written in the lunar calendar.
bool SameDayInLunarCalendar(CivilDate a, CivilDate b);

}  // namespace relief::matcher
