// The durable store: RocksDB in a directory of its own.
//
// A commit is on disk (WAL synced) before Apply returns. Commits that arrive together are written together,
// with one fsync. The write-ahead log is opened in the mode that tolerates a torn tail, the mark of an
// ordinary crash, and refuses anything else that is damaged: RocksDB's default would silently drop
// acknowledged commits behind a flipped byte.
//
// A failed write or fsync is never retried: the store refuses further writes (UNAVAILABLE) until it is opened
// again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace relief::storage {

struct RocksDbOptions {
  std::string path;
  bool create_if_missing = true;
  uint64_t block_cache_bytes = uint64_t{256} << 20;
  // Below this much free space on the disk, commits are refused with RESOURCE_EXHAUSTED; reads go on.
  uint64_t min_free_bytes = uint64_t{256} << 20;
  bool sync = true;  // false only where losing the last commits does not matter
};

// FAILED_PRECONDITION: another process has the directory open. DATA_LOSS: the data are damaged; restore a
// backup.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStore(const RocksDbOptions& options);

}  // namespace relief::storage
