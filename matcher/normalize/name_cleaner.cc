#include "matcher/normalize/name_cleaner.h"

#include <algorithm>

#include "matcher/normalize/han.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

// What introduces a former name. Outside brackets only the first, or one with a colon, is sure not to be a
// name itself.
constexpr std::u32string_view kFormerMarkers[] = {U"曾用名", U"曾用", U"曾名", U"原名",
                                                  U"又名",   U"别名", U"旧名"};

// Two characters in brackets behind a lone surname are the halves of a character that could not be typed:
// 王(王莹). These are not.
constexpr std::u32string_view kTwoCharacterRemarks[] = {
    U"户主", U"本人", U"配偶", U"妻子", U"丈夫", U"儿子", U"女儿", U"父亲", U"母亲", U"长子",
    U"次子", U"长女", U"次女", U"男方", U"女方", U"离异", U"离婚", U"丧偶", U"未婚", U"已婚",
    U"已故", U"死亡", U"亡故", U"去世", U"残疾", U"孤儿", U"低保", U"特困", U"迁出", U"迁入",
    U"注销", U"停发", U"新增", U"学生", U"患者", U"代领", U"监护"};

// Behind somebody's name: the row is about that person's wife, child or parent.
constexpr std::u32string_view kRelatives[] = {U"之妻",   U"之夫",   U"之子",   U"之女", U"之父", U"之母",
                                              U"的妻子", U"的儿子", U"的女儿", U"爱人", U"妻",   U"媳妇"};

// Behind a name and a blank.
constexpr std::u32string_view kRemarks[] = {U"注销", U"已注销", U"已故", U"死亡", U"已死亡", U"去世", U"亡故",
                                            U"停发", U"停保",   U"迁出", U"迁入", U"新增",   U"户主", U"本人",
                                            U"低保", U"五保",   U"特困", U"残疾", U"代领"};

constexpr std::u32string_view kTitles[] = {U"先生", U"女士", U"小姐", U"同志", U"同学", U"老师", U"师傅"};

constexpr std::u32string_view kPlaceholders[] = {
    U"无", U"无名", U"无名氏", U"不详", U"不祥", U"未知", U"未详", U"不明", U"未填", U"暂无",   U"没有",
    U"空", U"佚名", U"某某",   U"匿名", U"null", U"none", U"nil",  U"na",   U"nan",  U"unknown"};

template <size_t N>
bool IsOneOf(std::u32string_view text, const std::u32string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool StartsWith(std::u32string_view text, std::u32string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool AllHan(std::u32string_view text) { return std::all_of(text.begin(), text.end(), IsHan); }

std::u32string WithoutSpaces(std::u32string_view text) {
  std::u32string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result), [](char32_t c) { return !IsSpace(c); });
  return result;
}

// The closing bracket of an opening one, 0 for other characters.
char32_t ClosingBracket(char32_t c) {
  switch (c) {
    case U'(':
      return U')';
    case U'[':
      return U']';
    case U'{':
      return U'}';
    case U'<':
      return U'>';
    case U'〈':
      return U'〉';
    case U'《':
      return U'》';
    case U'【':
      return U'】';
    case U'〔':
      return U'〕';
    case U'〖':
      return U'〗';
    case U'〘':
      return U'〙';
    default:
      return 0;
  }
}

// Length of an ideographic description at the start of `text`: ⿰王莹, ⿱艹⿰王莹. 0 if there is none.
size_t DescriptionLength(std::u32string_view text, int depth = 0) {
  if (text.empty() || depth > 4) return 0;
  if (text[0] < 0x2FF0 || text[0] > 0x2FFB) return depth > 0 && IsHan(text[0]) ? 1 : 0;
  const int operands = text[0] == 0x2FF2 || text[0] == 0x2FF3 ? 3 : 2;
  size_t length = 1;
  for (int i = 0; i < operands; ++i) {
    const size_t operand = DescriptionLength(text.substr(length), depth + 1);
    if (operand == 0) return 0;
    length += operand;
  }
  return length;
}

void AddFormerNames(std::u32string_view text, std::vector<std::u32string>* former_names) {
  if (former_names == nullptr) return;
  std::u32string name;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char32_t c = i < text.size() ? text[i] : U',';
    if (c == U',' || c == U'、' || c == U';' || c == U'/') {
      if (!name.empty()) former_names->push_back(name);
      name.clear();
    } else if (c != U':') {
      name += c;
    }
  }
}

// What a bracket's content leaves in the name: nothing, or the wildcard it describes.
std::u32string JudgeRemark(std::u32string_view content, std::u32string_view outside,
                           std::vector<std::u32string>* former_names, RepairSet* repairs) {
  for (std::u32string_view marker : kFormerMarkers) {
    if (StartsWith(content, marker)) {
      AddFormerNames(content.substr(marker.size()), former_names);
      repairs->Add(Repair::kNameRemark);
      return {};
    }
  }
  const bool sum = content.size() == 3 && content[1] == U'+' && IsHan(content[0]) && IsHan(content[2]);
  const bool halves = content.size() == 2 && AllHan(content) && outside.size() == 1 && IsHan(outside[0]) &&
                      !IsOneOf(content, kTwoCharacterRemarks);
  if (sum || halves) {
    repairs->Add(Repair::kNameUnreadable);
    return std::u32string(1, kWildcard);
  }
  repairs->Add(Repair::kNameRemark);
  return {};
}

std::u32string TakeBracketsOut(std::u32string_view text, std::vector<std::u32string>* former_names,
                               RepairSet* repairs) {
  struct Piece {
    std::u32string_view text;
    bool in_brackets;
  };
  std::vector<Piece> pieces;
  std::u32string outside, inside;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t closing = ClosingBracket(text[i]);
    if (closing == 0) continue;
    const size_t end = std::min(text.find(closing, i + 1), text.size());
    pieces.push_back({text.substr(start, i - start), false});
    pieces.push_back({text.substr(i + 1, end - i - 1), true});
    start = std::min(end + 1, text.size());
    i = end;
  }
  pieces.push_back({text.substr(start), false});
  if (pieces.size() == 1) return std::u32string(text);
  for (const Piece& piece : pieces) (piece.in_brackets ? inside : outside) += WithoutSpaces(piece.text);
  if (outside.empty()) {  // the whole name stands in brackets
    repairs->Add(Repair::kNameRemark);
    return inside;
  }
  std::u32string name;
  for (const Piece& piece : pieces) {
    name += piece.in_brackets ? JudgeRemark(WithoutSpaces(piece.text), outside, former_names, repairs)
                              : std::u32string(piece.text);
  }
  return name;
}

}  // namespace

std::u32string FoldCharacters(std::u32string_view text, RepairSet* repairs) {
  std::u32string visible;
  for (size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (IsInvisible(c)) {
      repairs->Add(Repair::kNameSpaces);
      continue;
    }
    if (const size_t description = DescriptionLength(text.substr(i)); description > 0) {
      repairs->Add(Repair::kNameUnreadable);
      visible += kWildcard;
      i += description - 1;
      continue;
    }
    if (IsPrivateUse(c)) {
      const char32_t real = StandardForm(c);
      repairs->Add(real == c ? Repair::kNameUnreadable : Repair::kNameVariant);
      c = real == c ? kWildcard : real;
    }
    visible += c;
  }
  std::u32string folded = Nfkc(visible);
  repairs->AddIf(folded != visible, Repair::kNameWidth);
  std::transform(folded.begin(), folded.end(), folded.begin(), ToLower);
  return folded;
}

std::u32string TakeRemarksOut(std::u32string_view text, std::vector<std::u32string>* former_names,
                              RepairSet* repairs) {
  std::u32string name = TakeBracketsOut(text, former_names, repairs);
  for (std::u32string_view marker : kFormerMarkers) {
    const size_t at = name.find(marker);
    if (at == std::u32string::npos || at < 2) continue;
    const std::u32string rest = WithoutSpaces(name).substr(
        std::min(WithoutSpaces(name).find(marker) + marker.size(), WithoutSpaces(name).size()));
    if (rest.size() < 2 || (marker != kFormerMarkers[0] && rest[0] != U':')) continue;
    AddFormerNames(rest, former_names);
    name.resize(at);
    repairs->Add(Repair::kNameRemark);
  }
  // A remark behind a blank, 吴媛 注销.
  if (const size_t blank = name.find_last_of(U" \u3000"); blank != std::u32string::npos && blank >= 2) {
    if (IsOneOf(WithoutSpaces(std::u32string_view(name).substr(blank)), kRemarks)) {
      name.resize(blank);
      repairs->Add(Repair::kNameRemark);
    }
  }
  // A label in front, "姓名:张三".
  if (const size_t colon = name.rfind(U':'); colon != std::u32string::npos) {
    const bool something_follows = !WithoutSpaces(std::u32string_view(name).substr(colon + 1)).empty();
    name = something_follows ? name.substr(colon + 1) : name.substr(0, colon);
    repairs->Add(Repair::kNameRemark);
  }
  // Two people in one field: the first is the one whom the row is about.
  if (const size_t end = name.find_first_of(U"、,;/|"); end != std::u32string::npos) {
    const std::u32string first = WithoutSpaces(name.substr(0, end));
    if (first.size() >= 2 && AllHan(first)) {
      name.resize(end);
      repairs->Add(Repair::kNameRemark);
    }
  }
  return name;
}

size_t TitleLength(std::u32string_view name) {
  if (name.size() < 3) return 0;
  const std::u32string_view last_two = name.substr(name.size() - 2);
  return IsOneOf(last_two, kTitles) ? 2 : 0;
}

bool IsSomebodysRelative(std::u32string_view name) {
  return std::any_of(std::begin(kRelatives), std::end(kRelatives), [&](std::u32string_view ending) {
    // One character may be the last of a given name: 李春妻 is nobody's name, 王妻 neither.
    return name.size() >= ending.size() + 2 && name.substr(name.size() - ending.size()) == ending;
  });
}

bool IsNamePlaceholder(std::u32string_view name) { return IsOneOf(name, kPlaceholders); }

bool IsNameDot(char32_t c) {
  switch (c) {
    case U'\u00B7':  // middle dot, the right one
    case U'\u0387':
    case U'\u2022':
    case U'\u2027':
    case U'\u30FB':
    case U'\uFF65':
    case U'\u22C5':
    case U'\u2219':
    case U'\u25CF':
    case U'\u2024':
    case U'\u3002':
    case U'\uFF61':
    case U'\uFF0E':
    case U'.':
      return true;
    default:
      return false;
  }
}

}  // namespace relief::matcher
