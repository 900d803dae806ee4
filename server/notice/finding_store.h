// Findings as rows: how they are read.
//
// May be called from any thread.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"
#include "storage/store.h"

namespace relief::server {

bool MatchesFilter(const v1::FindingFilter& filter, const v1::Finding& finding);

absl::StatusOr<v1::Finding> GetFinding(const storage::Reader& reader, const std::string& finding_id);

// INVALID_ARGUMENT: the page token is not of this filter.
absl::StatusOr<v1::ListFindingsResponse> ListFindings(const storage::Reader& reader,
                                                      const v1::ListFindingsRequest& request);

// Calls `take` for each finding that the filter allows, in the order of their ids, until it returns false.
absl::Status ForEachFinding(const storage::Reader& reader, const v1::FindingFilter& filter,
                            const std::function<bool(const v1::Finding&)>& take);

}  // namespace relief::server
