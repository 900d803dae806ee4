// Why the records of a source were refused: counted by field and reason, with the ids of the newest, so that
// whoever keeps the export knows what to correct first. Nothing else of a refused record is kept.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/feed_service.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::ingest {

// Adds a batch's refusals, in the transaction that applies the batch.
absl::Status CountRejections(storage::Transaction& txn, const std::string& source_id,
                             const google::protobuf::RepeatedPtrField<v1::Rejection>& rejected,
                             int64_t now_us);

// NOT_FOUND: no such source. Callable from any thread.
absl::StatusOr<v1::ListRejectionsResponse> ListRejections(const storage::Reader& reader,
                                                          const std::string& source_id);

}  // namespace relief::server::ingest
