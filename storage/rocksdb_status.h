// RocksDB's results in our words.
#pragma once

#include <rocksdb/status.h>

#include <string>

#include "absl/status/status.h"

namespace relief::storage {

inline absl::Status FromRocksDb(const rocksdb::Status& status, const std::string& what) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = what + ": " + status.ToString();
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

}  // namespace relief::storage
