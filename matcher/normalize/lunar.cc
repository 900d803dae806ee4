#include "matcher/normalize/lunar.h"

#include <unicode/calendar.h>
#include <unicode/timezone.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>

namespace relief::matcher {
namespace {

// ICU counts Chinese years from 2637 BC.
constexpr int kEpoch = 2637;
constexpr double kMillisecondsPerDay = 86'400'000;
// Lunar dates run behind by this much, a leap month included.
constexpr int kLeastDays = 14, kMostDays = 60;

constexpr int kFirstYear = 1900, kLastYear = 2050;

// The first days of all lunar months, asked from ICU once: the calendar computes the moon, which is slow.
class Months {
 public:
  Months() {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Calendar> calendar(icu::Calendar::createInstance(
        icu::TimeZone::getGMT()->clone(), icu::Locale("zh@calendar=chinese"), status));
    if (U_FAILURE(status)) return;
    Month* last = nullptr;  // a month is as long as it takes to the next one; the very last one is left out
    for (int year = kFirstYear; year <= kLastYear; ++year) {
      for (int month = 1; month <= 12; ++month) {
        for (const bool leap : {false, true}) {
          calendar->clear();
          calendar->set(UCAL_EXTENDED_YEAR, year + kEpoch);
          calendar->set(UCAL_MONTH, month - 1);
          calendar->set(UCAL_IS_LEAP_MONTH, leap ? 1 : 0);
          calendar->set(UCAL_DAY_OF_MONTH, 1);
          const double time = calendar->getTime(status);
          const bool exists = calendar->get(UCAL_MONTH, status) == month - 1 &&
                              calendar->get(UCAL_IS_LEAP_MONTH, status) == (leap ? 1 : 0);
          if (U_FAILURE(status)) return;
          if (!exists) continue;
          Month& found = Of(year, month, leap);
          found.first_day = static_cast<int32_t>(std::floor(time / kMillisecondsPerDay));
          if (last) last->length = found.first_day - last->first_day;
          last = &found;
        }
      }
    }
  }

  struct Month {
    int32_t first_day = 0;
    int length = 0;  // 0: there is no such month
  };
  Month& Of(int year, int month, bool leap) {
    return months_[(year - kFirstYear) * 24 + (month - 1) * 2 + leap];
  }

 private:
  std::array<Month, (kLastYear - kFirstYear + 1) * 24> months_{};
};

std::optional<int32_t> LunarToDays(int year, int month, int day, bool leap) {
  if (year < kFirstYear || year > kLastYear || month < 1 || month > 12) return std::nullopt;
  static Months months;
  const Months::Month& found = months.Of(year, month, leap);
  if (day < 1 || day > found.length) return std::nullopt;
  return found.first_day + day - 1;
}

bool Is(CivilDate lunar, int32_t days) {
  return LunarToDays(lunar.year, lunar.month, lunar.day, false) == days ||
         LunarToDays(lunar.year, lunar.month, lunar.day, true) == days;
}

}  // namespace

std::optional<CivilDate> LunarToCivil(int year, int month, int day, bool leap) {
  const std::optional<int32_t> days = LunarToDays(year, month, day, leap);
  if (!days) return std::nullopt;
  return CivilDate::FromDays(*days);
}

bool SameDayInLunarCalendar(CivilDate a, CivilDate b) {
  const int days = std::abs(a.days() - b.days());
  if (days < kLeastDays || days > kMostDays) return false;
  return a < b ? Is(a, b.days()) : Is(b, a.days());
}

}  // namespace relief::matcher
