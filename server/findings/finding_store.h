// Findings as rows: how they are read.
//
// May be called from any thread.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"
#include "storage/store.h"

namespace relief::server::findings {

bool MatchesFilter(const v1::FindingFilter& filter, const v1::Finding& finding);

absl::StatusOr<v1::Finding> GetFinding(const storage::Reader& reader, const std::string& finding_id);

// A page in the order and as of the instant that are asked for. INVALID_ARGUMENT: the page token is not of
// this query.
absl::StatusOr<v1::ListFindingsResponse> ListFindings(const storage::Reader& reader,
                                                      const v1::ListFindingsRequest& request);

// How many the filter allows; its person is not looked at.
absl::StatusOr<int64_t> CountFindings(const storage::Reader& reader, const v1::FindingFilter& filter);

// Calls `take` for each finding that the filter allows, in the order of their ids, until it returns false.
absl::Status ForEachFinding(const storage::Reader& reader, const v1::FindingFilter& filter,
                            const std::function<bool(const v1::Finding&)>& take);
// The same behind an id, and as the findings were at an instant.
absl::Status ForEachFindingAfter(const storage::Reader& reader, const v1::FindingFilter& filter,
                                 const std::string& after_id,
                                 const std::function<bool(const v1::Finding&)>& take);
absl::Status ForEachFindingAsKnownAt(const storage::Reader& reader, const v1::FindingFilter& filter,
                                     int64_t time_us, const std::function<bool(const v1::Finding&)>& take);

}  // namespace relief::server::findings
