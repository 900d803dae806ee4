#include "matcher/normalize/han.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "matcher/normalize/han_table.h"

namespace relief::matcher {

using han_table::EntryOf;
using han_table::relief_han_table;

std::span<const Syllable> Readings(char32_t c) {
  const han_table::ReadingList& list = relief_han_table.reading_lists[EntryOf(c).readings];
  return {list.syllables, list.count};
}

Syllable FoldDialect(Syllable syllable) {
  return syllable < han_table::kSyllables ? relief_han_table.fold[syllable] : Syllable{0};
}

std::string_view SyllableText(Syllable syllable) {
  if (syllable >= han_table::kSyllables) return {};
  const char* text = relief_han_table.syllables[syllable].text;
  return {text, strnlen(text, sizeof(han_table::SyllableEntry::text))};
}

Syllable SyllableOf(std::string_view text) {
  if (text.empty()) return 0;
  const auto* first = relief_han_table.syllables + 1;
  const auto* last = relief_han_table.syllables + han_table::kSyllables;
  auto find = [&](std::string_view wanted) -> Syllable {
    const auto* found = std::lower_bound(first, last, wanted, [](const auto& entry, std::string_view value) {
      return std::string_view(entry.text, strnlen(entry.text, sizeof entry.text)) < value;
    });
    if (found == last) return 0;
    const auto id = static_cast<Syllable>(found - relief_han_table.syllables);
    return SyllableText(id) == wanted ? id : Syllable{0};
  };
  if (const Syllable id = find(text); id != 0) return id;
  // Passports write ü as yu (lyu), keyboards leave its dots out before e (lue).
  if ((text[0] == 'l' || text[0] == 'n') && (text.substr(1, 2) == "yu" || text.substr(1, 2) == "ue")) {
    std::string spelled(1, text[0]);
    spelled += 'v';
    spelled += text.substr(text[1] == 'y' ? 3 : 2);
    return find(spelled);
  }
  return 0;
}

char32_t StandardForm(char32_t c) {
  const uint32_t standard = EntryOf(c).standard;
  return standard == 0 ? c : static_cast<char32_t>(standard);
}

bool AreVariants(char32_t a, char32_t b) {
  if (a == b) return false;
  const char32_t standard_a = StandardForm(a);
  const char32_t standard_b = StandardForm(b);
  if (standard_a == standard_b) return true;
  auto related = [](char32_t x, char32_t y) {
    if (!EntryOf(x).has_variants || !EntryOf(y).has_variants) return false;
    const han_table::VariantPair wanted{x, y};
    return std::binary_search(
        std::begin(relief_han_table.variants), std::end(relief_han_table.variants), wanted,
        [](const auto& p, const auto& q) { return p.a != q.a ? p.a < q.a : p.b < q.b; });
  };
  return related(a, b) || related(standard_a, standard_b);
}

int StandardLevel(char32_t c) { return static_cast<int>(EntryOf(c).level); }

bool IsHan(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x323AF);
}

}  // namespace relief::matcher
