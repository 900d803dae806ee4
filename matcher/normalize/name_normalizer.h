// Names. Private to matcher/normalize; the public face is NormalizeName in normalizer.h.
//
// The canonical text of a name is its tokens with U+00B7 between them; normalising it again gives the same
// name.
//   Han, one token   surname_length is 2 for a compound surname that at least one character follows, otherwise 1. It is 0
//                    for more than four characters that begin with no compound surname: a transliterated name without its
//                    dots. A lone character is a surname with nothing given (王先生); a lone wildcard is no name.
//   Han with dots    one token for each part, no surname. A space counts as a dot if both parts have two characters or
//                    more, the name has more than four, and the first part is no compound surname; otherwise it is dropped.
//   Latin            one token for each word, no surname. Latin inside a Han name (张wei) stays in its token.
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
