#include "server/review/case_history.h"

#include "server/base/time.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr size_t kMostEvents = 10'000;

}  // namespace

absl::StatusOr<std::vector<v1::CaseEvent>> ReadCaseEvents(const storage::Reader& reader,
                                                          const std::string& conflict_id) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(review_rows::EventPrefix(conflict_id), {}, kMostEvents));
  std::vector<v1::CaseEvent> events;
  for (const storage::KeyRow& row : rows)
    if (!events.emplace_back().ParseFromString(row.row.value))
      return absl::DataLossError("the history of a case is damaged");
  return events;
}

absl::StatusOr<v1::CaseEvent> AppendCaseEvent(storage::Transaction& txn, const std::string& conflict_id,
                                              v1::CaseEvent event, int64_t now_us) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, txn.Scan(review_rows::EventPrefix(conflict_id), {}, kMostEvents));
  if (rows.size() >= kMostEvents) return absl::ResourceExhaustedError("the history of this case is full");
  event.set_sequence(static_cast<int64_t>(rows.size()) + 1);
  *event.mutable_time() = ToTimestamp(now_us);
  txn.Put(review_rows::EventRow(conflict_id, event.sequence()), event.SerializeAsString());
  return event;
}

}  // namespace relief::server::review
