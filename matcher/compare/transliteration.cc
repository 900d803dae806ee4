#include "matcher/compare/transliteration.h"

#include <algorithm>
#include <vector>

#include "matcher/normalize/han.h"

namespace relief::matcher {
namespace {

// In halves of a syllable.
constexpr int kSame = 0, kClose = 1, kDifferent = 2;

size_t InitialLength(std::string_view syllable) {
  if (syllable.substr(0, 2) == "zh" || syllable.substr(0, 2) == "ch" || syllable.substr(0, 2) == "sh")
    return 2;
  return std::string_view("aeiou").find(syllable.empty() ? 'a' : syllable[0]) == std::string_view::npos ? 1
                                                                                                        : 0;
}

// Consonants that one foreign sound is written with.
char Place(std::string_view initial) {
  if (initial.empty()) return 'y';
  switch (initial[0]) {
    case 'b':
    case 'p':
    case 'm':
      return 'b';
    case 'f':
    case 'h':
    case 'k':
    case 'g':
      return 'k';
    case 'd':
    case 't':
      return 't';
    case 'l':
    case 'n':
    case 'r':
      return 'l';
    case 'w':
    case 'y':
      return 'y';
    default:
      return 's';  // s, sh, x, z, zh, j, c, ch, q
  }
}

int SyllableDistance(std::string_view a, std::string_view b) {
  if (a == b) return kSame;
  const std::string_view x = a.substr(0, InitialLength(a)), y = b.substr(0, InitialLength(b));
  const std::string_view rest_a = a.substr(x.size()), rest_b = b.substr(y.size());
  if (x == y && !rest_a.empty() && !rest_b.empty()) {
    // The same consonant before a vowel that begins or ends alike: mai, ma; re, ri is one foreign r.
    if (rest_a[0] == rest_b[0] || rest_a.back() == rest_b.back() || x == "r" || x == "z" || x == "s")
      return kClose;
    return kDifferent;
  }
  return rest_a == rest_b && Place(x) == Place(y) ? kClose : kDifferent;
}

int CharacterDistance(char32_t a, char32_t b) {
  if (a == b) return kSame;
  int best = kDifferent;
  for (Syllable x : Readings(a))
    for (Syllable y : Readings(b))
      best = std::min(best, FoldDialect(x) == FoldDialect(y)
                                ? kSame
                                : SyllableDistance(SyllableText(x), SyllableText(y)));
  return best;
}

// Ends or fills foreign syllables: often left out.
bool IsWeak(char32_t c) {
  return std::u32string_view(U"尔克提特普甫木斯勒赫夫德").find(c) != std::u32string_view::npos;
}

}  // namespace

bool SpellOneWord(std::u32string_view a, std::u32string_view b) {
  const size_t longest = std::max(a.size(), b.size()), shortest = std::min(a.size(), b.size());
  if (shortest < 2 || longest - shortest > 1) return false;
  const auto gap = [](char32_t c) { return IsWeak(c) ? kClose : kDifferent; };
  std::vector<int> row(b.size() + 1), next(b.size() + 1);
  for (size_t j = 0; j < b.size(); ++j) row[j + 1] = row[j] + gap(b[j]);
  for (char32_t c : a) {
    next[0] = row[0] + gap(c);
    for (size_t j = 0; j < b.size(); ++j)
      next[j + 1] = std::min({row[j] + CharacterDistance(c, b[j]), row[j + 1] + gap(c), next[j] + gap(b[j])});
    std::swap(row, next);
  }
  return row.back() <= std::max(1, (static_cast<int>(longest) - 1) / 2);
}

}  // namespace relief::matcher
