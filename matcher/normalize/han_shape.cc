// How alike two characters look: a weighted mix of codes that describe shape.
#include <algorithm>
#include <cmath>

#include "matcher/normalize/han.h"
#include "matcher/normalize/han_table.h"

namespace relief::matcher {
namespace {

using han_table::Entry;

// Share of the five corner digits that agree; the fifth, a tie-break of the code, counts half.
double FourCorner(uint32_t a, uint32_t b) {
  --a, --b;
  double same = a % 10 == b % 10 ? 0.5 : 0;
  for (int i = 0; i < 4; ++i) {
    a /= 10, b /= 10;
    same += a % 10 == b % 10 ? 1 : 0;
  }
  return same / 4.5;
}

// Longest common subsequence of two Cangjie codes, in relation to their lengths (Dice).
double Cangjie(uint32_t a, uint32_t b) {
  int left[5], right[5];
  int left_size = 0, right_size = 0;
  for (; a != 0; a >>= 5) left[left_size++] = static_cast<int>(a & 31);
  for (; b != 0; b >>= 5) right[right_size++] = static_cast<int>(b & 31);
  int best[6][6] = {};
  for (int i = 1; i <= left_size; ++i) {
    for (int j = 1; j <= right_size; ++j) {
      best[i][j] =
          left[i - 1] == right[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    }
  }
  return 2.0 * best[left_size][right_size] / (left_size + right_size);
}

// Components in common, in relation to their numbers (Dice). Both lists are sorted.
double Components(const han_table::ComponentList& a, const han_table::ComponentList& b) {
  int common = 0;
  for (int i = 0, j = 0; i < a.count && j < b.count;) {
    if (a.components[i] == b.components[j]) {
      ++common, ++i, ++j;
    } else {
      ++(a.components[i] < b.components[j] ? i : j);
    }
  }
  return 2.0 * common / (a.count + b.count);
}

}  // namespace

double ShapeSimilarity(char32_t a, char32_t b) {
  if (a == b) return 1;
  const Entry& left = han_table::EntryOf(a);
  const Entry& right = han_table::EntryOf(b);
  double score = 0, weight = 0;
  auto add = [&](double importance, double value) {
    score += importance * value;
    weight += importance;
  };
  if (left.four_corner != 0 && right.four_corner != 0)
    add(1, FourCorner(left.four_corner, right.four_corner));
  if (left.cangjie != 0 && right.cangjie != 0) add(1, Cangjie(left.cangjie, right.cangjie));
  if (left.strokes != 0 && right.strokes != 0) {
    const double apart = std::abs(static_cast<int>(left.strokes) - static_cast<int>(right.strokes));
    add(0.5, std::max(0.0, 1 - apart / std::max<double>(3, std::max(left.strokes, right.strokes) / 2.0)));
  }
  if (weight < 1) return 0;
  score /= weight;
  if (left.phonetic != 0 && left.phonetic == right.phonetic) score += 0.15;
  // A character of one piece has nothing in common with any other by this measure: it can only speak for.
  const auto& lists = han_table::relief_han_table.component_lists;
  const auto &x = lists[left.components], &y = lists[right.components];
  if (x.count >= 2 && y.count >= 2) score = std::max(score, (score + Components(x, y)) / 2);
  return std::min(score, 1.0);
}

}  // namespace relief::matcher
