// The rows of a table on their way to the hub, as a part of a load, and what is told of them.
//
// One thread calls; callbacks may run on another one.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "adapters/intake/rejected_rows.h"
#include "adapters/load_unit.h"
#include "relief/v1/intake_service.pb.h"

namespace relief::server::intake {

struct FeedingOptions {
  adapters::LoadUnit* load = nullptr;
  adapters::TableToFeed table;
  bool dry_run = false;
  std::function<void(int percent)> progress;
  std::function<bool()> stopped;  // asked now and then: true ends it with CANCELLED
  adapters::RejectedRows* rejected = nullptr;
};

// Every row is counted in the outcome. An error is the file's (DATA_LOSS), or the hub's, which then sets `*refused`.
absl::StatusOr<v1::UploadOutcome> FeedTable(const FeedingOptions& options, bool* refused);

}  // namespace relief::server::intake
