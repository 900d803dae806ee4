// Pinyin within a Han name, which stands for a character that could not be typed: 王YAN for 王䶮. Private to matcher/compare.
// Pure, callable from any thread.
#pragma once

#include <string>
#include <string_view>

namespace relief::matcher {

// Whether a Han token has a run of Latin letters in it.
bool HasPinyinRun(std::u32string_view token);

// `token` with each run of letters replaced by one character: that of `other` at the same place, if it can be read so, and
// otherwise the wildcard.
std::u32string WithoutPinyinRuns(std::u32string_view token, std::u32string_view other);

}  // namespace relief::matcher
