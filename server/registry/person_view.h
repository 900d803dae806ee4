// One person as the hub sees it: records, open findings, conflicts; and the check of an applicant before an
// award.
//
// Whole: security/guard.h cuts and masks what leaves the hub. Pure reading of committed data; callable from
// any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/registry_service.pb.h"
#include "server/coverage/coverage.h"
#include "storage/store.h"

namespace relief::server::registry {

// NOT_FOUND: no such person. Old ids are followed.
absl::StatusOr<v1::Person> ReadPerson(const storage::Reader& reader, const std::string& person_id);
// The same as it was known at an instant (microseconds since 1970): NOT_FOUND also where the hub did not know
// the person then.
absl::StatusOr<v1::Person> ReadPersonAsKnownAt(const storage::Reader& reader, const std::string& person_id,
                                               int64_t time_us);
absl::StatusOr<v1::HouseholdView> ReadHouseholdOf(const storage::Reader& reader,
                                                  const std::string& person_id);
absl::StatusOr<v1::Person> ReadPersonOfRecord(const storage::Reader& reader, const v1::RecordName& record);

// INVALID_ARGUMENT names the field.
absl::Status CheckPurpose(const v1::Purpose& purpose);

// Without feeds they can say everything.
absl::StatusOr<v1::CheckApplicantResponse> CheckApplicant(const storage::Reader& reader,
                                                          const matcher::Model& model,
                                                          const coverage::RuleSet& rules,
                                                          matcher::CivilDate as_of,
                                                          const v1::CheckApplicantRequest& request,
                                                          const coverage::Feeds* feeds = nullptr);

// Why a row cannot be asked about; empty: it can.
using RowErrors = std::function<std::vector<v1::FieldError>(const v1::CheckApplicantsRequest::Row&)>;
absl::StatusOr<v1::CheckApplicantsResponse> CheckApplicants(
    const storage::Reader& reader, const matcher::Model& model, const coverage::RuleSet& rules,
    matcher::CivilDate as_of, const v1::CheckApplicantsRequest& request, const RowErrors& errors_of,
    const coverage::Feeds* feeds = nullptr);

// Every live record with its person, in the order of (source, record id), until `take` returns false.
absl::Status ForEachAssignment(const storage::Reader& reader,
                               const std::function<bool(const v1::Assignment&)>& take);

}  // namespace relief::server::registry
