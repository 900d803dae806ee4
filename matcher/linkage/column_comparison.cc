#include "matcher/linkage/column_comparison.h"

#include <algorithm>

#include "matcher/compare/similarity.h"

namespace relief::matcher {
namespace {

constexpr double kClose = 0.92;  // Jaro-Winkler; the thresholds that Splink and fastLink use for names
constexpr double kSimilar = 0.80;

enum NameLevel : uint8_t { kNameExact, kNameSwapped, kNameClose, kNamePart, kNameSimilar, kNameDifferent };
constexpr std::string_view kNameLevels[] = {"EXACT", "SWAPPED", "CLOSE", "PART", "SIMILAR", "DIFFERENT"};

enum DateLevel : uint8_t {
  kDateExact,
  kDateOneEdit,
  kDateSwapped,
  kDateTwoEdits,
  kDateSameYear,
  kDateNearYear,
  kDateSameDecade,
  kDateDifferent
};
constexpr std::string_view kDateLevels[] = {"EXACT",     "ONE_EDIT",  "MONTH_DAY_SWAPPED", "TWO_EDITS",
                                            "SAME_YEAR", "YEAR_NEAR", "TEN_YEARS",         "DIFFERENT"};

enum CodeLevel : uint8_t { kCodeExact, kCodeOneEdit, kCodeTwoEdits, kCodeSamePart, kCodeDifferent };
constexpr std::string_view kCodeLevels[] = {"EXACT", "ONE_EDIT", "TWO_EDITS", "SAME_PART", "DIFFERENT"};

enum CategoryLevel : uint8_t { kCategoryExact, kCategoryClose, kCategoryDifferent };
constexpr std::string_view kCategoryLevels[] = {"EXACT", "CLOSE", "DIFFERENT"};

enum TextLevel : uint8_t { kTextExact, kTextClose, kTextMost, kTextHalf, kTextSome, kTextDifferent };
constexpr std::string_view kTextLevels[] = {"EXACT",         "CLOSE",      "MOST_WORDS",
                                            "HALF_OF_WORDS", "SOME_WORDS", "DIFFERENT"};

bool StartsWith(std::u32string_view longer, std::u32string_view shorter) {
  return longer.size() >= shorter.size() && longer.substr(0, shorter.size()) == shorter;
}

bool HasWord(const Cell& cell, const std::u32string& word) {
  return std::find(cell.words.begin(), cell.words.end(), word) != cell.words.end();
}

// All words of the one stand in the other, or one name is a beginning of the other ("will", "j" for "john").
bool IsPart(const Cell& a, const Cell& b) {
  const Cell& fewer = a.words.size() <= b.words.size() ? a : b;
  const Cell& more = a.words.size() <= b.words.size() ? b : a;
  if (std::all_of(fewer.words.begin(), fewer.words.end(),
                  [&](const std::u32string& word) { return HasWord(more, word); }))
    return true;
  return StartsWith(a.text, b.text) || StartsWith(b.text, a.text);
}

uint8_t CompareName(const Cell& a, const Cell& b) {
  const double similarity = JaroWinkler(a.text, b.text);
  if (similarity >= kClose) return kNameClose;
  if (IsPart(a, b)) return kNamePart;
  return similarity >= kSimilar ? kNameSimilar : kNameDifferent;
}

int Year(std::u32string_view date) {
  int year = 0;
  for (char32_t c : date.substr(0, 4)) year = year * 10 + static_cast<int>(c - U'0');
  return year;
}

uint8_t CompareDate(std::u32string_view a, std::u32string_view b) {
  const int edits = EditDistance(a, b, 2);
  if (edits == 1) return kDateOneEdit;
  const bool dates = a.size() == 8 && b.size() == 8;
  if (dates && a.substr(0, 4) == b.substr(0, 4) && a.substr(4, 2) == b.substr(6) &&
      a.substr(6) == b.substr(4, 2))
    return kDateSwapped;
  if (edits == 2) return kDateTwoEdits;
  if (!dates) return kDateDifferent;
  const int years = std::abs(Year(a) - Year(b));
  if (years == 0) return kDateSameYear;
  if (years <= 1) return kDateNearYear;
  return years <= 10 ? kDateSameDecade : kDateDifferent;
}

// The part of a postcode that names the wider area: what stands before the last three characters of a British
// one, the first half of one that is all digits.
std::u32string_view Area(std::u32string_view postcode) {
  const bool letters = std::any_of(postcode.begin(), postcode.end(), [](char32_t c) { return c > U'9'; });
  if (letters && postcode.size() >= 5) return postcode.substr(0, postcode.size() - 3);
  return postcode.substr(0, (postcode.size() + 1) / 2);
}

uint8_t CompareCode(ColumnKind kind, std::u32string_view a, std::u32string_view b) {
  const int edits = EditDistance(a, b, 2);
  if (edits <= 1) return kCodeOneEdit;
  if (kind == ColumnKind::kPostcode) return Area(a) == Area(b) ? kCodeSamePart : kCodeDifferent;
  if (edits == 2) return kCodeTwoEdits;
  const size_t half = std::max<size_t>(4, std::min(a.size(), b.size()) / 2);
  if (a.size() >= half && b.size() >= half &&
      (a.substr(0, half) == b.substr(0, half) || a.substr(a.size() - half) == b.substr(b.size() - half)))
    return kCodeSamePart;
  return kCodeDifferent;
}

// The share of words that stand in both, one slip of the pen in a word allowed.
uint8_t CompareText(const Cell& a, const Cell& b) {
  if (JaroWinkler(a.text, b.text) >= kClose) return kTextClose;
  const Cell& fewer = a.words.size() <= b.words.size() ? a : b;
  const Cell& more = a.words.size() <= b.words.size() ? b : a;
  size_t common = 0, letters = 0, all = 0;
  std::vector<bool> taken(more.words.size());
  for (const std::u32string& word : fewer.words) {
    all += word.size();
    for (size_t i = 0; i < more.words.size(); ++i) {
      if (taken[i] || EditDistance(word, more.words[i], 1) > (word.size() >= 4 ? 1 : 0)) continue;
      taken[i] = true;
      ++common;
      letters += word.size();
      break;
    }
  }
  if (common == fewer.words.size() && common > 0) return kTextMost;
  if (letters == 0) return kTextDifferent;
  return 2 * letters >= all ? kTextHalf : kTextSome;
}

}  // namespace

std::span<const std::string_view> LevelNames(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kGivenName:
    case ColumnKind::kSurname:
      return kNameLevels;
    case ColumnKind::kDate:
      return kDateLevels;
    case ColumnKind::kIdentifier:
    case ColumnKind::kPhone:
    case ColumnKind::kPostcode:
      return kCodeLevels;
    case ColumnKind::kCategory:
      return kCategoryLevels;
    case ColumnKind::kFullName:
    case ColumnKind::kText:
      return kTextLevels;
  }
  return kCategoryLevels;
}

RowComparison::RowComparison(const Table& table) : table_(table) {
  for (size_t c = 0; c < table.columns().size(); ++c) {
    if (table.columns()[c].kind == ColumnKind::kGivenName && given_ < 0) given_ = static_cast<int>(c);
    if (table.columns()[c].kind == ColumnKind::kSurname && surname_ < 0) surname_ = static_cast<int>(c);
  }
}

uint8_t RowComparison::CompareColumn(size_t c, size_t a, size_t b) const {
  const Column& column = table_.columns()[c];
  const uint32_t x = column.value_of_row[a], y = column.value_of_row[b];
  if (x == 0 || y == 0) return kMissingLevel;
  if (x == y) return kExactLevel;
  switch (column.kind) {
    case ColumnKind::kGivenName:
    case ColumnKind::kSurname:
      return CompareName(column.cells[x], column.cells[y]);
    case ColumnKind::kDate:
      return CompareDate(column.cells[x].text, column.cells[y].text);
    case ColumnKind::kIdentifier:
    case ColumnKind::kPhone:
    case ColumnKind::kPostcode:
      return CompareCode(column.kind, column.cells[x].text, column.cells[y].text);
    case ColumnKind::kCategory:
      return JaroWinkler(column.cells[x].text, column.cells[y].text) >= kClose &&
                     column.cells[x].text.size() > 2
                 ? kCategoryClose
                 : kCategoryDifferent;
    case ColumnKind::kFullName:
    case ColumnKind::kText:
      return CompareText(column.cells[x], column.cells[y]);
  }
  return kMissingLevel;
}

void RowComparison::Compare(size_t a, size_t b, uint8_t* levels) const {
  for (size_t c = 0; c < table_.columns().size(); ++c) levels[c] = CompareColumn(c, a, b);
  if (given_ < 0 || surname_ < 0) return;
  uint8_t& given = levels[given_];
  uint8_t& surname = levels[surname_];
  if (given == kExactLevel || surname == kExactLevel) return;
  const Column& givens = table_.columns()[given_];
  const Column& surnames = table_.columns()[surname_];
  const bool first =
      !givens.missing(a) && !surnames.missing(b) && givens.cell(a).text == surnames.cell(b).text;
  const bool second =
      !givens.missing(b) && !surnames.missing(a) && givens.cell(b).text == surnames.cell(a).text;
  // Where both fields are filled on both sides, both must be found in the other's place.
  if (first && second) given = surname = kNameSwapped;
  if (surname == kMissingLevel && (first || second)) given = kNameSwapped;
  if (given == kMissingLevel && (first || second)) surname = kNameSwapped;
}

}  // namespace relief::matcher
