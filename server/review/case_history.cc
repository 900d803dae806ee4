#include "server/review/case_history.h"

#include "server/review/review_rows.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr size_t kMostEvents = 10'000;

}  // namespace

google::protobuf::Timestamp ToTime(int64_t time_us) {
  google::protobuf::Timestamp time;
  time.set_seconds(time_us / 1'000'000);
  time.set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1000);
  return time;
}

int64_t ToMicros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

absl::StatusOr<std::vector<v1::CaseEvent>> ReadCaseEvents(const storage::Reader& reader,
                                                          const std::string& conflict_id) {
  auto rows = reader.Scan(review_rows::EventPrefix(conflict_id), {}, kMostEvents);
  if (!rows.ok()) return rows.status();
  std::vector<v1::CaseEvent> events;
  for (const storage::KeyRow& row : *rows)
    if (!events.emplace_back().ParseFromString(row.row.value))
      return absl::DataLossError("the history of a case is damaged");
  return events;
}

absl::StatusOr<v1::CaseEvent> AppendCaseEvent(storage::Transaction& txn, const std::string& conflict_id,
                                              v1::CaseEvent event, int64_t now_us) {
  auto rows = txn.Scan(review_rows::EventPrefix(conflict_id), {}, kMostEvents);
  if (!rows.ok()) return rows.status();
  if (rows->size() >= kMostEvents) return absl::ResourceExhaustedError("the history of this case is full");
  event.set_sequence(static_cast<int64_t>(rows->size()) + 1);
  *event.mutable_time() = ToTime(now_us);
  txn.Put(review_rows::EventRow(conflict_id, event.sequence()), event.SerializeAsString());
  return event;
}

}  // namespace relief::server::review
