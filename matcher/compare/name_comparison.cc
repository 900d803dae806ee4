#include "matcher/compare/name_comparison.h"

#include <algorithm>

#include "matcher/compare/pinyin_run.h"
#include "matcher/compare/similarity.h"
#include "matcher/compare/transliteration.h"
#include "matcher/normalize/compound_surnames.h"
#include "matcher/normalize/han.h"
#include "matcher/normalize/surnames.h"

namespace relief::matcher {
namespace {

constexpr double kLookAlike = 0.66;       // han.h: ShapeSimilarity
constexpr double kLatinClose = 0.90;      // Jaro-Winkler
constexpr float kAgreementFloor = -1.0f;  // sounding the same never speaks against
constexpr size_t kTwoParts = 4;           // characters of a name that has no dots

bool SameReading(char32_t a, char32_t b, bool fold) {
  for (Syllable x : Readings(a))
    for (Syllable y : Readings(b))
      if (fold ? FoldDialect(x) == FoldDialect(y) : x == y) return true;
  return false;
}

// kCount is the strongest, kNameDifferent the weakest; between them by bits.
Level Weaker(const Model& model, Level a, Level b) {
  if (a == Level::kCount) return b;
  if (b == Level::kCount) return a;
  return model.bits(a) < model.bits(b) ? a : b;
}

// Bits of one aligned pair, where an equal character would be worth `equal_bits` (the rarer one's, so that it
// is symmetric).
float LevelBits(const Model& model, Level level, float equal_bits) {
  if (level == Level::kCount) return equal_bits;
  if (level == Level::kNameWildcard || level == Level::kNameDifferent) return model.bits(level);
  // A level of agreement is worth its weight against a name of ordinary rarity, never more than the same
  // character.
  return std::min(std::max(model.bits(level), kAgreementFloor), equal_bits);
}

struct Aligned {
  float bits = 0;
  Level worst = Level::kCount;
};

Aligned CompareCharacter(const Model& model, char32_t a, char32_t b) {
  const Level level = CharacterLevel(a, b);
  if (level == Level::kNameDifferent) return {model.bits(level), level};
  const float bits = model.GivenCharacterBits(a);
  return {LevelBits(model, level, a == b ? bits : std::max(bits, model.GivenCharacterBits(b))), level};
}

Aligned CompareEqualLength(const Model& model, std::u32string_view a, std::u32string_view b) {
  Aligned total;
  for (size_t i = 0; i < a.size(); ++i) {
    const Aligned one = CompareCharacter(model, a[i], b[i]);
    total.bits += one.bits;
    total.worst = Weaker(model, total.worst, one.worst);
  }
  return total;
}

// The shorter one against the longer one with one character left out.
Aligned CompareDropped(const Model& model, std::u32string_view longer, std::u32string_view shorter) {
  Aligned best{-1e9f, Level::kNameDifferent};
  for (size_t left_out = 0; left_out < longer.size(); ++left_out) {
    std::u32string rest(longer);
    rest.erase(left_out, 1);
    Aligned one = CompareEqualLength(model, rest, shorter);
    one.bits += model.bits(Level::kNameDropped);
    one.worst = Weaker(model, one.worst, Level::kNameDropped);
    if (one.bits > best.bits) best = one;
  }
  return best;
}

bool AllHidden(std::u32string_view text) {
  return std::all_of(text.begin(), text.end(), [](char32_t c) { return c == kWildcard; });
}

Aligned CompareGiven(const Model& model, std::u32string_view a, std::u32string_view b) {
  if (a.empty() || b.empty()) return {0, a.empty() && b.empty() ? Level::kCount : Level::kNameDropped};
  // 张王氏, 张某某: the given name is not known, nor how long it is.
  if (AllHidden(a) || AllHidden(b)) return {model.bits(Level::kNameWildcard), Level::kNameWildcard};
  if (a.size() == b.size()) {
    Aligned aligned = CompareEqualLength(model, a, b);
    if (aligned.worst == Level::kNameDifferent && a.size() == 2 && a[0] == b[1] && a[1] == b[0])
      return {model.bits(Level::kNameSwapped), Level::kNameSwapped};
    return aligned;
  }
  if (a.size() == b.size() + 1) return CompareDropped(model, a, b);
  if (b.size() == a.size() + 1) return CompareDropped(model, b, a);
  return {2 * model.bits(Level::kNameDifferent), Level::kNameDifferent};
}

bool IsLatin(const Name& name) {
  return std::all_of(name.tokens.begin(), name.tokens.end(),
                     [](const std::u32string& token) { return !token.empty() && token[0] < 0x250; });
}

std::u32string Joined(const Name& name) {
  std::u32string joined;
  for (const std::u32string& token : name.tokens) joined += token;
  return joined;
}

// Most characters of one token sound like those of the other: two spellings of one foreign word.
bool SoundsLike(std::u32string_view a, std::u32string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && !SameReading(a[i], b[i], true)) return false;
  return true;
}

// Names of several parts, and Latin ones: part by part, in any order; a part that one side leaves out says
// little.
Aligned CompareTokens(const Model& model, const Name& a, const Name& b) {
  const std::u32string whole = Joined(a);
  if (whole == Joined(b)) {
    const size_t parts = std::max(a.tokens.size(), b.tokens.size());
    // Without dots, four characters are as a rule two parts of two.
    const float count = parts > 1 ? 2.0f : whole.size() >= kTwoParts ? 1.5f : 1.0f;
    return {model.bits(Level::kNameTokenEqual) * count, Level::kCount};
  }
  const bool latin = IsLatin(a) && IsLatin(b);
  // Pairing is greedy: one order for both, so that the comparison is symmetric.
  const bool a_first = std::pair(a.tokens.size(), a.tokens) <= std::pair(b.tokens.size(), b.tokens);
  const std::vector<std::u32string>& fewer = a_first ? a.tokens : b.tokens;
  const std::vector<std::u32string>& more = a_first ? b.tokens : a.tokens;
  std::vector<bool> taken(more.size());
  Aligned total;
  for (const std::u32string& token : fewer) {
    float best = model.bits(Level::kNameDifferent);
    Level level = Level::kNameDifferent;
    size_t at = more.size();
    for (size_t i = 0; i < more.size(); ++i) {
      if (taken[i]) continue;
      Level found = Level::kNameDifferent;
      if (token == more[i]) {
        found = Level::kNameTokenEqual;
      } else if (latin && JaroWinkler(token, more[i]) >= kLatinClose) {
        found = Level::kNameLatinClose;
      } else if (!latin && (SoundsLike(token, more[i]) || SpellOneWord(token, more[i]))) {
        found = Level::kNameTransliteration;
      }
      if (found != Level::kNameDifferent && model.bits(found) > best) {
        best = model.bits(found);
        level = found;
        at = i;
      }
    }
    if (at < more.size()) taken[at] = true;
    total.bits += best;
    if (level != Level::kNameTokenEqual) total.worst = Weaker(model, total.worst, level);
  }
  for (size_t i = fewer.size(); i < more.size(); ++i) total.bits += model.bits(Level::kNameTokenMissing);
  if (fewer.size() < more.size()) total.worst = Weaker(model, total.worst, Level::kNameTokenMissing);
  return total;
}

// A name of the Han kind: a surname, and one or two characters given.
bool LooksHan(const Name& name) {
  const std::u32string& token = name.tokens[0];
  return name.surname_length == 2 || (token.size() <= 3 && (IsSurname(token[0]) || token[0] == kWildcard)) ||
         token.size() < 2;
}

NameAgreement CompareOne(const Model& model, const Name& a, const Name& b) {
  NameAgreement agreement;
  if (a.tokens.size() > 1 || b.tokens.size() > 1 || IsLatin(a) || IsLatin(b) ||
      (!LooksHan(a) && !LooksHan(b))) {
    const Aligned tokens = CompareTokens(model, a, b);
    agreement.given_bits = tokens.bits;
    agreement.worst = tokens.worst;
  } else {
    const std::u32string_view whole_a = a.tokens[0], whole_b = b.tokens[0];
    const size_t surname_a = a.surname_length, surname_b = b.surname_length;
    // Where the two disagree on how long the surname is, the shorter reading of both is compared.
    const size_t surname =
        surname_a == surname_b ? surname_a : std::min<size_t>({1, whole_a.size(), whole_b.size()});
    const std::u32string_view x = whole_a.substr(0, surname), y = whole_b.substr(0, surname);
    if (x == y && x.find(kWildcard) == x.npos) {
      // Equal, whatever it is worth.
      agreement.surname_bits = surname == 0 ? 0 : model.SurnameBits(x);
    } else {
      const float equal = std::max(model.SurnameBits(x), model.SurnameBits(y));
      Level level = Level::kCount;
      for (size_t i = 0; i < surname; ++i) level = Weaker(model, level, CharacterLevel(x[i], y[i]));
      agreement.surname_bits = LevelBits(model, level, equal);
      agreement.surname = level;
    }
    const std::u32string_view given_a = whole_a.substr(surname), given_b = whole_b.substr(surname);
    const Aligned given = CompareGiven(model, given_a, given_b);
    agreement.given_hidden =
        (AllHidden(given_a) || AllHidden(given_b)) && !(given_a.size() == 1 && given_b.size() == 1);
    agreement.given_bits = given.bits;
    agreement.worst = given.worst;
  }
  const float excess = agreement.bits() - model.full_name_cap();
  if (excess > 0) agreement.given_bits -= excess;
  return agreement;
}

}  // namespace

Level CharacterLevel(char32_t a, char32_t b) {
  if (a == b && a != kWildcard) return Level::kCount;
  if (a == kWildcard || b == kWildcard) return Level::kNameWildcard;
  if (AreVariants(a, b)) return Level::kNameVariant;
  if (SameReading(a, b, false)) return Level::kNameSameReading;
  if (ShapeSimilarity(a, b) >= kLookAlike) return Level::kNameLookAlike;
  if (SameReading(a, b, true)) return Level::kNameFuzzyReading;
  return Level::kNameDifferent;
}

namespace {

NameAgreement CompareReadable(const Model& model, const Name& a, const Name& b) {
  if (a.tokens.size() != 1 || b.tokens.size() != 1 || HasPinyinRun(a.tokens[0]) == HasPinyinRun(b.tokens[0]))
    return CompareOne(model, a, b);
  Name x = a, y = b;
  Name& mixed = HasPinyinRun(a.tokens[0]) ? x : y;
  const std::u32string& other = (&mixed == &x ? y : x).tokens[0];
  mixed.tokens[0] = WithoutPinyinRuns(mixed.tokens[0], other);
  mixed.surname_length =
      std::min<uint8_t>(mixed.surname_length, static_cast<uint8_t>(mixed.tokens[0].size()));
  NameAgreement agreement = CompareOne(model, x, y);
  // A character that is read so is not the same character.
  if (agreement.worst == Level::kCount) agreement.worst = Level::kNameSameReading;
  return agreement;
}

}  // namespace

NameAgreement CompareNames(const Model& model, const Identity& a, const Identity& b) {
  NameAgreement best;
  bool first = true;
  for (size_t i = 0; i < a.names.size(); ++i) {
    for (size_t j = 0; j < b.names.size(); ++j) {
      if (a.names[i].empty() || b.names[j].empty()) continue;
      NameAgreement one = CompareReadable(model, a.names[i], b.names[j]);
      one.former = i > 0 || j > 0;
      if (one.former) one.given_bits += model.bits(Level::kNameFormer);
      if (first || one.bits() > best.bits()) best = one;
      first = false;
    }
  }
  return best;
}

}  // namespace relief::matcher
