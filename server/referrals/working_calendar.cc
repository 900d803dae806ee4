#include "server/referrals/working_calendar.h"

#include "server/records/identity_mapping.h"

namespace relief::server::referrals {
namespace {

constexpr int kLongestHoliday = 31;  // days; more is a slip of the pen

// 1970-01-01 was a Thursday.
bool IsWeekend(int32_t day) {
  const int from_monday = ((day + 3) % 7 + 7) % 7;
  return from_monday >= 5;
}

}  // namespace

absl::StatusOr<WorkingCalendar> WorkingCalendar::From(const stored::WorkingCalendar& data) {
  WorkingCalendar calendar;
  for (int i = 0; i < data.holidays_size(); ++i) {
    const auto& holiday = data.holidays(i);
    const std::string where = "holidays[" + std::to_string(i) + "]";
    const auto first = records::ToCivilDate(holiday.first());
    if (!first) return absl::InvalidArgumentError(where + ".first: not a day that exists");
    const auto last = holiday.has_last() ? records::ToCivilDate(holiday.last()) : first;
    if (!last) return absl::InvalidArgumentError(where + ".last: not a day that exists");
    if (*last < *first) return absl::InvalidArgumentError(where + ".last: before the first day");
    if (last->days() - first->days() >= kLongestHoliday)
      return absl::InvalidArgumentError(where + ".last: a holiday has at most 31 days");
    for (int32_t day = first->days(); day <= last->days(); ++day) calendar.holidays_.insert(day);
  }
  for (int i = 0; i < data.working_days_size(); ++i) {
    const std::string where = "working_days[" + std::to_string(i) + "]";
    const auto day = records::ToCivilDate(data.working_days(i));
    if (!day) return absl::InvalidArgumentError(where + ": not a day that exists");
    if (calendar.holidays_.contains(day->days()))
      return absl::InvalidArgumentError(where + ": is a holiday as well");
    if (!IsWeekend(day->days())) return absl::InvalidArgumentError(where + ": is no weekend day");
    calendar.worked_.insert(day->days());
  }
  return calendar;
}

bool WorkingCalendar::IsWorkingDay(matcher::CivilDate day) const {
  const int32_t number = day.days();
  if (worked_.contains(number)) return true;
  return !IsWeekend(number) && !holidays_.contains(number);
}

matcher::CivilDate WorkingCalendar::After(matcher::CivilDate day, int count) const {
  int32_t number = day.days();
  while (count > 0) {
    ++number;
    if (IsWorkingDay(matcher::CivilDate::FromDays(number))) --count;
  }
  return matcher::CivilDate::FromDays(number);
}

}  // namespace relief::server::referrals
