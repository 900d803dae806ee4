#include "matcher/normalize/contact.h"

#include <algorithm>

#include "matcher/normalize/han.h"
#include "matcher/normalize/id_number.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

constexpr size_t kLeastPhoneDigits = 7;
constexpr size_t kMostPhoneDigits = 15;  // ITU-T E.164

// Mobile numbers of the mainland: 13 to 19, eleven digits.
bool IsMobile(std::string_view digits) { return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3'; }

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Drops the country code, and the trunk 0 that some exchanges want before a mobile number.
std::string_view DropPrefixes(std::string_view digits, bool has_plus) {
  std::string_view rest = digits;
  if (StartsWith(rest, "0086")) {
    rest.remove_prefix(4);
  } else if (StartsWith(rest, "86") && (has_plus || IsMobile(rest.substr(2)))) {
    rest.remove_prefix(2);
  }
  if (rest.size() == 12 && rest[0] == '0' && IsMobile(rest.substr(1))) rest.remove_prefix(1);
  return rest;
}

}  // namespace

std::string NormalizePhone(std::string_view text) {
  std::string digits;
  bool has_plus = false;
  bool has_exponent = false;
  for (char32_t raw : DecodeUtf8(text)) {
    const char32_t c = FoldWidth(raw);
    if (c >= U'0' && c <= U'9') {
      digits += static_cast<char>(c);
    } else if (c == U'+') {
      has_plus = has_plus || digits.empty();
      has_exponent = has_exponent || !digits.empty();  // 1.38E+10: a spreadsheet has lost the digits
    } else if (!digits.empty() &&
               (c == U'转' || c == U'轉' || c == U'x' || c == U'X' || c == U'#' || c == U',')) {
      break;  // an extension
    } else if (c == U'*') {
      return "";  // masked
    }
  }
  if (has_exponent) return "";
  // Some write them twice ("0086 86 138..."); what is returned has none.
  std::string_view number = DropPrefixes(digits, has_plus);
  for (size_t before = digits.size(); number.size() < before;) {
    before = number.size();
    number = DropPrefixes(number, false);
  }
  if (std::all_of(number.begin(), number.end(), [&](char c) { return c == number[0]; })) return "";
  if (std::string_view("1234567890123456789").substr(0, number.size()) == number) return "";  // 12345678901
  // After +86 the trunk 0 of an area code is left out.
  const bool cut_trunk =
      number.size() < digits.size() && number.size() >= 10 && !IsMobile(number) && number[0] != '0';
  const size_t size = number.size() + (cut_trunk ? 1 : 0);
  if (size < kLeastPhoneDigits || size > kMostPhoneDigits) return "";
  return (cut_trunk ? "0" : "") + std::string(number);
}

std::vector<std::string_view> SplitPhones(std::string_view text) {
  static constexpr std::string_view kMarks[] = {"、", "，", "；", "／", ",", ";", "/", "|", "\n"};
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t at = 0; at <= text.size();) {
    size_t mark = at == text.size() ? 1 : 0;
    for (std::string_view candidate : kMarks) {
      if (StartsWith(text.substr(at), candidate)) mark = candidate.size();
    }
    if (mark == 0) {
      ++at;
      continue;
    }
    if (at > start) parts.push_back(text.substr(start, at - start));
    at += mark;
    start = at;
  }
  return parts;
}

std::u32string NormalizeAddress(std::string_view text) {
  std::u32string address = DecodeUtf8(text);
  // Dropping and folding may bring characters together that NFKC composes: repeat until nothing changes.
  for (int round = 0; round < 4; ++round) {
    std::u32string next;
    for (char32_t c : Nfkc(address)) {
      c = ToLower(StandardForm(c));
      if (IsLetter(c) || IsHan(c) || (c >= U'0' && c <= U'9') || c == kWildcard) next += c;
    }
    if (next == address) break;
    address = std::move(next);
  }
  static constexpr std::u32string_view kNowhere[] = {U"null", U"none", U"nan",  U"na",   U"n", U"无",
                                                     U"不详", U"未知", U"暂无", U"没有", U"空"};
  if (std::find(std::begin(kNowhere), std::end(kNowhere), address) != std::end(kNowhere)) address.clear();
  return address;
}

std::string NormalizeRegion(std::string_view text) {
  std::string digits;
  for (char32_t raw : DecodeUtf8(text)) {
    const char32_t c = FoldWidth(raw);
    if (c >= U'0' && c <= U'9') {
      digits += static_cast<char>(c);
    } else if (!IsSpace(c) && !IsInvisible(c) && c != U'\'' && c != U'"') {
      return "";
    }
  }
  if (digits.size() != 6 && digits.size() != 9 && digits.size() != 12) return "";
  if (!IsProvinceCode(std::string_view(digits).substr(0, 2))) return "";
  return digits.substr(0, 6);
}

}  // namespace relief::matcher
