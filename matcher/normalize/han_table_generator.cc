// Makes the table of Han characters at build time:
//
//   han_table_generator UNICODE_DIR OVERRIDES TABLE_FILE SIZES_HEADER
//
// The standard form follows a conservative rule: a character of 通用规范汉字表 is never changed; any other
// one is followed along its simplified forms, z-variants and compatibility variants, and is folded only if
// exactly one standard character is reached (開 has 开 and the rare 𫔭: folded; 鍾 has 钟 and 锺: left
// alone). ICU's Traditional-Simplified rewrites 26 standard characters, such as 昇 and 於, that stand in
// names.
#include <algorithm>
#include <cstring>
#include <fstream>

#include "matcher/normalize/han_sources.h"
#include "matcher/normalize/han_table_layout.h"

namespace relief::matcher::han_table {
namespace {

// The level of a rank in 通用规范汉字表: 3500 / 3000 / 1605 characters.
int Level(int rank) { return rank == 0 ? 0 : rank <= 3500 ? 1 : rank <= 6500 ? 2 : 3; }

// Collects the standard characters that `c` leads to.
void Follow(const Characters& characters, char32_t c, std::set<char32_t>* seen,
            std::set<char32_t>* standard) {
  if (!seen->insert(c).second) return;
  const auto found = characters.find(c);
  if (found == characters.end()) return;
  const CharacterFacts& facts = found->second;
  if (facts.standard_rank > 0) {
    standard->insert(c);
    return;
  }
  if (facts.forced_standard != 0) {
    Follow(characters, facts.forced_standard, seen, standard);
    if (standard->empty()) standard->insert(facts.forced_standard);
    return;
  }
  for (char32_t next : facts.simplified) Follow(characters, next, seen, standard);
  for (char32_t next : facts.same_shape) Follow(characters, next, seen, standard);
}

char32_t StandardOf(const Characters& characters, char32_t c) {
  std::set<char32_t> seen, standard;
  Follow(characters, c, &seen, &standard);
  return standard.size() == 1 ? *standard.begin() : c;
}

// The most common reading first, then the surname's, then all others; each once.
std::vector<std::string> Readings(const CharacterFacts& facts) {
  std::vector<std::string> readings;
  auto add = [&](const std::string& reading) {
    if (readings.size() < kMaxReadings &&
        std::find(readings.begin(), readings.end(), reading) == readings.end()) {
      readings.push_back(reading);
    }
  };
  if (!facts.mandarin.empty()) add(facts.mandarin[0]);
  for (const auto* source : {&facts.frequent, &facts.surname, &facts.modern, &facts.mandarin}) {
    for (const std::string& reading : *source) add(reading);
  }
  return readings;
}

// What zh/z, ch/c, sh/s, n/l, r/l, f/h and ng/n make alike is spelled alike. Not itself a syllable.
std::string Folded(std::string text) {
  if (text.size() > 1 && text[1] == 'h' && std::strchr("zcs", text[0]) != nullptr) text.erase(1, 1);
  if (text[0] == 'n' || text[0] == 'r') text[0] = 'l';
  if (text[0] == 'h') {
    text[0] = 'f';
    // h is confused with f before u, which f swallows: huang / fang, hui / fei.
    if (text == "fui") {
      text = "fei";
    } else if (text == "fun") {
      text = "fen";
    } else if (text.size() > 2 && text[1] == 'u') {
      text.erase(1, 1);
    }
  }
  if (text.size() > 2 && text.compare(text.size() - 2, 2, "ng") == 0) text.pop_back();
  return text;
}

uint32_t PackCangjie(const std::string& code) {
  uint32_t packed = 0;
  for (size_t i = 0; i < code.size() && i < 5; ++i) {
    if (code[i] < 'A' || code[i] > 'Z') return 0;
    packed |= static_cast<uint32_t>(code[i] - 'A' + 1) << (5 * i);
  }
  return packed;
}

uint32_t PackFourCorner(const std::string& code) {
  if (code.size() < 4) return 0;
  const uint32_t fifth = code.size() >= 6 && code[4] == '.' ? static_cast<uint32_t>(code[5] - '0') : 0;
  return static_cast<uint32_t>(std::stoul(code.substr(0, 4))) * 10 + fifth + 1;
}

struct Table {
  std::vector<uint16_t> page_of = std::vector<uint16_t>(kPageIndexSize, 0);
  std::vector<SyllableEntry> syllables;
  std::vector<uint16_t> fold;
  std::vector<ReadingList> reading_lists;
  std::vector<ComponentList> component_lists;
  std::vector<VariantPair> variants;
  std::vector<Entry> entries;
};

Table Build(Characters characters) {
  // A character without a reading of its own is read as its standard form.
  std::map<char32_t, char32_t> standard;
  for (const auto& [c, facts] : characters) standard[c] = StandardOf(characters, c);
  std::map<char32_t, std::vector<std::string>> readings;
  std::set<std::string> syllables;
  for (const auto& [c, facts] : characters) {
    std::vector<std::string> own = Readings(facts);
    if (own.empty() && standard[c] != c) own = Readings(characters[standard[c]]);
    syllables.insert(own.begin(), own.end());
    readings[c] = own;
  }

  Table table;
  std::map<std::string, uint16_t> id_of;
  table.syllables.push_back({});
  for (const std::string& text : syllables) {
    id_of[text] = static_cast<uint16_t>(table.syllables.size());
    SyllableEntry entry{};
    std::memcpy(entry.text, text.data(), text.size());
    table.syllables.push_back(entry);
  }
  std::map<std::string, uint16_t> class_of;
  table.fold.push_back(0);
  for (const std::string& text : syllables)
    table.fold.push_back(class_of.emplace(Folded(text), id_of[text]).first->second);

  std::map<std::vector<std::string>, uint32_t> list_of;
  table.reading_lists.push_back({});
  std::map<std::vector<int>, uint32_t> components_of;
  table.component_lists.push_back({});
  components_of[{}] = 0;
  list_of[{}] = 0;
  table.entries.resize(kPageSize);
  for (const auto& [c, facts] : characters) {
    if (c >= kLimit) Fail("a code point beyond the table");
    for (char32_t other : facts.variants) table.variants.push_back({c, other});
    const auto [list, is_new] = list_of.emplace(readings[c], table.reading_lists.size());
    if (is_new) {
      ReadingList entry{};
      for (const std::string& reading : readings[c]) entry.syllables[entry.count++] = id_of[reading];
      table.reading_lists.push_back(entry);
    }
    uint16_t& page = table.page_of[c / kPageSize];
    if (page == 0) {
      page = static_cast<uint16_t>(table.entries.size() / kPageSize);
      table.entries.resize(table.entries.size() + kPageSize);
    }
    Entry& entry = table.entries[page * kPageSize + c % kPageSize];
    entry.standard = standard[c] == c ? 0 : standard[c];
    entry.level = Level(facts.standard_rank);
    entry.has_variants = !facts.variants.empty();
    entry.radical = facts.radical;
    entry.cangjie = PackCangjie(facts.cangjie);
    entry.strokes = facts.strokes;
    entry.four_corner = PackFourCorner(facts.four_corner);
    entry.readings = list->second;
    entry.phonetic = facts.phonetic;
    const auto [components, unseen] = components_of.emplace(facts.components, table.component_lists.size());
    if (unseen) {
      ComponentList built{};
      if (facts.components.size() > 6) Fail("too many components");
      for (int component : facts.components)
        built.components[built.count++] = static_cast<uint16_t>(component);
      table.component_lists.push_back(built);
    }
    entry.components = components->second;
  }
  if (table.reading_lists.size() >= 1u << 15) Fail("too many lists of readings");
  if (table.component_lists.size() >= 1u << 16) Fail("too many lists of components");
  return table;
}

template <typename T>
void Write(const std::vector<T>& array, std::ofstream* out) {
  const size_t bytes = array.size() * sizeof(T);
  out->write(reinterpret_cast<const char*>(array.data()), static_cast<std::streamsize>(bytes));
  static constexpr char kPadding[8] = {};
  out->write(kPadding, static_cast<std::streamsize>((8 - bytes % 8) % 8));
}

}  // namespace
}  // namespace relief::matcher::han_table

int main(int argc, char** argv) {
  using namespace relief::matcher::han_table;
  if (argc != 6) Fail("usage: han_table_generator UNICODE_DIR OVERRIDES COMPONENTS TABLE_FILE SIZES_HEADER");
  Characters characters;
  ReadUnihan(argv[1], &characters);
  ReadPrivateUseRepairs(&characters);
  ReadOverrides(argv[2], &characters);
  ReadComponents(argv[3], &characters);
  const Table table = Build(std::move(characters));

  std::ofstream out(argv[4], std::ios::binary);
  Write(table.page_of, &out);
  Write(table.syllables, &out);
  Write(table.fold, &out);
  Write(table.reading_lists, &out);
  Write(table.component_lists, &out);
  Write(table.variants, &out);
  Write(table.entries, &out);
  out.close();

  std::ofstream sizes(argv[5]);
  sizes << "// Generated by han_table_generator.\n#pragma once\n#include <cstddef>\n"
        << "namespace relief::matcher::han_table {\n"
        << "inline constexpr size_t kSyllables = " << table.syllables.size() << ";\n"
        << "inline constexpr size_t kReadingLists = " << table.reading_lists.size() << ";\n"
        << "inline constexpr size_t kComponentLists = " << table.component_lists.size() << ";\n"
        << "inline constexpr size_t kVariantPairs = " << table.variants.size() << ";\n"
        << "inline constexpr size_t kEntries = " << table.entries.size() << ";\n"
        << "}\n";
  sizes.close();
  if (!out || !sizes) Fail("cannot write the table");
  return 0;
}
