#include "adapters/intake/title_month.h"

#include <set>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/digits.h"

namespace relief::adapters {
namespace {

bool IsDigit(const std::string& text, size_t at) { return at < text.size() && adapters::IsDigit(text[at]); }

// The digits from `at` on, at most `most`; -1 if there is none.
int Digits(const std::string& text, size_t most, size_t* at) {
  int number = -1;
  for (size_t i = 0; i < most && IsDigit(text, *at); ++i, ++*at)
    number = (number < 0 ? 0 : number) * 10 + (text[*at] - '0');
  return number;
}

bool Skip(const std::string& text, std::string_view what, size_t* at) {
  if (text.compare(*at, what.size(), what) != 0) return false;
  *at += what.size();
  return true;
}

// A month that begins at `at`, where a number begins.
std::optional<std::pair<int, int>> MonthAt(const std::string& text, size_t at) {
  const int year = Digits(text, 4, &at);
  if (year < 1990 || year > 2100) return std::nullopt;
  const bool in_words = Skip(text, "年", &at);
  const bool divided = !in_words && (Skip(text, "-", &at) || Skip(text, ".", &at) || Skip(text, "/", &at) ||
                                     Skip(text, "_", &at));
  // 2026年第三季度 begins in July, 2026年上半年 in January.
  if (in_words) {
    size_t quarter_at = at;
    Skip(text, "第", &quarter_at);
    const int quarter = Digits(text, 1, &quarter_at);
    if (quarter >= 1 && quarter <= 4 && Skip(text, "季度", &quarter_at))
      return std::pair(year, quarter * 3 - 2);
    if (Skip(text, "上半年", &at)) return std::pair(year, 1);
    if (Skip(text, "下半年", &at)) return std::pair(year, 7);
  }
  const size_t before = at;
  const int month = Digits(text, 2, &at);
  const bool two = at - before == 2;
  if (month < 1 || month > 12) return std::nullopt;
  if (in_words && !Skip(text, "月", &at)) return std::nullopt;
  if (!in_words && !divided && !two) return std::nullopt;
  // A day follows, or a number that is no date.
  if (IsDigit(text, at)) return std::nullopt;
  if (!in_words && (Skip(text, "-", &at) || Skip(text, ".", &at) || Skip(text, "/", &at)) &&
      IsDigit(text, at))
    return std::nullopt;
  return std::pair(year, month);
}

}  // namespace

std::optional<v1::Month> MonthNamedIn(const std::vector<std::string>& texts) {
  std::set<std::pair<int, int>> months;
  for (const std::string& raw : texts) {
    bool ignored = false;
    const std::string text = WithArabicNumerals(Plain(raw), &ignored);
    for (size_t at = 0; at < text.size(); ++at) {
      if (!IsDigit(text, at) || (at > 0 && IsDigit(text, at - 1))) continue;
      if (const auto month = MonthAt(text, at)) months.insert(*month);
    }
  }
  if (months.size() != 1) return std::nullopt;
  v1::Month month;
  month.set_year(months.begin()->first);
  month.set_month(months.begin()->second);
  return month;
}

std::optional<int> YearNamedIn(const std::vector<std::string>& texts) {
  std::set<int> years;
  for (const std::string& raw : texts) {
    bool ignored = false;
    const std::string text = WithArabicNumerals(Plain(raw), &ignored);
    for (size_t at = 0; at < text.size(); ++at) {
      if (!IsDigit(text, at) || (at > 0 && IsDigit(text, at - 1))) continue;
      size_t end = at;
      const int year = Digits(text, 4, &end);
      if (year >= 1990 && year <= 2100 && Skip(text, "年", &end)) years.insert(year);
    }
  }
  if (years.size() != 1) return std::nullopt;
  return *years.begin();
}

std::optional<std::string> TermNamedIn(const std::vector<std::string>& texts) {
  std::set<std::string> terms;
  for (const std::string& raw : texts) {
    const std::string text = Plain(raw);
    const size_t end = text.find("学期");
    if (end == std::string::npos) continue;
    for (size_t at = 0; at < end; ++at) {
      if (text[at] != '2' || (at > 0 && IsDigit(text, at - 1))) continue;
      Repair repair;
      const auto term = ReadTerm(text.substr(at, end + std::string_view("学期").size() - at), &repair);
      if (!term.ok()) continue;
      terms.insert(*term);
      break;
    }
  }
  if (terms.size() != 1) return std::nullopt;
  return *terms.begin();
}

}  // namespace relief::adapters
