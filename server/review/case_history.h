// The history of a case, entry by entry. Append-only, and kept after the case is closed.
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

}  // namespace relief::server::review
