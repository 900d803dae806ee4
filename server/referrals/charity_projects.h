// The rows of projects that matching reads. Private to server/referrals.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/charity_service.pb.h"
#include "storage/store.h"

namespace relief::server::referrals {

// NOT_FOUND: no such project, or not one of `actor`: who asks for another's learns nothing of it.
absl::StatusOr<v1::CharityProject> ReadProjectOf(const storage::Reader& reader, const std::string& project_id,
                                                 const std::string& actor);

bool IsValidOn(const v1::CharityProject& project, matcher::CivilDate day);

}  // namespace relief::server::referrals
