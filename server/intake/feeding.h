// The rows of an understood file on their way: tried, or fed to the hub as the officer's own push.
//
// One thread calls; callbacks may run on another one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/record_source.h"
#include "relief/v1/feed_service.grpc.pb.h"
#include "relief/v1/intake_service.pb.h"
#include "server/intake/rejected_rows.h"
#include "storage/store.h"

namespace relief::server::intake {

struct FeedingOptions {
  v1::FeedService::StubInterface* stub = nullptr;  // none: a dry run
  std::string source_id, region_prefix;
  v1::TableReading reading = v1::TABLE_CHANGES;
  int64_t version = 0;
  std::function<void(int percent)> progress;
  std::function<bool()> stopped;  // asked now and then: true ends it with CANCELLED
  RejectedRows* rejected = nullptr;
};

// Every row is counted in the outcome. An error is the hub's, or the file's (DATA_LOSS).
absl::StatusOr<v1::UploadOutcome> FeedTable(adapters::RecordSource& source, const FeedingOptions& options);

// The first months that the hub holds of a source's awards, by record id: a list without such a column leaves them as they are.
absl::Status ReadFirstMonths(const storage::Reader& reader, const std::string& source_id,
                             std::map<std::string, v1::Month>* months);

}  // namespace relief::server::intake
