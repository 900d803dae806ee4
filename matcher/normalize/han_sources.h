// Reads what is known of Han characters from the files it comes from. Part of the table generator; not linked
// into the hub.
//
// Errors end the generator with a message: a build without the table makes no sense.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace relief::matcher::han_table {

// Toneless readings and relations of one character, as the sources give them.
struct CharacterFacts {
  std::vector<std::string> mandarin;  // kMandarin, the reading of the mainland first
  std::vector<std::string> frequent;  // kHanyuPinlu, by frequency
  std::vector<std::string> surname;   // han_overrides.txt
  std::vector<std::string> modern;    // kTGHZ2013, then kXHC1983
  std::set<char32_t> simplified;      // kSimplifiedVariant, itself left out
  std::set<char32_t> same_shape;      // kZVariant and kCompatibilityVariant
  std::set<char32_t> variants;        // every relation in which both may stand
  char32_t forced_standard = 0;  // han_overrides.txt, EquivalentUnifiedIdeograph.txt, private-use repairs
  int standard_rank = 0;         // place in 通用规范汉字表, from 1; 0 if it is not in it
  std::string four_corner;       // "1022.7"
  std::string cangjie;           // "MS"
  int strokes = 0;
  int radical = 0;
  int phonetic = 0;
  std::vector<int> components;  // han_components.txt, sorted
};

using Characters = std::map<char32_t, CharacterFacts>;

// The five Unihan files and EquivalentUnifiedIdeograph.txt in `unicode_dir`.
void ReadUnihan(const std::string& unicode_dir, Characters* characters);

// han_components.txt; its head describes it.
void ReadComponents(const std::string& file, Characters* characters);

// han_overrides.txt; its head describes it.
void ReadOverrides(const std::string& file, Characters* characters);

// Private-use characters that the GBK converter makes of bytes for which GB 18030 has a real character (FE9F:
// U+E863 and 䶮).
void ReadPrivateUseRepairs(Characters* characters);

[[noreturn]] void Fail(const std::string& message);

}  // namespace relief::matcher::han_table
