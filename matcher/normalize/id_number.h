// Document numbers. NormalizeIdNumber (normalizer.h) is the entry for one number outside matcher/normalize.
#pragma once

#include <string_view>

#include "matcher/normalize/identity.h"
#include "matcher/normalize/repair_set.h"

namespace relief::matcher {

// The check character of GB 11643 (ISO 7064 MOD 11-2) for 17 digits.
char ResidentIdCheckDigit(std::string_view seventeen_digits);

IdNumber CleanIdNumber(DocumentKind kind, std::string_view text, RepairSet* repairs);

// Whether the birth date or sex that the number says speaks against its belonging to the person with the
// stated ones. Slips of the pen in the stated date do not: see the source.
bool BelongsToSomebodyElse(const IdNumber& id, const std::optional<CivilDate>& stated_birth, Sex stated_sex);

// A first-level division of GB/T 2260: 11..15, 21..23, 31..37, 41..46, 50..54, 61..65, 71, 81, 82, 83
// (permits), 91 (abroad).
bool IsProvinceCode(std::string_view two_digits);

}  // namespace relief::matcher
