// Days, months and terms as they are written.
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/digits.h"

namespace relief::adapters {
namespace {

// Without the words that stand around a date or month.
std::string_view WithoutWords(std::string_view text, bool* changed) {
  const size_t before = text.size();
  for (const char* word : {"从", "自", "约", "于"}) TakePrefix(&text, word);
  for (bool again = true; again;) {
    again = false;
    for (const char* word : {"至今", "起始", "以来", "开始", "起", "始", "止", "—", "-"})
      again = again || (text.size() > 4 && TakeSuffix(&text, word));
  }
  if (TakeSuffix(&text, "份") && text.size() < 3) text = {};
  *changed = *changed || text.size() != before;
  return text;
}

v1::Month MakeMonth(int year, int month) {
  v1::Month made;
  made.set_year(year);
  made.set_month(month);
  return made;
}

// 26.07.03 and 26年7月 with the century. Nothing if it does not begin like that.
std::string WithCentury(std::string_view text) {
  if (text.size() < 4 || !IsDigit(text[0]) || !IsDigit(text[1]) || IsDigit(text[2])) return "";
  const bool separated =
      std::string_view("-/.").find(text[2]) != std::string_view::npos || text.substr(2, 3) == "年";
  if (!separated || !(IsDigit(text[text.size() - 1]) || text.substr(2, 3) == "年")) return "";
  // Nothing that departments report begins more than a few years from now.
  return (Number(text.substr(0, 2)) <= 35 ? "20" : "19") + std::string(text);
}

// The day of a spreadsheet's number (system of 1900), for days from 1910 to 2064.
bool SerialDay(std::string_view text, v1::Date* date) {
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (dot != std::string_view::npos && !AllDigits(text.substr(dot + 1))) return false;
  if (!AllDigits(whole) || whole.size() < 4 || whole.size() > 5) return false;
  int64_t days = Number(whole);
  if (days < 3654 || days > 60000) return false;
  days += 719468 - 25569;
  const int64_t era = days / 146097;
  const auto of_era = static_cast<int>(days - era * 146097);
  const int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted = (5 * of_year + 2) / 153;
  date->set_day(of_year - (153 * shifted + 2) / 5 + 1);
  date->set_month(shifted < 10 ? shifted + 3 : shifted - 9);
  date->set_year(static_cast<int>(year_of_era + era * 400) + (date->month() <= 2 ? 1 : 0));
  return true;
}

// The year and quarter of 2026年三季度, 2026年第3季度, 2026Q3.
bool Quarter(std::string_view text, int* year, int* quarter) {
  if (text.size() < 6 || !AllDigits(text.substr(0, 4))) return false;
  *year = Number(text.substr(0, 4));
  std::string_view rest = text.substr(4);
  const bool letter = TakePrefix(&rest, "Q") || TakePrefix(&rest, "q");
  if (!letter) {
    TakePrefix(&rest, "年度");
    TakePrefix(&rest, "年");
    TakePrefix(&rest, "第");
    if (!TakeSuffix(&rest, "季度")) return false;
  }
  if (rest.size() != 1 || rest[0] < '1' || rest[0] > '4') return false;
  *quarter = rest[0] - '0';
  return true;
}

}  // namespace

bool IsOpenEnd(std::string_view cell) {
  const std::string plain = Plain(cell);
  for (const char* word : {"至今", "长期", "永久", "无期限", "不限", "在享", "正常", "在保"})
    if (plain == word) return true;
  if (plain.size() < 6 || !AllDigits(std::string_view(plain).substr(0, 4))) return false;
  const int year = Number(std::string_view(plain).substr(0, 4));
  return year == 9999 || year == 2999 || year == 3000 || year == 1900 || year == 1899;
}

absl::StatusOr<v1::Date> ReadDay(std::string_view cell, Repair* repair) {
  *repair = Repair::kNone;
  auto date = ParseDate(cell);
  if (date.ok()) return date;
  const std::string plain = Plain(cell);
  v1::Date serial;
  if (SerialDay(plain, &serial)) {
    *repair = Repair::kSerialDay;
    return serial;
  }
  bool numerals = false, words = false;
  const std::string arabic = WithArabicNumerals(plain, &numerals);
  const std::string_view bare = WithoutWords(arabic, &words);
  auto again = ParseDate(bare);
  if (again.ok()) {
    *repair = numerals ? Repair::kNumerals : Repair::kWords;
    return again;
  }
  if (const std::string full = WithCentury(bare); !full.empty()) {
    auto with_century = ParseDate(full);
    if (with_century.ok()) {
      *repair = Repair::kShortYear;
      return with_century;
    }
  }
  // 2026-03-15 10:30: the day is sure, whatever the hour.
  const std::string trimmed = Trim(cell);
  const size_t blank = trimmed.find_first_of(" T");
  if (blank != std::string::npos && trimmed.find(':', blank) != std::string::npos) {
    auto day = ParseDate(trimmed.substr(0, blank));
    if (day.ok()) {
      *repair = Repair::kWords;
      return day;
    }
  }
  return date.status();
}

absl::StatusOr<std::pair<v1::Month, v1::Month>> ReadPeriod(std::string_view cell) {
  bool ignored = false;
  const std::string plain = WithArabicNumerals(Plain(cell), &ignored);
  int year = 0, quarter = 0;
  if (Quarter(plain, &year, &quarter))
    return std::make_pair(MakeMonth(year, quarter * 3 - 2), MakeMonth(year, quarter * 3));
  Repair repair;
  auto month = ReadMonth(cell, false, false, &repair);
  if (!month.ok()) return month.status();
  return std::make_pair(*month, *month);
}

std::optional<std::pair<v1::Month, v1::Month>> ReadRange(std::string_view cell) {
  const std::string plain = Plain(cell);
  const auto month_of = [](const std::string& text) -> std::optional<v1::Month> {
    Repair ignored;
    const auto month = ReadMonth(text, false, true, &ignored);
    if (!month.ok()) return std::nullopt;
    return *month;
  };
  for (const std::string_view between : {"--", "——", "—", "–", "～", "~", "至", "到", "-"}) {
    // A stroke stands within dates as well: the one in the middle divides.
    for (size_t at = plain.find(between); at != std::string::npos; at = plain.find(between, at + 1)) {
      const std::string left = plain.substr(0, at), right = plain.substr(at + between.size());
      if (left.size() < 6 || right.empty()) continue;
      const auto first = month_of(left);
      if (!first) continue;
      auto last = month_of(right);
      // 2026年1月至6月: the year is said once.
      if (!last && right.size() >= 4 && right.find("月") != std::string::npos &&
          left.find("年") != std::string::npos)
        last = month_of(left.substr(0, left.find("年")) + "年" + right);
      if (last && (first->year() < last->year() ||
                   (first->year() == last->year() && first->month() <= last->month())))
        return std::pair(*first, *last);
    }
  }
  return std::nullopt;
}

absl::StatusOr<v1::Month> ReadMonth(std::string_view cell, bool zero_lost, bool day_allowed, Repair* repair) {
  *repair = Repair::kNone;
  const std::string plain = Plain(cell);
  const std::string_view text = plain;
  if (zero_lost && text.size() == 6 && text.substr(4) == ".1" && AllDigits(text.substr(0, 4))) {
    *repair = Repair::kLostZero;
    return MakeMonth(Number(text.substr(0, 4)), 10);
  }
  auto month = ParseMonth(cell);
  if (month.ok()) return month;
  // 20261 lost the zero of its month; a day number like that would lie in the fifties.
  if (text.size() == 5 && AllDigits(text) && text[0] == '2' && text[1] == '0' && text[4] != '0' &&
      Number(text.substr(0, 4)) <= 2035) {
    *repair = Repair::kLostZero;
    return MakeMonth(Number(text.substr(0, 4)), text[4] - '0');
  }
  bool numerals = false, words = false;
  const std::string arabic = WithArabicNumerals(plain, &numerals);
  const std::string_view bare = WithoutWords(arabic, &words);
  auto again = ParseMonth(bare);
  if (again.ok()) {
    *repair = numerals ? Repair::kNumerals : Repair::kWords;
    return again;
  }
  int year = 0, quarter = 0;
  if (Quarter(bare, &year, &quarter)) {
    *repair = Repair::kWords;
    return MakeMonth(year, quarter * 3 - 2);
  }
  if (const std::string full = WithCentury(bare); !full.empty()) {
    auto with_century = ParseMonth(full);
    if (with_century.ok()) {
      *repair = Repair::kShortYear;
      return with_century;
    }
  }
  Repair of_day = Repair::kNone;
  auto day = ReadDay(cell, &of_day);
  if (day.ok() && (day_allowed || (of_day == Repair::kSerialDay && day->day() == 1))) {
    *repair = of_day;
    return MakeMonth(day->year(), day->month());
  }
  return month.status();
}

absl::StatusOr<std::string> ReadTerm(std::string_view cell, Repair* repair) {
  *repair = Repair::kNone;
  auto term = ParseTerm(cell);
  if (term.ok()) return term;
  bool changed = false;
  const std::string arabic = WithArabicNumerals(Plain(cell), &changed);
  const std::string_view text = arabic;
  if (text.size() < 5 || !AllDigits(text.substr(0, 4))) return term.status();
  const int year = Number(text.substr(0, 4));
  const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  const bool two_years = text.size() > 9 && (text[4] == '-' || text[4] == '/' || text.substr(4, 3) == "—" ||
                                             text.substr(4, 3) == "至" || text.substr(4, 1) == "~");
  *repair = Repair::kWords;
  const bool school_year = two_years || has("学年");
  if (has("秋")) return std::to_string(year) + "秋";
  if (has("春")) return std::to_string(school_year && two_years ? year + 1 : year) + "春";
  if (!school_year) return term.status();
  if (has("第1") || has("上学期") || (text.size() >= 2 && text.substr(text.size() - 2) == "-1"))
    return std::to_string(year) + "秋";
  if (has("第2") || has("下学期") || (text.size() >= 2 && text.substr(text.size() - 2) == "-2"))
    return std::to_string(year + 1) + "春";
  return term.status();
}

absl::StatusOr<v1::Month> TermStart(const std::string& term) { return ParseTermStart(term); }

}  // namespace relief::adapters
