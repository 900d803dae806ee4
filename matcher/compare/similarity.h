// How alike two strings of characters are. Pure, symmetric, callable from any thread.
#pragma once

#include <string_view>

namespace relief::matcher {

// Winkler 1990: 0 (nothing in common) to 1 (equal); a common beginning of up to four characters counts more.
double JaroWinkler(std::u32string_view a, std::u32string_view b);

// Insertions, deletions, substitutions and exchanges of neighbours that turn one into the other (optimal
// string alignment), counted up to `limit`; `limit` + 1 where it takes more.
int EditDistance(std::u32string_view a, std::u32string_view b, int limit);

}  // namespace relief::matcher
