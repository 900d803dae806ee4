#include "matcher/normalize/name_normalizer.h"

#include <algorithm>
#include <optional>

#include "matcher/normalize/compound_surnames.h"
#include "matcher/normalize/han.h"
#include "matcher/normalize/name_cleaner.h"
#include "matcher/normalize/surnames.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

constexpr char32_t kDot = U'\u00B7';
// Longer names of one piece are transliterations.
constexpr size_t kLongestHanName = 4;

bool IsHanOrWildcard(char32_t c) { return IsHan(c) || c == kWildcard; }

// Question marks, boxes, circles, crosses and stars: what stands where a character could not be written, or
// was masked.
bool StandsForUnreadable(char32_t c) {
  switch (c) {
    case U'?':
    case U'*':
    case kWildcard:
    case U'\u00D7':  // ×
    case U'\u25A0':  // ■
    case U'\u25A1':  // □
    case U'\u25A2':
    case U'\u25AF':
    case U'\u25CB':  // ○
    case U'\u2588':
    case U'\u3013':  // 〓
      return true;
    default:
      return false;
  }
}

// Written for a dot between the parts of a transliterated name.
bool IsHyphen(char32_t c) { return c == U'-' || (c >= U'\u2010' && c <= U'\u2015') || c == U'\u2212'; }

// A name as the eye takes it in: a run of Latin letters counts as one character.
size_t CharactersIn(std::u32string_view token) {
  size_t count = 0;
  bool in_word = false;
  for (char32_t c : token) {
    const bool han = IsHanOrWildcard(c);
    if (han || !in_word) ++count;
    in_word = !han;
  }
  return count;
}

uint8_t SurnameLength(const std::vector<std::u32string>& tokens) {
  if (tokens.size() != 1 || !IsHanOrWildcard(tokens[0][0])) return 0;
  const std::u32string_view token = tokens[0];
  if (token.size() >= 3 && IsCompoundSurname(token.substr(0, 2))) return 2;
  return CharactersIn(token) <= kLongestHanName ? 1 : 0;
}

// Cuts a cleaned name into tokens.
class Tokenizer {
 public:
  explicit Tokenizer(RepairSet* repairs) : repairs_(repairs) {}

  std::vector<std::u32string> Run(std::u32string_view text) {
    for (char32_t c : text) Take(c);
    if (gap_ == Gap::kSpace) repairs_->Add(Repair::kNameSpaces);
    if (gap_ == Gap::kDot) repairs_->Add(Repair::kNameRemark);
    Finish();
    return std::move(tokens_);
  }

 private:
  enum class Gap { kNone, kSpace, kDot };

  void Take(char32_t c) {
    if (IsSpace(c)) {
      if (current_.empty() && tokens_.empty()) repairs_->Add(Repair::kNameSpaces);
      if (gap_ == Gap::kNone) gap_ = Gap::kSpace;
    } else if (IsNameDot(c) || (IsHyphen(c) && !current_.empty() && IsHan(current_.back()))) {
      other_dot_ = other_dot_ || c != kDot || gap_ == Gap::kDot;
      gap_ = Gap::kDot;
    } else if (StandsForUnreadable(c) || (c == U'某' && !(current_.empty() && tokens_.empty()))) {
      repairs_->Add(Repair::kNameUnreadable);
      Append(kWildcard);
    } else if (IsHan(c)) {
      const char32_t standard = StandardForm(c);
      repairs_->AddIf(standard != c, Repair::kNameVariant);
      Append(standard);
    } else if (IsLetter(c)) {
      Append(c);
    } else if (c == U',') {
      if (gap_ == Gap::kNone) gap_ = Gap::kSpace;
    } else if (const char32_t standard = StandardForm(c); IsHan(standard)) {  // a radical
      repairs_->Add(Repair::kNameVariant);
      Append(standard);
    } else {
      repairs_->Add(Repair::kNameRemark);  // quotes, digits, punctuation
    }
  }

  void Append(char32_t c) {
    if (gap_ != Gap::kNone && !current_.empty()) CloseGap(c);
    gap_ = Gap::kNone;
    other_dot_ = false;
    current_ += c;
  }

  void CloseGap(char32_t next) {
    const bool between_words = !IsHanOrWildcard(current_.back()) && !IsHanOrWildcard(next);
    if (gap_ == Gap::kDot) {
      repairs_->AddIf(other_dot_, Repair::kNameDot);
      tokens_.push_back(std::move(current_));
      current_.clear();
    } else if (between_words) {
      tokens_.push_back(std::move(current_));
      current_.clear();
    } else {
      spaces_at_.push_back(current_.size());
    }
  }

  void Finish() {
    if (!current_.empty()) tokens_.push_back(std::move(current_));
    if (spaces_at_.empty()) return;
    if (tokens_.size() == 1 && spaces_at_.size() == 1 && SpaceStandsForDot(tokens_[0], spaces_at_[0])) {
      repairs_->Add(Repair::kNameDot);
      std::u32string second = tokens_[0].substr(spaces_at_[0]);
      tokens_[0].resize(spaces_at_[0]);
      tokens_.push_back(std::move(second));
      return;
    }
    repairs_->Add(Repair::kNameSpaces);
  }

  static bool SpaceStandsForDot(std::u32string_view token, size_t at) {
    if (!std::all_of(token.begin(), token.end(), IsHanOrWildcard)) return false;
    return at >= 2 && token.size() - at >= 2 && token.size() > kLongestHanName &&
           !IsCompoundSurname(token.substr(0, at));
  }

  RepairSet* repairs_;
  std::vector<std::u32string> tokens_;
  std::u32string current_;
  std::vector<size_t> spaces_at_;
  Gap gap_ = Gap::kNone;
  bool other_dot_ = false;
};

bool HoldsNothing(const std::vector<std::u32string>& tokens) {
  return std::all_of(tokens.begin(), tokens.end(), [](const std::u32string& token) {
    return std::all_of(token.begin(), token.end(), [](char32_t c) { return c == kWildcard; });
  });
}

std::vector<std::u32string> ReadTokens(std::u32string_view text, std::vector<std::u32string>* former_names,
                                       RepairSet* repairs) {
  const std::u32string folded = FoldCharacters(text, repairs);
  const std::u32string name = TakeRemarksOut(folded, former_names, repairs);
  std::vector<std::u32string> tokens = Tokenizer(repairs).Run(name);
  if (tokens.size() == 1) {
    while (const size_t title = TitleLength(tokens[0])) {
      tokens[0].resize(tokens[0].size() - title);
      repairs->Add(Repair::kNameRemark);
    }
    if (IsSomebodysRelative(tokens[0])) {  // the person's own name is not told
      repairs->Add(Repair::kNameUnreadable);
      tokens.clear();
      return tokens;
    }
    // 王氏, 张王氏: her own surname and no given name, after her husband's surname or alone.
    if (tokens[0].back() == U'氏' && (tokens[0].size() == 2 || tokens[0].size() == 3) &&
        IsSurname(tokens[0][tokens[0].size() - 2])) {
      repairs->Add(Repair::kNameUnreadable);
      tokens[0] = {tokens[0][tokens[0].size() - 2], kWildcard};
    }
    if (IsNamePlaceholder(tokens[0])) {
      repairs->Add(Repair::kNameUnreadable);
      tokens.clear();
    }
  }
  if (HoldsNothing(tokens)) tokens.clear();
  return tokens;
}

std::u32string Join(const std::vector<std::u32string>& tokens) {
  std::u32string text;
  for (const std::u32string& token : tokens) {
    if (!text.empty()) text += kDot;
    text += token;
  }
  return text;
}

// Nine names in ten are two to four plain Han characters and need no more than a look at each.
std::optional<std::u32string> ReadPlainName(std::u32string_view text, RepairSet* repairs) {
  if (text.size() < 2 || text.size() > kLongestHanName) return std::nullopt;
  std::u32string name(text);
  for (char32_t& c : name) {
    if (c < 0x4E00 || c > 0x9FFF) return std::nullopt;
    c = StandardForm(c);
  }
  if (TitleLength(name) > 0 || IsNamePlaceholder(name) || name.back() == U'氏' ||
      name.find(U'某') != name.npos || IsSomebodysRelative(name))
    return std::nullopt;
  repairs->AddIf(name != text, Repair::kNameVariant);
  return name;
}

}  // namespace

Name ReadName(std::u32string_view text, std::vector<std::u32string>* former_names, RepairSet* repairs) {
  Name name;
  if (auto plain = ReadPlainName(text, repairs)) {
    name.tokens.push_back(std::move(*plain));
  } else {
    name.tokens = ReadTokens(text, former_names, repairs);
    // What one repair uncovers another may have to mend ("张三曾 用名李四"): until nothing changes, so that
    // the result is a fixed point. Two rounds are the rule.
    for (int round = 0; round < 8; ++round) {
      std::vector<std::u32string> again = ReadTokens(Join(name.tokens), former_names, repairs);
      if (again == name.tokens) break;
      name.tokens = std::move(again);
    }
  }
  name.surname_length = name.empty() ? uint8_t{0} : SurnameLength(name.tokens);
  return name;
}

}  // namespace relief::matcher
