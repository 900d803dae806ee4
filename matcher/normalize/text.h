// UTF-8 and the few character classes that normalisation asks for. Pure functions, callable from any thread.
#pragma once

#include <string>
#include <string_view>

namespace relief::matcher {

// Each byte that is not part of well-formed UTF-8 becomes U+FFFD.
std::u32string DecodeUtf8(std::string_view text);

// Surrogates and values beyond U+10FFFF become U+FFFD.
std::string EncodeUtf8(std::u32string_view text);

// Full-width ASCII (U+FF01..FF5E) and the ideographic space to ASCII; everything else as it is.
char32_t FoldWidth(char32_t c);

// Normalisation form NFKC. Text of plain ASCII and unified Han characters is returned without asking ICU.
std::u32string Nfkc(std::u32string_view text);

bool IsSpace(char32_t c);
// Takes no room and means nothing in our fields: control and format characters, zero-width spaces, byte order
// marks, variation selectors.
bool IsInvisible(char32_t c);
bool IsPrivateUse(char32_t c);
bool IsLetter(char32_t c);  // of any script, marks included
char32_t ToLower(char32_t c);

}  // namespace relief::matcher
