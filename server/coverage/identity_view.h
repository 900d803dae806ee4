// What the records of a person say of birth, sex and number. Normalising costs as much as all rules together,
// so that it is done only when a rule asks. Callable from any thread.
#pragma once

#include <optional>
#include <span>

#include "matcher/normalize/identity.h"
#include "server/coverage/coverage.h"

namespace relief::coverage {

class PersonRecords;

// The number, birth date and sex of one record as the matcher takes them; the rest is left empty.
matcher::RawIdentity RawIdentityOf(const v1::PersonIdentity& person);

// The same in canonical form.
matcher::Identity IdentityOf(const v1::PersonIdentity& person);

// The birth date that most records tell, stated or by their own number; of two told equally often the
// earlier.
std::optional<matcher::CivilDate> BirthDateOf(const PersonRecords& person);

}  // namespace relief::coverage
