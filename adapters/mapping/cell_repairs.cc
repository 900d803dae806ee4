#include "adapters/mapping/cell_repairs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "adapters/mapping/cell_parsers.h"

namespace relief::adapters {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}
int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

absl::Status Wrong(const char* expected) { return absl::InvalidArgumentError(expected); }

bool TakePrefix(std::string_view* text, std::string_view prefix) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}
bool TakeSuffix(std::string_view* text, std::string_view suffix) {
  if (text->size() < suffix.size() || text->substr(text->size() - suffix.size()) != suffix) return false;
  text->remove_suffix(suffix.size());
  return true;
}

// The digit that a Chinese numeral of three bytes stands for; 10 for 十; -1 for anything else.
int Numeral(std::string_view three) {
  constexpr std::array<std::string_view, 11> kNumerals = {"〇", "一", "二", "三", "四", "五",
                                                          "六", "七", "八", "九", "十"};
  for (size_t i = 0; i < kNumerals.size(); ++i)
    if (three == kNumerals[i]) return static_cast<int>(i);
  if (three == "零" || three == "○") return 0;
  return -1;
}

// Runs of Chinese numerals as digits: 二〇二六 2026, 十二 12, 二十一 21.
std::string Arabic(std::string_view text, bool* changed) {
  std::string arabic;
  for (size_t at = 0; at < text.size();) {
    std::vector<int> run;
    size_t end = at;
    while (end < text.size()) {
      const int value = Numeral(text.substr(end, 3));
      if (value >= 0) {
        run.push_back(value);
        end += 3;
      } else if (IsDigit(text[end]) && (!run.empty() || Numeral(text.substr(end + 1, 3)) >= 0)) {
        run.push_back(text[end++] - '0');
      } else {
        break;
      }
    }
    if (run.empty()) {
      arabic += text[at++];
      continue;
    }
    *changed = true;
    const auto ten = std::find(run.begin(), run.end(), 10);
    if (ten == run.end()) {
      for (const int value : run) arabic += static_cast<char>('0' + value);
    } else {
      const auto before = ten - run.begin(), after = run.end() - ten - 1;
      if (before > 1 || after > 1 || (after == 1 && *(ten + 1) == 10)) return std::string(text);
      arabic += std::to_string((before == 1 ? run[0] : 1) * 10 + (after == 1 ? *(ten + 1) : 0));
    }
    at = end;
  }
  return arabic;
}

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

std::string_view RepairName(Repair repair) {
  switch (repair) {
    case Repair::kNone:
      return "NONE";
    case Repair::kSerialDay:
      return "SERIAL_DAY";
    case Repair::kLostZero:
      return "LOST_ZERO";
    case Repair::kNumerals:
      return "NUMERALS";
    case Repair::kShortYear:
      return "SHORT_YEAR";
    case Repair::kWords:
      return "WORDS_AROUND";
    case Repair::kOpenEnd:
      return "OPEN_END";
    case Repair::kUnit:
      return "UNIT_IN_CELL";
    case Repair::kAroundNumber:
      return "TEXT_AROUND_NUMBER";
    case Repair::kCertificate:
      return "NUMBER_FROM_CERTIFICATE";
    case Repair::kMasked:
      return "MASKED_NUMBER";
    case Repair::kDestroyedNumber:
      return "DESTROYED_NUMBER";
    case Repair::kDestroyedAccount:
      return "DESTROYED_ACCOUNT";
    case Repair::kNoSuchPhone:
      return "NO_SUCH_PHONE";
    case Repair::kLeftOut:
      return "LEFT_OUT";
    case Repair::kNothing:
      return "NOTHING_WORD";
  }
  return "";
}

bool SaysNothing(std::string_view cell) {
  const std::string plain = Plain(cell);
  if (plain.empty()) return true;
  if (plain.size() > 24) return false;
  std::string small = plain;
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  static const auto& words = *new std::set<std::string>{"null",       "(null)",
                                                        "\\n",        "none",
                                                        "nan",        "nil",
                                                        "n/a",        "na",
                                                        "#n/a",       "#value!",
                                                        "#ref!",      "#name?",
                                                        "#div/0!",    "#num!",
                                                        "#null!",     "undefined",
                                                        "无",         "暂无",
                                                        "没有",       "空",
                                                        "待补",       "待补充",
                                                        "待查",       "待定",
                                                        "不详",       "未知",
                                                        "未填",       "未提供",
                                                        "不明",       "略",
                                                        "同上无",     "0000-00-00",
                                                        "0000/00/00", "0000.00.00",
                                                        "00000000",   "0000-00-0000:00:00",
                                                        "0000-00",    "0000年00月00日",
                                                        "0000年00月"};
  if (words.count(small) > 0) return true;
  // Strokes, dots and stars alone.
  std::string_view rest = small;
  while (!rest.empty()) {
    if (std::string_view("/-_.*?\\~").find(rest[0]) != std::string_view::npos) {
      rest.remove_prefix(1);
    } else if (rest.substr(0, 3) == "—" || rest.substr(0, 3) == "–" || rest.substr(0, 3) == "―" ||
               rest.substr(0, 3) == "、" || rest.substr(0, 3) == "…" || rest.substr(0, 3) == "─" ||
               rest.substr(0, 3) == "　") {
      rest.remove_prefix(3);
    } else {
      return false;
    }
  }
  return true;
}

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
  const std::string arabic = Arabic(plain, &numerals);
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
  const std::string plain = Arabic(Plain(cell), &ignored);
  int year = 0, quarter = 0;
  if (Quarter(plain, &year, &quarter))
    return std::make_pair(MakeMonth(year, quarter * 3 - 2), MakeMonth(year, quarter * 3));
  Repair repair;
  auto month = ReadMonth(cell, false, false, &repair);
  if (!month.ok()) return month.status();
  return std::make_pair(*month, *month);
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
  const std::string arabic = Arabic(plain, &numerals);
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

namespace {

struct Money {
  std::string digits;  // whole part
  std::string decimals;
  int64_t factor = 1;  // 10,000 for 万
};

// 壹仟贰佰元整. False if it is nothing of the kind.
bool CapitalMoney(std::string_view text, int64_t* fen) {
  constexpr std::array<std::string_view, 10> kDigits = {"零", "壹", "贰", "叁", "肆",
                                                        "伍", "陆", "柒", "捌", "玖"};
  TakePrefix(&text, "人民币");
  int64_t total = 0, section = 0, digit = -1;
  bool any = false, fraction = false;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, 3);
    int value = -1;
    for (size_t i = 0; i < kDigits.size(); ++i)
      if (one == kDigits[i]) value = static_cast<int>(i);
    const int64_t unit = one == "拾" ? 10 : one == "佰" ? 100 : one == "仟" ? 1000 : 0;
    if (value >= 0) {
      digit = value;
      any = true;
    } else if (unit > 0) {
      section += std::max<int64_t>(digit < 0 ? 1 : digit, 0) * unit;
      digit = -1;
    } else if (one == "万") {
      total += (section + std::max<int64_t>(digit, 0)) * 10000;
      section = 0;
      digit = -1;
    } else if (one == "元" || one == "圆") {
      total = (total + section + std::max<int64_t>(digit, 0)) * 100;
      section = 0;
      digit = -1;
      fraction = true;
    } else if ((one == "角" || one == "分") && fraction) {
      total += std::max<int64_t>(digit, 0) * (one == "角" ? 10 : 1);
      digit = -1;
    } else if (!(one == "整" || one == "正") || text.size() != 3) {
      return false;
    }
    text.remove_prefix(std::min<size_t>(3, text.size()));
  }
  if (!any || !fraction || digit > 0 || section > 0) return false;
  *fen = total;
  return true;
}

}  // namespace

absl::StatusOr<int64_t> ReadMoney(std::string_view cell, Unit unit, Repair* repair) {
  *repair = Repair::kNone;
  int64_t per_unit = 100;  // fen
  switch (unit) {
    case FEN:
      per_unit = 1;
      break;
    case JIAO:
      per_unit = 10;
      break;
    case HUNDRED_YUAN:
      per_unit = 10'000;
      break;
    case THOUSAND_YUAN:
      per_unit = 100'000;
      break;
    case TEN_THOUSAND_YUAN:
      per_unit = 1'000'000;
      break;
    default:
      break;
  }
  const std::string plain = Plain(cell);
  std::string_view text = plain;
  int64_t capital = 0;
  if (CapitalMoney(text, &capital)) {
    *repair = Repair::kNumerals;
    return capital;
  }
  const absl::Status wrong = Wrong("not an amount in yuan with at most two decimals");
  for (const char* sign : {"¥", "￥", "RMB", "人民币"}) TakePrefix(&text, sign);
  for (const char* tail :
       {"/人月", "/户月", "/人·月", "/月", "/人", "/年", "/户", "每月", "/季", "/次", "/学期", "整"}) {
    if (TakeSuffix(&text, tail)) {
      *repair = Repair::kUnit;
      break;
    }
  }
  if (TakeSuffix(&text, "万元") || TakeSuffix(&text, "万")) {
    per_unit = 1'000'000;
    *repair = Repair::kUnit;
  } else if (TakeSuffix(&text, "元") || TakeSuffix(&text, "圆") || TakeSuffix(&text, "块")) {
    if (per_unit != 100) *repair = Repair::kUnit;
    per_unit = 100;  // the cell knows better than the heading
  } else if (TakeSuffix(&text, "角")) {
    per_unit = 10;
    *repair = Repair::kUnit;
  } else if (TakeSuffix(&text, "分")) {
    per_unit = 1;
    *repair = Repair::kUnit;
  }
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string_view decimals = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  std::string digits;
  size_t since_comma = 0;
  bool comma = false;
  for (const char c : whole) {
    if (c == ',') {
      // 1,020 and 12,345,678; a comma anywhere else is no separator of thousands.
      if (digits.empty() || (comma ? since_comma != 3 : digits.size() > 3)) return wrong;
      comma = true;
      since_comma = 0;
    } else if (IsDigit(c)) {
      digits += c;
      ++since_comma;
    } else {
      return wrong;
    }
  }
  if (digits.empty() || digits.size() > 12 || (comma && since_comma != 3)) return wrong;
  while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
  if (!decimals.empty() && (!AllDigits(decimals) || decimals.size() > 8)) return wrong;
  // whole * per_unit + decimals * per_unit / 10^n, which has to be whole.
  int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  if (value > 1'000'000'000'000'000 / per_unit) return Wrong("the amount is too large");
  int64_t fraction = 0, scale = 1;
  for (const char c : decimals) {
    fraction = fraction * 10 + (c - '0');
    scale *= 10;
  }
  if (fraction * per_unit % scale != 0) return wrong;
  const int64_t fen = value * per_unit + fraction * per_unit / scale;
  return negative ? -fen : fen;
}

absl::StatusOr<std::string> ReadTerm(std::string_view cell, Repair* repair) {
  *repair = Repair::kNone;
  auto term = ParseTerm(cell);
  if (term.ok()) return term;
  bool changed = false;
  const std::string arabic = Arabic(Plain(cell), &changed);
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

bool IsResidentNumber(std::string_view number) {
  if (number.size() != 18 || !AllDigits(number.substr(0, 17))) return false;
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (number[i] - '0') * kWeights[i];
  const char check = "10X98765432"[sum % 11];
  const char last = number[17] == 'x' ? 'X' : number[17];
  return check == last && ParseDate(number.substr(6, 8)).ok();
}

namespace {

// Digits, X and mask characters, without what stands in brackets and without blanks and quotes.
std::string Core(std::string_view cell) {
  std::string plain = Plain(cell);
  std::string core;
  int depth = 0;
  for (size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      depth -= depth > 0 ? 1 : 0;
    } else if (depth == 0 && c != '"' && c != '\'' && c != '`' && c != '=' && c != ',' && c != '\n' &&
               c != '\r' && c != '-') {
      core += c;
    }
  }
  return core;
}

// 3.71302E+17
bool InExponentForm(std::string_view text) {
  const size_t e = text.find_first_of("Ee");
  if (e == std::string_view::npos || e == 0 || e + 2 > text.size()) return false;
  std::string_view mantissa = text.substr(0, e), exponent = text.substr(e + 1);
  if (!exponent.empty() && (exponent[0] == '+' || exponent[0] == '-')) exponent.remove_prefix(1);
  const size_t dot = mantissa.find('.');
  const bool plain = AllDigits(mantissa.substr(0, dot)) &&
                     (dot == std::string_view::npos || AllDigits(mantissa.substr(dot + 1)));
  return plain && AllDigits(exponent) && exponent.size() <= 3 &&
         (dot != std::string_view::npos || Number(exponent) >= 10);
}

std::string Capital(std::string number) {
  for (char& c : number) c = c == 'x' ? 'X' : c;
  return number;
}

}  // namespace

std::string ReadPersonNumber(std::string_view cell, bool stored_as_number, Repair* repair) {
  *repair = Repair::kNone;
  const std::string trimmed = Trim(cell), core = Core(cell);
  const std::string_view text = core;
  if (InExponentForm(Plain(cell))) {
    *repair = Repair::kDestroyedNumber;
    return "";
  }
  const bool of_18 = text.size() == 18 && AllDigits(text.substr(0, 17));
  if (text.size() == 18 && AllDigits(text) && text.substr(15) == "000" &&
      (stored_as_number || !IsResidentNumber(text))) {
    *repair = Repair::kDestroyedNumber;
    return "";
  }
  if (of_18) {
    if (core != trimmed && IsResidentNumber(text)) {
      *repair = Repair::kAroundNumber;
      return Capital(core);
    }
    return trimmed;
  }
  // A disability certificate: the number, a digit for the kind, one for the grade, and B with a digit if it was reissued.
  if ((text.size() == 20 || text.size() == 22) && IsResidentNumber(text.substr(0, 18)) && text[18] >= '1' &&
      text[18] <= '7' && text[19] >= '1' && text[19] <= '4' &&
      (text.size() == 20 || (text[20] == 'B' && IsDigit(text[21])))) {
    *repair = Repair::kCertificate;
    return Capital(std::string(text.substr(0, 18)));
  }
  if (text.find('*') != std::string_view::npos || text.find("＊") != std::string_view::npos ||
      (text.size() >= 15 && text.size() <= 18 &&
       (text.find("XXX") != std::string_view::npos || text.find("xxx") != std::string_view::npos))) {
    *repair = Repair::kMasked;
    return trimmed;
  }
  // One valid number within other text: 身份证：3713...
  const auto numbers = [&] {
    std::vector<std::string> found;
    for (size_t at = 0; at + 18 <= text.size(); ++at) {
      const bool starts = at == 0 || !IsDigit(text[at - 1]);
      const bool ends = at + 18 == text.size() || !IsDigit(text[at + 18]);
      if (starts && ends && IsResidentNumber(text.substr(at, 18))) found.emplace_back(text.substr(at, 18));
    }
    return found;
  }();
  if (numbers.size() == 1) {
    *repair = Repair::kAroundNumber;
    return Capital(numbers[0]);
  }
  return trimmed;
}

std::vector<std::string> SeveralNumbers(std::string_view cell) {
  const std::string plain = Plain(cell);
  const std::string_view text = plain;
  std::vector<std::string> found;
  for (size_t at = 0; at + 18 <= text.size(); ++at) {
    const bool starts = at == 0 || !IsDigit(text[at - 1]);
    const bool ends = at + 18 == text.size() || !(IsDigit(text[at + 18]) || text[at + 18] == 'X');
    if (!starts || !ends || !IsResidentNumber(text.substr(at, 18))) continue;
    found.push_back(Capital(std::string(text.substr(at, 18))));
    at += 17;
  }
  if (found.size() < 2) found.clear();
  return found;
}

std::string ReadAccount(std::string_view cell, bool stored_as_number, Repair* repair) {
  *repair = Repair::kNone;
  const std::string plain = Plain(cell);
  const bool rounded =
      stored_as_number && plain.size() >= 16 && AllDigits(plain) && plain.find_last_not_of('0') < 15;
  if (InExponentForm(plain) || rounded) {
    *repair = Repair::kDestroyedAccount;
    return "";
  }
  return Trim(cell);
}

std::string ReadPhone(std::string_view cell, Repair* repair) {
  *repair = Repair::kNone;
  const std::string plain = Plain(cell);
  const bool one_digit =
      !plain.empty() && plain.find_first_not_of(plain[0]) == std::string::npos && IsDigit(plain[0]);
  if (one_digit || plain == "12345678901" || plain == "12345678" || plain == "1234567") {
    *repair = Repair::kNoSuchPhone;
    return "";
  }
  return Trim(cell);
}

}  // namespace relief::adapters
