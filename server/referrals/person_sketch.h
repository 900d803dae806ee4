// The little of a person that referrals and charities go by: how old, and what is held. Callable from any
// thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/types.pb.h"
#include "storage/store.h"

namespace relief::server::referrals {

struct PersonSketch {
  std::string person_id;  // the person's id now
  // By a trusted number of any of the records, or else as the first record states it.
  std::optional<matcher::CivilDate> birth;
  // A benefit of it runs in the month of `as_of`, or was paid in the twelve months before.
  std::set<v1::Programme> held;

  // In full years; nothing if the birth date is not known, or later.
  std::optional<int> AgeOn(matcher::CivilDate day) const;
};

// NOT_FOUND: no record of that person is left.
absl::StatusOr<PersonSketch> SketchPerson(const storage::Reader& reader, const std::string& person_id,
                                          matcher::CivilDate as_of);

}  // namespace relief::server::referrals
