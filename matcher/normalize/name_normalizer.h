// Names. Private to matcher/normalize; the public face is NormalizeName in normalizer.h.
//
// The canonical text of a name is its tokens with U+00B7 between them; normalising it again gives the same
// name.
// - Han, one token: surname_length is 2 for a compound surname with at least one character after it, else 1;
// 0 for more than
//   four characters (a transliterated name whose dots were dropped) that begin with no compound surname. A
//   lone character is a surname with nothing given (王先生), a lone wildcard is no name at all.
// - Han with dots: a token for each part, no surname. A space stands for a dot if both parts have two
// characters or more, the
//   name more than four, and the first part is no compound surname; else it is dropped.
// - Latin: a token for each word, no surname; Latin inside a Han name (张wei) stays in its token.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matcher/normalize/identity.h"
#include "matcher/normalize/repair_set.h"

namespace relief::matcher {

// Former names that stand in the text, as they are written, are appended to `former_names`, which may be
// null.
Name ReadName(std::u32string_view text, std::vector<std::u32string>* former_names, RepairSet* repairs);

}  // namespace relief::matcher
