// From what a source wrote to the canonical form, with a reason code for every repair.
//
// Pure functions over tables that are built from Unihan at build time; no locale, no clock, no I/O; callable
// from any thread. Nothing here rejects a record: what cannot be understood is left out, and noted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matcher/normalize/identity.h"

namespace relief::matcher {

// `repairs` (may be null) gets each code once, in order.
Identity Normalize(const RawIdentity& raw, std::vector<Repair>* repairs = nullptr);

Name NormalizeName(std::string_view text, std::vector<Repair>* repairs = nullptr);
IdNumber NormalizeIdNumber(DocumentKind kind, std::string_view text, std::vector<Repair>* repairs = nullptr);

// Digits only; a mobile number loses +86/0086/86. Empty if fewer than 7 digits remain, or all are the same.
std::string NormalizePhone(std::string_view text);

// The check character of GB 11643 (ISO 7064 MOD 11-2) for 17 digits.
char ResidentIdCheckDigit(std::string_view seventeen_digits);

// A compact, versioned binary form for the store. Decode fails on anything that Encode did not write.
std::string EncodeIdentity(const Identity& identity);
std::optional<Identity> DecodeIdentity(std::string_view bytes);

}  // namespace relief::matcher
