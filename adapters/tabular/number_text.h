// Numbers of spreadsheets as texts: as a cell shows them, but never with an exponent; day numbers as dates.
//
// Pure functions; callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace relief::adapters {

// What a number's format makes of it.
struct NumberFormat {
  bool year = false, month = false, day = false, time = false;
  int zeros = 0;  // "000000": filled up to so many digits
  bool date() const { return year || month || day || time; }
};

// From a format code, e.g. `yyyy"年"m"月"`. Only its first section is looked at.
NumberFormat ReadNumberFormat(std::string_view code);

// One of the formats that files name by number alone: 14 is a date, 49 is text. Those that Chinese versions
// add (27..36, 50..58) are dates.
NumberFormat BuiltInFormat(int id);

// Fifteen digits, as spreadsheets show them, without exponent and without zeros at the end.
std::string PlainNumber(double number);

// As written, where that is a plain integer; or else PlainNumber of it. The text itself if it is no number.
std::string PlainNumber(std::string_view written);

// The text of a number with this format. Sets `*is_date`. Day numbers that are no day (negative, 60 in the
// system of 1900, beyond 9999) stay numbers.
std::string FormatNumber(std::string_view written, const NumberFormat& format, bool system_of_1904,
                         bool* is_date);

// "2026-03-15", "2026-03", "2026-03-15 10:30:00", or empty: see FormatNumber.
std::string SerialDay(double serial, const NumberFormat& format, bool system_of_1904);

}  // namespace relief::adapters
