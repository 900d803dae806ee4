// What happened to a case, entry by entry. Append-only: also after the case closed.
//
// Append belongs to one transaction; reading may be done from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "storage/transaction.h"

namespace relief::server::review {

// Numbers and dates the entry, and writes it.
absl::StatusOr<v1::CaseEvent> AppendCaseEvent(storage::Transaction& txn, const std::string& conflict_id,
                                              v1::CaseEvent event, int64_t now_us);

absl::StatusOr<std::vector<v1::CaseEvent>> ReadCaseEvents(const storage::Reader& reader,
                                                          const std::string& conflict_id);

google::protobuf::Timestamp ToTime(int64_t time_us);
int64_t ToMicros(const google::protobuf::Timestamp& time);

}  // namespace relief::server::review
