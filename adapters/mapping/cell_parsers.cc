#include "adapters/mapping/cell_parsers.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace relief::adapters {
namespace {

constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
constexpr int kEarliestYear = 1850, kLatestYear = 2200;

absl::Status Wrong(const char* expected) { return absl::InvalidArgumentError(expected); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool IsLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysIn(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

// The numbers of "2026-07-12", "2026年7月12日" and the like; empty if it is anything else.
std::vector<int> Split(std::string_view text) {
  std::vector<int> parts;
  const std::array<std::string_view, 3> units = {"年", "月", "日"};
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (end == at || end - at > 4 || parts.size() == 3) return {};
    parts.push_back(Number(text.substr(at, end - at)));
    if (end == text.size()) return parts;
    const std::string_view unit = units[parts.size() - 1];
    if (text.substr(end, unit.size()) == unit) {
      at = end + unit.size();
    } else if (std::string_view("-/.").find(text[end]) != std::string_view::npos && end + 1 < text.size()) {
      at = end + 1;
    } else {
      return {};
    }
  }
  return parts;
}

}  // namespace

std::string Trim(std::string_view cell) {
  while (!cell.empty()) {
    if (static_cast<unsigned char>(cell.front()) <= ' ') {
      cell.remove_prefix(1);
    } else if (cell.substr(0, 3) == kIdeographicSpace) {
      cell.remove_prefix(3);
    } else {
      break;
    }
  }
  while (!cell.empty()) {
    if (static_cast<unsigned char>(cell.back()) <= ' ') {
      cell.remove_suffix(1);
    } else if (cell.size() >= 3 && cell.substr(cell.size() - 3) == kIdeographicSpace) {
      cell.remove_suffix(3);
    } else {
      break;
    }
  }
  return std::string(cell);
}

std::string Plain(std::string_view cell) {
  std::string plain;
  for (size_t i = 0; i < cell.size(); ++i) {
    const auto byte = static_cast<unsigned char>(cell[i]);
    if (byte <= ' ' || cell.substr(i, 3) == kIdeographicSpace) {
      if (byte > ' ') i += 2;
      continue;
    }
    // U+FF01..U+FF5E are EF BC 81..EF BD 9E, 0xFEE0 above the plain characters.
    if (byte == 0xEF && i + 2 < cell.size()) {
      const auto second = static_cast<unsigned char>(cell[i + 1]),
                 third = static_cast<unsigned char>(cell[i + 2]);
      const int code = 0xF000 | ((second & 0x3F) << 6) | (third & 0x3F);
      if (code >= 0xFF01 && code <= 0xFF5E) {
        plain.push_back(static_cast<char>(code - 0xFEE0));
        i += 2;
        continue;
      }
    }
    plain.push_back(cell[i]);
  }
  if (plain.size() > 1 && plain.front() == '\'') plain.erase(0, 1);
  return plain;
}

namespace {

bool IsMidnight(std::string_view time) {
  for (const char* midnight : {"00:00:00.000", "00:00:00.0", "00:00:00", "00:00", "0:00:00", "0:00"})
    if (time == midnight) return true;
  return false;
}

// "2026-07-12 00:00:00" is a date that went through a spreadsheet or a database. The time is told by what
// stands before it, while that is still there: without the blank, "2026-07-1 20:00" would end in a midnight.
std::string PlainDay(std::string_view cell) {
  const std::string trimmed = Trim(cell);
  const std::string_view text = trimmed;
  for (size_t at = text.size(); at-- > 0;) {
    const bool blank = static_cast<unsigned char>(text[at]) <= ' ' || text.substr(at, 3) == kIdeographicSpace;
    if (!blank && text[at] != 'T') continue;
    if (IsMidnight(Plain(text.substr(blank ? at : at + 1)))) return Plain(text.substr(0, at));
    break;
  }
  return Plain(text);
}

}  // namespace

absl::StatusOr<v1::Date> ParseDate(std::string_view cell) {
  const std::string plain = PlainDay(cell);
  const std::string_view text = plain;
  std::vector<int> parts;
  if (text.size() == 8 && AllDigits(text)) {
    parts = {Number(text.substr(0, 4)), Number(text.substr(4, 2)), Number(text.substr(6, 2))};
  } else {
    parts = Split(text);
  }
  if (parts.size() != 3) return Wrong("not a date like 2026-07-12");
  const int year = parts[0], month = parts[1], day = parts[2];
  if (year < kEarliestYear || year > kLatestYear || month < 1 || month > 12 || day < 1 ||
      day > DaysIn(year, month)) {
    return Wrong("not a day of the calendar");
  }
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

absl::StatusOr<v1::Month> ParseMonth(std::string_view cell) {
  const std::string plain = PlainDay(cell);
  const std::string_view text = plain;
  std::vector<int> parts;
  if (text.size() == 6 && AllDigits(text)) {
    parts = {Number(text.substr(0, 4)), Number(text.substr(4, 2))};
  } else {
    parts = Split(text);
  }
  if (parts.size() == 3 && parts[2] != 1) return Wrong("not a month like 2026-07 but a date");
  if (parts.size() < 2) return Wrong("not a month like 2026-07");
  if (parts[0] < kEarliestYear || parts[0] > kLatestYear || parts[1] < 1 || parts[1] > 12) {
    return Wrong("not a month of the calendar");
  }
  v1::Month month;
  month.set_year(parts[0]);
  month.set_month(parts[1]);
  return month;
}

absl::StatusOr<v1::Sex> ParseSex(std::string_view cell) {
  const std::string text = Plain(cell);
  for (const char* male : {"男", "男性", "1", "M", "m"}) {
    if (text == male) return v1::MALE;
  }
  for (const char* female : {"女", "女性", "2", "F", "f"}) {
    if (text == female) return v1::FEMALE;
  }
  for (const char* unstated : {"0", "9", "未知", "未知的性别", "未说明", "未说明的性别", "不详"}) {
    if (text == unstated) return v1::SEX_UNSPECIFIED;
  }
  return Wrong("not a sex of GB/T 2261.1");
}

absl::StatusOr<int64_t> ParseMoneyYuan(std::string_view cell) {
  std::string text = Plain(cell);
  for (const std::string_view unit : {"元", "¥", "￥"}) {
    for (size_t at; (at = text.find(unit)) != std::string::npos;) text.erase(at, unit.size());
  }
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  const size_t dot = rest.find('.');
  const std::string_view yuan = rest.substr(0, dot);
  std::string_view fen = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  // Databases pad with zeros; anything beyond the fen would be a rounding that is not ours to do.
  while (fen.size() > 2 && fen.back() == '0') fen.remove_suffix(1);
  if (!AllDigits(yuan) || yuan.size() > 12 || fen.size() > 2 || (!fen.empty() && !AllDigits(fen))) {
    return Wrong("not an amount in yuan with at most two decimals");
  }
  int64_t amount = 0;
  for (const char c : yuan) amount = amount * 10 + (c - '0');
  amount *= 100;
  if (!fen.empty()) amount += fen.size() == 1 ? (fen[0] - '0') * 10 : Number(fen);
  return negative ? -amount : amount;
}

absl::StatusOr<int64_t> ParseInteger(std::string_view cell) {
  const std::string text = Plain(cell);
  std::string_view digits = text;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (negative) digits.remove_prefix(1);
  if (!AllDigits(digits) || digits.size() > 18) return Wrong("not a whole number");
  int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

absl::StatusOr<std::string> ParseTerm(std::string_view cell) {
  std::string text = Plain(cell);
  const std::string_view season = std::string_view(text).substr(std::min<size_t>(4, text.size()));
  if (!AllDigits(std::string_view(text).substr(0, 4)) || (season != "春" && season != "秋")) {
    return Wrong("not a school term like 2026秋");
  }
  return text;
}

absl::StatusOr<v1::Month> ParseTermStart(std::string_view cell) {
  auto term = ParseTerm(cell);
  if (!term.ok()) return term.status();
  v1::Month month;
  month.set_year(Number(std::string_view(*term).substr(0, 4)));
  month.set_month(term->substr(4) == "春" ? 3 : 9);
  return month;
}

absl::StatusOr<std::string> ParseRegion(std::string_view cell) {
  const std::string text = Plain(cell);
  if (!AllDigits(text) || (text.size() != 6 && text.size() != 9 && text.size() != 12)) {
    return Wrong("not a region code of 6 digits");
  }
  return text.substr(0, 6);
}

}  // namespace relief::adapters
