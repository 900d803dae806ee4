// Phones, addresses and region codes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace relief::matcher {

// The phones in one field, which may hold several ("138...、139...").
std::vector<std::string_view> SplitPhones(std::string_view text);

// Digits only; a mobile number loses +86/0086/86. Empty if fewer than 7 digits remain, or all are the same.
std::string NormalizePhone(std::string_view text);

// NFKC, standard characters, lower case; no white space, punctuation or symbols.
std::u32string NormalizeAddress(std::string_view text);

// The first six digits of a GB/T 2260 code of 6, 9 or 12 digits (county, town, village); empty for everything
// else.
std::string NormalizeRegion(std::string_view text);

}  // namespace relief::matcher
