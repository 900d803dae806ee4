// Civil dates, as value types. No time zones: a date is what a document says.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relief::matcher {

struct CivilDate {
  int16_t year = 0;
  uint8_t month = 0;  // 1..12
  uint8_t day = 0;    // 1..31

  // A day that exists, from 1800 to 2200.
  bool valid() const;

  // Days since 1970-01-01.
  int32_t days() const;
  static CivilDate FromDays(int32_t days);

  std::string ToString() const;  // "2026-10-31"

  friend auto operator<=>(const CivilDate&, const CivilDate&) = default;
};

// Reads the styles that departments write: 2026-10-31, 2026/10/31, 2026.1.5, 20261031, 2026年1月5日,
// full-width digits, surrounding spaces. Nothing for anything else, or a day that does not exist.
std::optional<CivilDate> ParseDate(std::string_view text);

// The same styles for a month: 2026-10, 2026/1, 2026.1, 202610, 2026年1月. The day of the result is 1.
std::optional<CivilDate> ParseMonth(std::string_view text);

}  // namespace relief::matcher
