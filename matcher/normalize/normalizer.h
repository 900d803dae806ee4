// From what a source wrote to the canonical form, with a reason code for every repair.
//
// The public face of the folder: the headers of numbers, contacts and the stored form come with it.
//
// Pure functions over tables that are built from Unihan at build time; no locale, no clock, no I/O; callable
// from any thread. Nothing here rejects a record: what cannot be understood is left out, and noted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matcher/normalize/contact.h"    // IWYU pragma: export
#include "matcher/normalize/id_number.h"  // IWYU pragma: export
#include "matcher/normalize/identity.h"
#include "matcher/normalize/identity_codec.h"  // IWYU pragma: export

namespace relief::matcher {

// `repairs` (may be null) gets each code once, in order.
Identity Normalize(const RawIdentity& raw, std::vector<Repair>* repairs = nullptr);

Name NormalizeName(std::string_view text, std::vector<Repair>* repairs = nullptr);
IdNumber NormalizeIdNumber(DocumentKind kind, std::string_view text, std::vector<Repair>* repairs = nullptr);

}  // namespace relief::matcher
