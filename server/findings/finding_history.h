// The history of all findings, in one pass: what each was at an instant, and every step on the way there.
//
// May be called from any thread.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "relief/v1/finding_service.pb.h"
#include "storage/store.h"

namespace relief::server::findings {

// As the rows of the findings are, whatever the history says.
inline constexpr int64_t kUntilNow = INT64_MAX;

// For each finding that existed at `until_us`, in the order of ids: `step` for each change up to then (before
// is null at the first), then `last` with what it was; stops when `last` returns false.
absl::Status WalkHistory(
    const storage::Reader& reader, int64_t until_us,
    const std::function<void(const v1::Finding* before, const v1::Finding& after, int64_t time_us)>& step,
    const std::function<bool(const v1::Finding&)>& last);

}  // namespace relief::server::findings
