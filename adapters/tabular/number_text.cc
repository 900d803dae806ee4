#include "adapters/tabular/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>

namespace relief::adapters {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

char Small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The letters and zeros of the first section, without quoted texts, escapes, colours and conditions.
// Durations ("[h]") keep their letter.
std::string Essence(std::string_view code) {
  std::string essence;
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == ';') break;
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size() - 1);
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '[') {
      const size_t end = std::min(code.find(']', i), code.size() - 1);
      if (end == i + 2 || end == i + 3) {
        const char unit = Small(code[i + 1]);
        if (unit == 'h' || unit == 'm' || unit == 's') essence += 'h';
      }
      i = end;
    } else {
      essence += Small(c);
    }
  }
  return essence;
}

std::optional<double> Read(std::string_view written) {
  double number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
  if (error != std::errc() || end != written.data() + written.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

// Howard Hinnant's civil_from_days.
void CivilFromDays(int64_t days, int* year, int* month, int* day) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto of_era = static_cast<int>(days - era * 146097);
  const int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted = (5 * of_year + 2) / 153;
  *day = of_year - (153 * shifted + 2) / 5 + 1;
  *month = shifted < 10 ? shifted + 3 : shifted - 9;
  *year = static_cast<int>(year_of_era + era * 400) + (*month <= 2 ? 1 : 0);
}

}  // namespace

NumberFormat ReadNumberFormat(std::string_view code) {
  NumberFormat format;
  const std::string essence = Essence(code);
  if (essence.empty() || essence.find("general") != std::string::npos || essence == "@") return format;
  format.year = essence.find_first_of("ye") != std::string::npos;
  format.day = essence.find('d') != std::string::npos;
  const bool clock = essence.find_first_of("hs") != std::string::npos;
  // "e" is also the exponent of 0.00E+00.
  if (format.year && essence.find('y') == std::string::npos &&
      essence.find_first_of("0#") != std::string::npos)
    format.year = false;
  if (essence.find('m') != std::string::npos) {
    if (format.year || format.day || !clock) {
      format.month = true;
    }
  }
  format.time = clock;
  if (!format.date() && essence.find_first_not_of('0') == std::string::npos && essence.size() > 1)
    format.zeros = static_cast<int>(std::min<size_t>(essence.size(), 30));
  return format;
}

NumberFormat BuiltInFormat(int id) {
  NumberFormat format;
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58) || id == 22) {
    format.year = format.month = format.day = true;
    if (id == 17 || id == 27 || id == 50 || id == 57 || id == 36) format.day = false;  // 2026年3月
    if (id == 55) format.time = true;
    format.time = format.time || id == 22;
    if (id == 55) format.year = format.month = format.day = false;
  } else if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) {
    format.time = true;
  }
  return format;
}

std::string PlainNumber(double number) {
  if (!std::isfinite(number)) return "";
  if (number == 0) return "0";
  char text[64];
  std::snprintf(text, sizeof text, "%.14e", number);  // 15 digits
  // d.dddddddddddddde±xx
  const bool negative = text[0] == '-';
  const char* at = text + (negative ? 1 : 0);
  std::string digits(1, *at);
  const char* e = std::strchr(at, 'e');
  digits.append(at + 2, e);
  const int exponent = std::atoi(e + 1);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  std::string plain = negative ? "-" : "";
  if (exponent < 0) {
    if (exponent < -20) return "0";
    plain += "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  } else if (digits.size() <= static_cast<size_t>(exponent) + 1) {
    plain += digits + std::string(static_cast<size_t>(exponent) + 1 - digits.size(), '0');
  } else {
    plain += digits.substr(0, static_cast<size_t>(exponent) + 1) + "." +
             digits.substr(static_cast<size_t>(exponent) + 1);
  }
  return plain;
}

std::string PlainNumber(std::string_view written) {
  std::string_view digits = written;
  if (!digits.empty() && digits[0] == '-') digits.remove_prefix(1);
  if (!digits.empty() && digits.size() <= 30 && std::all_of(digits.begin(), digits.end(), IsDigit))
    return std::string(written);
  const auto number = Read(written);
  return number ? PlainNumber(*number) : std::string(written);
}

std::string SerialDay(double serial, const NumberFormat& format, bool system_of_1904) {
  if (!(serial >= 0) || serial > 2958465.99999) return "";
  int64_t day = static_cast<int64_t>(std::floor(serial));
  int64_t seconds = std::llround((serial - static_cast<double>(day)) * 86400);
  if (seconds == 86400) {
    ++day;
    seconds = 0;
  }
  char text[64];
  char clock[16];
  std::snprintf(clock, sizeof clock, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  if (!format.year && !format.month && !format.day) return format.time ? clock : "";
  // The system of 1900 has a 29th of February 1900 that never was (day 60), and no day 0.
  if (!system_of_1904 && (day == 60 || day == 0)) return "";
  const int64_t since_1970 = system_of_1904 ? day - 24107 : day < 60 ? day - 25568 : day - 25569;
  int year = 0, month = 0, of_month = 0;
  CivilFromDays(since_1970, &year, &month, &of_month);
  if (format.year && !format.month && !format.day) {
    std::snprintf(text, sizeof text, "%04d", year);
  } else if (format.year && !format.day) {
    std::snprintf(text, sizeof text, "%04d-%02d", year, month);
  } else {
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, of_month);
    if (format.time && seconds != 0) return std::string(text) + " " + clock;
  }
  return text;
}

std::string FormatNumber(std::string_view written, const NumberFormat& format, bool system_of_1904,
                         bool* is_date) {
  *is_date = false;
  const auto number = Read(written);
  if (!number) return std::string(written);
  if (format.date()) {
    std::string day = SerialDay(*number, format, system_of_1904);
    *is_date = !day.empty();
    if (*is_date) return day;
  }
  std::string plain = PlainNumber(written);
  if (format.zeros > 0 && plain.size() < static_cast<size_t>(format.zeros) &&
      std::all_of(plain.begin(), plain.end(), IsDigit))
    plain.insert(0, static_cast<size_t>(format.zeros) - plain.size(), '0');
  return plain;
}

}  // namespace relief::adapters
