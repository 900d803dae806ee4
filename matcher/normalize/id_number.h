// Document numbers: private to matcher/normalize; the public faces are in normalizer.h.
#pragma once

#include <string_view>

#include "matcher/normalize/identity.h"
#include "matcher/normalize/repair_set.h"

namespace relief::matcher {

IdNumber CleanIdNumber(DocumentKind kind, std::string_view text, RepairSet* repairs);

// Whether the birth date or sex that the number says speaks against its belonging to the person with the
// stated ones. Slips of the pen in the stated date do not: see the source.
bool BelongsToSomebodyElse(const IdNumber& id, const std::optional<CivilDate>& stated_birth, Sex stated_sex);

// A first-level division of GB/T 2260: 11..15, 21..23, 31..37, 41..46, 50..54, 61..65, 71, 81, 82, 83
// (permits), 91 (abroad).
bool IsProvinceCode(std::string_view two_digits);

}  // namespace relief::matcher
