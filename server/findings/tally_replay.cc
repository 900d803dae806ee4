// The counts of reports, from the history of the findings.
#include "server/findings/finding_history.h"
#include "server/findings/finding_index.h"
#include "server/findings/report_rows.h"
#include "server/findings/tally.h"

namespace relief::server::findings {

absl::StatusOr<Tally> ReplayFindings(const storage::Reader& reader, int64_t until_us) {
  Tally tally;
  absl::Status status = WalkHistory(
      reader, until_us,
      [&](const v1::Finding* before, const v1::Finding& after, int64_t time_us) {
        tally.Change(before, &after, time_us);
      },
      [](const v1::Finding&) { return true; });
  if (!status.ok()) return status;
  return tally;
}

absl::Status ClearRows(storage::Store& store, std::string_view prefix) {
  constexpr size_t kPage = 5000;
  while (true) {
    auto rows = store.Scan(prefix, "", kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    storage::Transaction txn(store);
    for (const storage::KeyRow& row : *rows) txn.Delete(row.key);
    if (auto committed = txn.Commit(); !committed.ok()) return committed.status();
  }
}

absl::Status RemakeTally(storage::Store& store) {
  if (absl::Status status = ClearRows(store, schema::kTallyPrefix); !status.ok()) return status;
  auto tally = ReplayFindings(store, kUntilNow);
  if (!tally.ok()) return tally.status();
  return tally->WriteAll(store);
}

absl::Status RemakeReportRows(storage::Store& store) {
  // Answers are counted again when everybody is judged, and feeds with the records, right after this.
  for (const std::string_view prefix : {schema::kAnswerPrefix, schema::kFeedPrefix})
    if (absl::Status status = ClearRows(store, prefix); !status.ok()) return status;
  if (absl::Status status = RemakeTally(store); !status.ok()) return status;
  return RemakeFindingIndex(store);
}

}  // namespace relief::server::findings
