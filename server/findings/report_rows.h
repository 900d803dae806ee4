// Keys of the rows that reports and lists of findings keep; made again from the findings' history where
// their format changes.
// ARCHITECTURE.md, "On disk", tells the same in a table.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "storage/store.h"

namespace relief::server::findings {

// Makes them again. For a hub that starts, before it judges everybody; may be interrupted and begun again.
absl::Status RemakeReportRows(storage::Store& store);

// Deletes every row of a prefix, in commits of a bounded size.
absl::Status ClearRows(storage::Store& store, std::string_view prefix);

}  // namespace relief::server::findings

namespace relief::server::schema {

inline constexpr std::string_view kTallyPrefix = "hg";         // server/findings/tally.cc
inline constexpr std::string_view kAnswerPrefix = "hG";        // server/findings/answers.cc
inline constexpr std::string_view kFeedPrefix = "hF";          // server/findings/feed_rows.cc
inline constexpr std::string_view kFindingIndexPrefix = "hi";  // server/findings/finding_index.cc
inline constexpr std::string_view kReportRunsPrefix =
    "hR";  // stored::ReportRuns (server/reports/schedule_runner.cc)
inline constexpr std::string_view kAllFindingEventsPrefix = "he";

}  // namespace relief::server::schema
