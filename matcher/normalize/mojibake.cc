#include "matcher/normalize/mojibake.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "matcher/normalize/han.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

struct Close {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

// Nothing where GB 18030 has no byte for a character.
std::optional<std::string> EncodeGb18030(std::u32string_view text) {
  thread_local const std::unique_ptr<UConverter, Close> converter = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UConverter, Close> made(ucnv_open("gb18030", &error));
    ucnv_setFromUCallBack(made.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    if (U_FAILURE(error)) made.reset();
    return made;
  }();
  if (!converter) return std::nullopt;
  const icu::UnicodeString utf16 = icu::UnicodeString::fromUTF32(
      reinterpret_cast<const UChar32*>(text.data()), static_cast<int32_t>(text.size()));
  std::string bytes(text.size() * 4, '\0');
  UErrorCode error = U_ZERO_ERROR;
  const int32_t size = ucnv_fromUChars(converter.get(), bytes.data(), static_cast<int32_t>(bytes.size()),
                                       utf16.getBuffer(), utf16.length(), &error);
  if (U_FAILURE(error)) return std::nullopt;
  bytes.resize(static_cast<size_t>(size));
  return bytes;
}

}  // namespace

std::optional<std::u32string> RepairMojibake(std::u32string_view text) {
  // Two characters of a name are six bytes of UTF-8, and those are three characters of GBK.
  if (text.size() < 3) return std::nullopt;
  // A name of common characters is what it seems; this also spares nearly every name the conversion.
  if (std::all_of(text.begin(), text.end(),
                  [](char32_t c) { return StandardLevel(c) == 1 || StandardLevel(c) == 2; }))
    return std::nullopt;
  if (!std::any_of(text.begin(), text.end(), IsHan)) return std::nullopt;
  const std::optional<std::string> bytes = EncodeGb18030(text);
  if (!bytes) return std::nullopt;
  std::u32string repaired = DecodeUtf8(*bytes);
  if (repaired.size() < 2 || repaired.size() >= text.size()) return std::nullopt;
  const bool is_name = std::all_of(repaired.begin(), repaired.end(),
                                   [](char32_t c) { return StandardLevel(c) > 0 || c == U'\u00B7'; });
  if (!is_name) return std::nullopt;
  return repaired;
}

}  // namespace relief::matcher
