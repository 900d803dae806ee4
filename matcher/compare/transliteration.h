// Whether two words are spellings of one foreign word in Chinese characters: 买买提 and 麦麦提, 帕尔哈提 and 排尔哈提. Private to
// matcher/compare. Pure, symmetric, callable from any thread.
#pragma once

#include <string_view>

namespace relief::matcher {

// Syllable by syllable: a syllable may have another vowel or another consonant of the same place, and a weak one (尔, 克, 提)
// may be left out; the more syllables there are, the more of them may differ.
bool SpellOneWord(std::u32string_view a, std::u32string_view b);

}  // namespace relief::matcher
