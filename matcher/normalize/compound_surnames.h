// Surnames of two characters. Private to matcher/normalize.
#pragma once

#include <string_view>

namespace relief::matcher {

bool IsCompoundSurname(std::u32string_view two_characters);

}  // namespace relief::matcher
