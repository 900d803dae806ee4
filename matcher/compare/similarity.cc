#include "matcher/compare/similarity.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace relief::matcher {

double JaroWinkler(std::u32string_view a, std::u32string_view b) {
  if (b < a) std::swap(a, b);  // the search for common characters is greedy: one order for both
  if (a.empty() || b.empty()) return 0;
  const size_t window = std::max<size_t>(std::max(a.size(), b.size()) / 2, 1) - 1;
  std::vector<bool> a_taken(a.size()), b_taken(b.size());
  size_t common = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = i > window ? i - window : 0; j < std::min(b.size(), i + window + 1); ++j) {
      if (b_taken[j] || a[i] != b[j]) continue;
      a_taken[i] = b_taken[j] = true;
      ++common;
      break;
    }
  }
  if (common == 0) return 0;
  size_t out_of_order = 0;
  for (size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!a_taken[i]) continue;
    while (!b_taken[j]) ++j;
    if (a[i] != b[j++]) ++out_of_order;
  }
  const double m = static_cast<double>(common);
  const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
                       (m - static_cast<double>(out_of_order) / 2) / m) /
                      3;
  size_t prefix = 0;
  while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
  return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro);
}

int EditDistance(std::u32string_view a, std::u32string_view b, int limit) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  const auto difference = std::abs(static_cast<long>(a.size()) - static_cast<long>(b.size()));
  if (difference > limit) return limit + 1;
  if (a.empty() || b.empty()) return static_cast<int>(difference);
  const size_t width = b.size() + 1;
  std::vector<int> rows(3 * width);  // the row before the last one, the last one, and this one
  int* before = rows.data();
  int* last = before + width;
  int* row = last + width;
  for (size_t j = 0; j < width; ++j) last[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (size_t j = 1; j < width; ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    std::swap(before, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

}  // namespace relief::matcher
