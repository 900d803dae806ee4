#include "matcher/normalize/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <cstdlib>

namespace relief::matcher {
namespace {

constexpr char32_t kReplacement = U'\uFFFD';

bool IsStableUnderNfkc(char32_t c) {
  return c < 0x80 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0xB7;
}

const icu::Normalizer2& NfkcInstance() {
  static const icu::Normalizer2* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* made = icu::Normalizer2::getNFKCInstance(error);
    if (U_FAILURE(error)) std::abort();  // ICU's own data is missing
    return made;
  }();
  return *instance;
}

}  // namespace

std::u32string DecodeUtf8(std::string_view text) {
  std::u32string decoded;
  decoded.reserve(text.size() / 2);
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  for (int64_t at = 0; at < size;) {
    UChar32 c;
    U8_NEXT_OR_FFFD(bytes, at, size, c);
    decoded += static_cast<char32_t>(c);
  }
  return decoded;
}

std::string EncodeUtf8(std::u32string_view text) {
  std::string encoded;
  encoded.reserve(text.size() * 3);
  for (char32_t c : text) {
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
    if (c < 0x80) {
      encoded += static_cast<char>(c);
    } else if (c < 0x800) {
      encoded += static_cast<char>(0xC0 | (c >> 6));
      encoded += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      encoded += static_cast<char>(0xE0 | (c >> 12));
      encoded += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
      encoded += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      encoded += static_cast<char>(0xF0 | (c >> 18));
      encoded += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
      encoded += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
      encoded += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return encoded;
}

char32_t FoldWidth(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  return c == 0x3000 ? U' ' : c;
}

std::u32string Nfkc(std::u32string_view text) {
  bool stable = true;
  for (char32_t c : text) stable = stable && IsStableUnderNfkc(c);
  if (stable) return std::u32string(text);
  const auto source = icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                                    static_cast<int32_t>(text.size()));
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = NfkcInstance().normalize(source, error);
  if (U_FAILURE(error)) std::abort();  // out of memory
  std::u32string result;
  result.reserve(static_cast<size_t>(folded.length()));
  for (int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    result += static_cast<char32_t>(folded.char32At(at));
  }
  return result;
}

bool IsSpace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0x3164 || c == 0x115F ||
         c == 0x1160 || c == 0xFFA0;
}

bool IsInvisible(char32_t c) {
  if (c < 0x80) return (c < 0x20 && !IsSpace(c)) || c == 0x7F;
  if (IsSpace(c)) return false;
  const int8_t type = u_charType(static_cast<UChar32>(c));
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0xE0100 && c <= 0xE01EF) || (c >= 0x180B && c <= 0x180F) || c == 0x034F;
}

bool IsPrivateUse(char32_t c) { return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0x10FFFD); }

bool IsLetter(char32_t c) {
  const uint32_t mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  return (mask & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
}

char32_t ToLower(char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); }

}  // namespace relief::matcher
