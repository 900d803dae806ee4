// What is known of a Han character: readings, the standard character it is a variant of, shape codes, how
// common it is. A table from Unihan (Debian's unicode-data), built at build time; see han_table_generator.cc.
// Look-ups are array reads.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace relief::matcher {

// A toneless syllable such as "zhang"; ü is written v. 0 is no syllable.
using Syllable = uint16_t;

// Every toneless Mandarin reading of the character, the most common first, those used in surnames included
// (单: dan, shan, chan). At most 6. Empty if it is not Han or has no reading.
std::span<const Syllable> Readings(char32_t c);

// The same number for syllables that dialect speakers and keyboards confuse: zh/z, ch/c, sh/s, n/l, r/l, f/h,
// ng/n.
Syllable FoldDialect(Syllable syllable);

std::string_view SyllableText(Syllable syllable);

// The syllable with this text ("wang"), or 0: for names written in pinyin.
Syllable SyllableOf(std::string_view text);

// The standard character (通用规范汉字表) that `c` is a traditional, compatibility or z-variant of; `c`
// itself if there is none or more than one. Never changes a standard character.
char32_t StandardForm(char32_t c);

// They are variants of one another by Unihan's semantic or simplification relations, though both may stand:
// 堃/坤, 乾/干.
bool AreVariants(char32_t a, char32_t b);

// 0..1, how alike two characters look, from four-corner code, Cangjie code, strokes and components.
double ShapeSimilarity(char32_t a, char32_t b);

// 1, 2 or 3 for the levels of 通用规范汉字表 (3500 / 3000 / 1605 characters); 0 for all others.
int StandardLevel(char32_t c);

bool IsHan(char32_t c);

}  // namespace relief::matcher
