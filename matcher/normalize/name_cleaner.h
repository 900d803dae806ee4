// The first half of name normalisation: what stands around a name, and what its characters are. Private to
// matcher/normalize; name_normalizer.h puts the halves together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matcher/normalize/repair_set.h"

namespace relief::matcher {

// Invisible characters dropped, NFKC, lower case, private-use repairs, descriptions such as ⿰王莹 replaced
// by a wildcard.
std::u32string FoldCharacters(std::u32string_view text, RepairSet* repairs);

// Takes remarks in brackets, labels ("姓名:") and second names out of a folded name. Former names found on
// the way ("(曾用名李四)") are appended to `former_names`, which may be null.
std::u32string TakeRemarksOut(std::u32string_view text, std::vector<std::u32string>* former_names,
                              RepairSet* repairs);

// 先生, 女士, 同学 ... at the end of a name, which says no more about who it is. Returns the number of
// characters to drop.
size_t TitleLength(std::u32string_view name);

// 李四之妻: the row is about a relative of the person named, whose own name is not told.
bool IsSomebodysRelative(std::u32string_view name);

// 无, 不详, null ...: the field has been filled in with the news that there is no name.
bool IsNamePlaceholder(std::u32string_view name);

// ● · • and the other marks that are written between the parts of a transliterated name.
bool IsNameDot(char32_t c);

}  // namespace relief::matcher
