#include "adapters/mapping/digits.h"

#include <array>
#include <vector>

namespace relief::adapters {
namespace {

// The digit that a Chinese numeral of three bytes stands for; 10 for 十; -1 for anything else.
int Numeral(std::string_view three) {
  constexpr std::array<std::string_view, 11> kNumerals = {"〇", "一", "二", "三", "四", "五",
                                                          "六", "七", "八", "九", "十"};
  for (size_t i = 0; i < kNumerals.size(); ++i)
    if (three == kNumerals[i]) return static_cast<int>(i);
  if (three == "零" || three == "○") return 0;
  return -1;
}

}  // namespace

std::string WithArabicNumerals(std::string_view text, bool* changed) {
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

}  // namespace relief::adapters
