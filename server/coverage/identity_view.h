// What the records of a person say of birth, sex and number. Normalising costs as much as all rules together,
// so that it is done only when a rule asks. Callable from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "matcher/normalize/identity.h"
#include "server/coverage/item.h"

namespace relief::coverage {

// The number, birth date and sex of one record as the matcher takes them; the rest is left empty.
matcher::RawIdentity RawIdentityOf(const v1::PersonIdentity& person);

// The same in canonical form.
matcher::Identity IdentityOf(const v1::PersonIdentity& person);

// The birth date that most of the records tell, stated or by their own number; of two told equally often the
// earlier.
std::optional<matcher::CivilDate> BirthDateOf(std::span<const Item> records);

// A name in canonical characters, its parts joined by dots; empty if there is none.
std::string CanonicalName(const std::string& text);

// What departments write wrongly of a right name, of two names in canonical characters: characters that sound
// or look alike, one that cannot be read or was left out, two that changed places, a part left out. Names in
// two scripts say nothing of one another.
bool IsNameSlip(const std::string& a, const std::string& b);

// The sex that most of the records tell, stated or by their own number; kUnknown if none does, or as many tell the
// other.
matcher::Sex SexOf(std::span<const Item> records);

}  // namespace relief::coverage
