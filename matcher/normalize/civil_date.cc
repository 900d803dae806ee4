#include "matcher/normalize/civil_date.h"

#include <cstdio>
#include <vector>

#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

constexpr int kFirstYear = 1800;
constexpr int kLastYear = 2200;

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

struct Parts {
  std::vector<std::string> digits;  // the runs of digits
  std::string marks;  // what stands between and after them, one letter each: '-', '/', '.', Y, M, D
};

// Splits a date into runs of digits and marks. Nothing if any other character stands in it.
std::optional<Parts> Split(std::string_view text) {
  if (text.size() > 64) return std::nullopt;
  std::u32string folded;
  for (char32_t c : DecodeUtf8(text)) {
    if (!IsInvisible(c)) folded += FoldWidth(c);
  }
  while (!folded.empty() && IsSpace(folded.back())) folded.pop_back();
  size_t start = 0;
  while (start < folded.size() && IsSpace(folded[start])) ++start;

  Parts parts;
  bool in_digits = false;
  for (char32_t c : folded.substr(start)) {
    if (c >= U'0' && c <= U'9') {
      if (!in_digits) parts.digits.emplace_back();
      parts.digits.back() += static_cast<char>(c);
      in_digits = true;
      continue;
    }
    if (!in_digits) return std::nullopt;  // a mark at the start, or two in a row
    in_digits = false;
    switch (c) {
      case U'-':
      case U'/':
      case U'.':
        parts.marks += static_cast<char>(c);
        break;
      case U'年':
        parts.marks += 'Y';
        break;
      case U'月':
        parts.marks += 'M';
        break;
      case U'日':
        parts.marks += 'D';
        break;
      default:
        return std::nullopt;
    }
  }
  return parts;
}

// The number in a run of digits of a length from `least` to `most`; -1 otherwise.
int Number(const std::string& digits, size_t least, size_t most) {
  return digits.size() < least || digits.size() > most ? -1 : std::stoi(digits);
}

std::optional<CivilDate> Make(int year, int month, int day) {
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const CivilDate date{static_cast<int16_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)};
  return date.valid() ? std::optional(date) : std::nullopt;
}

}  // namespace

bool CivilDate::valid() const {
  return year >= kFirstYear && year <= kLastYear && month >= 1 && month <= 12 && day >= 1 &&
         day <= DaysInMonth(year, month);
}

// Both conversions count from 1 March of year 0, so that the leap day ends a year (proleptic Gregorian
// calendar).
int32_t CivilDate::days() const {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilDate::FromDays(int32_t days) {
  days += 719468;
  const int era = (days >= 0 ? days : days - 146096) / 146097;
  const int day_of_era = days - era * 146097;
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<uint8_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  date.month = static_cast<uint8_t>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  date.year = static_cast<int16_t>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

std::string CivilDate::ToString() const {
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

std::optional<CivilDate> ParseDate(std::string_view text) {
  const auto parts = Split(text);
  if (!parts) return std::nullopt;
  if (parts->digits.size() == 1 && parts->marks.empty() && parts->digits[0].size() == 8) {
    const std::string& d = parts->digits[0];
    return Make(std::stoi(d.substr(0, 4)), std::stoi(d.substr(4, 2)), std::stoi(d.substr(6, 2)));
  }
  const std::string& marks = parts->marks;
  if (parts->digits.size() != 3 || (marks != "--" && marks != "//" && marks != ".." && marks != "YMD"))
    return std::nullopt;
  return Make(Number(parts->digits[0], 4, 4), Number(parts->digits[1], 1, 2), Number(parts->digits[2], 1, 2));
}

std::optional<CivilDate> ParseMonth(std::string_view text) {
  const auto parts = Split(text);
  if (!parts) return std::nullopt;
  if (parts->digits.size() == 1 && parts->marks.empty() && parts->digits[0].size() == 6) {
    return Make(std::stoi(parts->digits[0].substr(0, 4)), std::stoi(parts->digits[0].substr(4, 2)), 1);
  }
  const std::string& marks = parts->marks;
  if (parts->digits.size() != 2 || (marks != "-" && marks != "/" && marks != "." && marks != "YM"))
    return std::nullopt;
  return Make(Number(parts->digits[0], 4, 4), Number(parts->digits[1], 1, 2), 1);
}

}  // namespace relief::matcher
