#include "matcher/compare/pinyin_run.h"

#include <algorithm>

#include "matcher/normalize/han.h"
#include "matcher/normalize/identity.h"

namespace relief::matcher {
namespace {

bool IsLowerLatin(char32_t c) { return c >= U'a' && c <= U'z'; }

}  // namespace

bool HasPinyinRun(std::u32string_view token) {
  return std::any_of(token.begin(), token.end(), IsHan) &&
         std::any_of(token.begin(), token.end(), IsLowerLatin);
}

std::u32string WithoutPinyinRuns(std::u32string_view token, std::u32string_view other) {
  std::u32string result;
  for (size_t i = 0; i < token.size();) {
    if (!IsLowerLatin(token[i])) {
      result += token[i++];
      continue;
    }
    std::string run;
    for (; i < token.size() && IsLowerLatin(token[i]); ++i) run += static_cast<char>(token[i]);
    char32_t meant = kWildcard;
    if (result.size() < other.size())
      for (Syllable syllable : Readings(other[result.size()]))
        if (SyllableText(syllable) == run) meant = other[result.size()];
    result += meant;
  }
  return result;
}

}  // namespace relief::matcher
