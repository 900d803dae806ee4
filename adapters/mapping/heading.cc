#include "adapters/mapping/heading.h"

#include <array>

#include "adapters/mapping/cell_parsers.h"

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

v1::Month MonthNamedIn(std::string_view text) {
  v1::Month month;
  const std::string plain = Plain(text);
  const auto digit = [&](size_t at) { return at < plain.size() && plain[at] >= '0' && plain[at] <= '9'; };
  for (size_t at = 0; at + 6 <= plain.size(); ++at) {
    if (plain.compare(at, 2, "20") != 0 || !digit(at + 2) || !digit(at + 3) || (at > 0 && digit(at - 1)))
      continue;
    const int year = std::stoi(plain.substr(at, 4));
    size_t next = at + 4;
    const bool separated =
        plain.compare(next, 3, "年") == 0 ||
        (next < plain.size() && (plain[next] == '-' || plain[next] == '.' || plain[next] == '_'));
    if (separated) next += plain.compare(next, 3, "年") == 0 ? 3 : 1;
    size_t end = next;
    while (digit(end) && end - next < 2) ++end;
    if (end == next || digit(end) || (!separated && end - next != 2)) continue;
    const int number = std::stoi(plain.substr(next, end - next));
    if (number < 1 || number > 12) continue;
    month.set_year(year);
    month.set_month(number);
    return month;
  }
  return month;
}

}  // namespace relief::adapters
