// Surnames of one character.
#pragma once

namespace relief::matcher {

// Whether a Han name may begin with this surname. Names that begin otherwise are mostly the transliterated names of other
// nations, or have a broken first character. Pure; callable from any thread.
bool IsSurname(char32_t c);

}  // namespace relief::matcher
