#include "matcher/normalize/han_sources.h"

#include <bzlib.h>
#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

namespace relief::matcher::han_table {
namespace {

// Calls `handle` with each line of a bzip2 file.
void ForEachLine(const std::string& path, const std::function<void(const std::string&)>& handle) {
  BZFILE* file = BZ2_bzopen(path.c_str(), "rb");
  if (file == nullptr) Fail("cannot read " + path + " (package unicode-data)");
  std::string pending;
  std::vector<char> buffer(1 << 16);
  int got;
  while ((got = BZ2_bzread(file, buffer.data(), static_cast<int>(buffer.size()))) > 0) {
    pending.append(buffer.data(), static_cast<size_t>(got));
    size_t start = 0;
    for (size_t end; (end = pending.find('\n', start)) != std::string::npos; start = end + 1) {
      handle(pending.substr(start, end - start));
    }
    pending.erase(0, start);
  }
  BZ2_bzclose(file);
  if (got < 0) Fail("damaged: " + path);
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

char32_t Hex(const std::string& text) {
  return static_cast<char32_t>(std::strtoul(text.c_str(), nullptr, 16));
}

// "lüè" -> "lve": marks are dropped, ü becomes v. Empty for what is not a syllable of letters.
std::string Toneless(const std::string& pinyin) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  icu::UnicodeString text = nfd->normalize(icu::UnicodeString::fromUTF8(pinyin), error);
  if (U_FAILURE(error)) Fail("ICU cannot normalise");
  std::string plain;
  for (int i = 0; i < text.length(); ++i) {
    const char16_t c = text[i];
    if (c >= u'a' && c <= u'z') {
      plain += static_cast<char>(c);
    } else if (c == u'\u0308' && !plain.empty() && plain.back() == 'u') {
      plain.back() = 'v';
    } else if (c < 0x300 || c > 0x36F) {
      return "";
    }
  }
  return plain.size() <= 6 ? plain : "";
}

void AddReading(const std::string& pinyin, std::vector<std::string>* readings) {
  const std::string plain = Toneless(pinyin);
  if (!plain.empty()) readings->push_back(plain);
}

// The code points in "U+4E39<kMatthews,kMeyerWempe U+5F64:TZ".
std::vector<char32_t> Targets(const std::string& value) {
  std::vector<char32_t> targets;
  for (const std::string& word : Words(value)) {
    if (word.rfind("U+", 0) == 0) targets.push_back(Hex(word.substr(2)));
  }
  return targets;
}

void Relate(char32_t a, char32_t b, Characters* characters) {
  if (a == b) return;
  (*characters)[a].variants.insert(b);
  (*characters)[b].variants.insert(a);
}

void ReadProperty(char32_t c, const std::string& property, const std::string& value, Characters* characters) {
  auto facts = [&]() -> CharacterFacts& { return (*characters)[c]; };
  if (property == "kMandarin") {
    for (const std::string& word : Words(value)) AddReading(word, &facts().mandarin);
  } else if (property == "kHanyuPinlu") {  // "wàn(1335)"
    for (const std::string& word : Words(value))
      AddReading(word.substr(0, word.find('(')), &facts().frequent);
  } else if (property == "kTGHZ2013" || property == "kXHC1983") {  // "256.090:mò,wú 379.160:wàn"
    for (const std::string& word : Words(value)) {
      std::istringstream readings(word.substr(word.find(':') + 1));
      for (std::string reading; std::getline(readings, reading, ',');) AddReading(reading, &facts().modern);
    }
  } else if (property == "kSimplifiedVariant") {
    for (char32_t target : Targets(value)) {
      if (target != c) facts().simplified.insert(target);
      Relate(c, target, characters);
    }
  } else if (property == "kZVariant" || property == "kCompatibilityVariant") {
    for (char32_t target : Targets(value)) {
      facts().same_shape.insert(target);
      Relate(c, target, characters);
    }
  } else if (property == "kTraditionalVariant" || property == "kSemanticVariant" ||
             property == "kSpecializedSemanticVariant") {
    for (char32_t target : Targets(value)) Relate(c, target, characters);
  } else if (property == "kTGH") {  // "2013:35"
    facts().standard_rank = std::atoi(value.substr(value.find(':') + 1).c_str());
  } else if (property == "kFourCornerCode") {
    facts().four_corner = Words(value)[0];
  } else if (property == "kCangjie") {
    facts().cangjie = Words(value)[0];
  } else if (property == "kTotalStrokes") {
    facts().strokes = std::atoi(value.c_str());
  } else if (property == "kRSUnicode") {  // "72.9"
    facts().radical = std::atoi(value.c_str());
  } else if (property == "kPhonetic") {  // "1027*"
    facts().phonetic = std::atoi(value.c_str());
  }
}

}  // namespace

void Fail(const std::string& message) {
  std::fprintf(stderr, "han_table_generator: %s\n", message.c_str());
  std::exit(1);
}

void ReadUnihan(const std::string& unicode_dir, Characters* characters) {
  for (const char* part : {"Readings", "Variants", "DictionaryLikeData", "OtherMappings", "IRGSources"}) {
    ForEachLine(unicode_dir + "/Unihan_" + part + ".txt.bz2", [&](const std::string& line) {
      if (line.rfind("U+", 0) != 0) return;
      const size_t tab = line.find('\t');
      const size_t second = line.find('\t', tab + 1);
      if (second == std::string::npos) return;
      ReadProperty(Hex(line.substr(2, tab - 2)), line.substr(tab + 1, second - tab - 1),
                   line.substr(second + 1), characters);
    });
  }
  // The radicals of U+2E80..2EF3, which NFKC leaves alone: "2E85 ; 4EBB # ..." or a range.
  std::ifstream radicals(unicode_dir + "/EquivalentUnifiedIdeograph.txt");
  if (!radicals) Fail("cannot read EquivalentUnifiedIdeograph.txt (package unicode-data)");
  for (std::string line; std::getline(radicals, line);) {
    const std::vector<std::string> words = Words(line);
    if (words.size() < 3 || words[0][0] == '#') continue;
    const size_t range = words[0].find("..");
    const char32_t first = Hex(words[0]);
    const char32_t last = range == std::string::npos ? first : Hex(words[0].substr(range + 2));
    for (char32_t c = first; c <= last; ++c) (*characters)[c].forced_standard = Hex(words[2]);
  }
}

void ReadComponents(const std::string& file, Characters* characters) {
  std::ifstream in(file);
  if (!in) Fail("cannot read " + file);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = Words(line);
    if (words.empty() || words[0] == "#") continue;
    CharacterFacts& facts = (*characters)[icu::UnicodeString::fromUTF8(words[0]).char32At(0)];
    for (size_t i = 1; i < words.size(); ++i) facts.components.push_back(std::stoi(words[i]));
  }
}

void ReadOverrides(const std::string& file, Characters* characters) {
  std::ifstream in(file);
  if (!in) Fail("cannot read " + file);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::vector<std::string> words = Words(line);
    if (words.empty() || words[0][0] == '#') continue;
    auto fail = [&] { Fail(file + ":" + std::to_string(number) + ": not understood"); };
    if (words.size() < 3) fail();
    const icu::UnicodeString left = icu::UnicodeString::fromUTF8(words[1]);
    const icu::UnicodeString right = icu::UnicodeString::fromUTF8(words[2]);
    if (words[0] == "surname") {
      if (words.size() != 2 + static_cast<size_t>(left.countChar32())) fail();
      for (int i = 0; i < left.countChar32(); ++i) {
        AddReading(words[2 + i], &(*characters)[left.char32At(left.moveIndex32(0, i))].surname);
      }
    } else if (words[0] == "standard") {
      (*characters)[left.char32At(0)].forced_standard = right.char32At(0);
    } else if (words[0] == "variant") {
      Relate(left.char32At(0), right.char32At(0), characters);
    } else if (words[0] == "private") {
      (*characters)[Hex(words[1])].forced_standard = right.char32At(0);
    } else {
      fail();
    }
  }
}

void ReadPrivateUseRepairs(Characters* characters) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter* gbk = ucnv_open("GBK", &error);
  UConverter* gb18030 = ucnv_open("gb18030", &error);
  if (U_FAILURE(error)) Fail("ICU has no GBK converter");
  auto decode = [](UConverter* converter, const char* bytes) -> char32_t {
    UErrorCode status = U_ZERO_ERROR;
    const char* at = bytes;
    const UChar32 c = ucnv_getNextUChar(converter, &at, bytes + 2, &status);
    const bool whole = at == bytes + 2;
    ucnv_reset(converter);
    return U_SUCCESS(status) && whole ? static_cast<char32_t>(c) : 0;
  };
  auto is_private = [](char32_t c) { return c >= 0xE000 && c <= 0xF8FF; };
  for (int lead = 0x81; lead <= 0xFE; ++lead) {
    for (int trail = 0x40; trail <= 0xFE; ++trail) {
      const char bytes[2] = {static_cast<char>(lead), static_cast<char>(trail)};
      const char32_t old_reading = decode(gbk, bytes);
      const char32_t real = decode(gb18030, bytes);
      if (is_private(old_reading) && real > 0x2E80 && !is_private(real)) {
        (*characters)[old_reading].forced_standard = real;
      }
    }
  }
  ucnv_close(gbk);
  ucnv_close(gb18030);
}

}  // namespace relief::matcher::han_table
