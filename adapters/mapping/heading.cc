#include "adapters/mapping/heading.h"

#include <algorithm>
#include <array>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/digits.h"

namespace relief::adapters {

std::string HeadingKey(std::string_view heading) {
  std::string plain = Plain(heading), key;
  for (const char c : plain)
    if (c != '*' && c != '\'' && c != '"') key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  size_t digits = 0;
  while (digits < key.size() && key[digits] >= '0' && key[digits] <= '9') ++digits;
  if (digits > 0 && digits < 3 && digits + 1 < key.size()) {
    if (key[digits] == '.')
      key.erase(0, digits + 1);
    else if (key.compare(digits, 3, "、") == 0)
      key.erase(0, digits + 3);
  }
  while (!key.empty() && (key.back() == ':' || key.back() == '.')) key.pop_back();
  return key;
}

std::string BareHeading(std::string_view heading) {
  const std::string key = HeadingKey(heading);
  std::string bare;
  int depth = 0;
  for (const char c : key) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0) bare += c;
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  return bare.empty() ? key : bare;
}

std::optional<Unit> UnitOf(std::string_view text) {
  const std::string key = HeadingKey(text);
  // In brackets, or behind 单位: or at the end after a stroke.
  constexpr std::array<std::pair<std::string_view, Unit>, 8> kUnits = {{{"万元", TEN_THOUSAND_YUAN},
                                                                        {"千元", THOUSAND_YUAN},
                                                                        {"百元", HUNDRED_YUAN},
                                                                        {"人民币元", YUAN},
                                                                        {"元", YUAN},
                                                                        {"角", JIAO},
                                                                        {"分", FEN},
                                                                        {"万", TEN_THOUSAND_YUAN}}};
  for (const auto& [word, unit] : kUnits) {
    const std::string w(word);
    for (const std::string& form :
         {"(" + w + ")", "(" + w + "/", "(单位:" + w, "单位:" + w, ":" + w + ")", "[" + w + "]",
          "、" + w + ")", "单位:人、" + w, "单位:人," + w, "单位:户、人、" + w}) {
      const size_t at = key.find(form);
      if (at == std::string::npos) continue;
      // 单位:元 and not 单位:分局; 单位:万元 was asked for before 单位:万.
      const std::string rest = key.substr(at + form.size());
      const bool closed = form.back() == ')' || form.back() == ']' || form.back() == '/';
      if (closed || rest.empty() || rest[0] == ')' || rest[0] == ',' || rest[0] == '/' ||
          rest.rfind("、", 0) == 0)
        return unit;
    }
  }
  return std::nullopt;
}

int FindColumn(const std::vector<std::string>& header, std::string_view heading) {
  int found = -1;
  for (size_t i = 0; i < header.size(); ++i) {
    if (header[i] != heading) continue;
    if (found >= 0) return -2;
    found = static_cast<int>(i);
  }
  if (found >= 0) return found;
  const std::string key = HeadingKey(heading);
  for (size_t i = 0; i < header.size(); ++i) {
    if (HeadingKey(header[i]) != key) continue;
    if (found >= 0) return -2;
    found = static_cast<int>(i);
  }
  return found;
}

std::optional<v1::Month> MonthOfHeading(std::string_view heading) {
  const size_t slash = heading.rfind('/');
  const std::string_view own = slash == std::string_view::npos ? heading : heading.substr(slash + 1);
  bool ignored = false;
  const std::string key = WithArabicNumerals(BareHeading(own), &ignored);
  std::string_view text = key;
  const auto take = [&text](size_t most) {
    size_t length = 0;
    while (length < std::min(most, text.size()) && IsDigit(text[length])) ++length;
    const std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    return digits;
  };
  v1::Month month;
  bool divided = false;
  if (text.size() > 4 && text.substr(0, 2) == "20" && IsDigit(text[2]) && IsDigit(text[3])) {
    month.set_year(Number(take(4)));
    for (const std::string_view divider : {"年", "-", ".", "_"})
      divided = divided || TakePrefix(&text, divider);
  }
  const std::string_view digits = take(2);
  if (digits.empty() || (month.year() > 0 && !divided && digits.size() != 2)) return std::nullopt;
  month.set_month(Number(digits));
  if (month.month() < 1 || month.month() > 12) return std::nullopt;
  const bool said = TakePrefix(&text, "月");
  if (said) TakePrefix(&text, "份");
  if (!said && month.year() == 0) return std::nullopt;
  // What is paid may be named behind it; 10月起 or 3月补发天数 are something else.
  for (const std::string_view what :
       {"",       "金额",     "发放金额", "发放额",   "发放",     "实发",    "实发金额",
        "应发",   "应发金额", "补助",     "补助金",   "补助金额", "补贴",    "补贴金额",
        "保障金", "保障金额", "救助金",   "救助金额", "供养金",   "领取金额"})
    if (text == what) return month;
  return std::nullopt;
}

}  // namespace relief::adapters
