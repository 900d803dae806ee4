// The durable store: RocksDB in a directory of its own.
//
// A commit is on disk (WAL synced) before Apply returns. Commits that arrive together are written together,
// with one fsync. What a crash leaves at the end of a log is accepted; anything else that is damaged is
// refused at opening, with the file's name: RocksDB alone would silently drop acknowledged commits behind a
// flipped bit (log_check.h).
//
// A failed write or fsync is never retried: the store refuses further writes (UNAVAILABLE) until it is opened
// again, and says so to `log` as "store.stopped".
//
// With encryption every file is encrypted under a key of its own (encryption/file_encryption.h), backups too.
// A directory is encrypted from its first day or not at all; to change that, restore a backup into a new one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/encryption/encryption_options.h"
#include "storage/store.h"

namespace relief::storage {

// Events of the store: "store.stopped" (a write failed), "store.background_error", "store.torn_log" (a crash
// left an unfinished record), "store.swept" (a crash left files without content). From any thread; never
// personal data.
using StoreLog = std::function<void(std::string_view event,
                                    const std::vector<std::pair<std::string_view, std::string>>& fields)>;

struct RocksDbOptions {
  std::string path;
  bool create_if_missing = true;
  uint64_t block_cache_bytes = uint64_t{256} << 20;
  uint64_t write_buffer_bytes = uint64_t{64} << 20;
  // Below this much free space on the disk, commits are refused with RESOURCE_EXHAUSTED; reads go on, and
  // commits of a few rows (what a read leaves in the audit chain) until half of it is left.
  uint64_t min_free_bytes = uint64_t{256} << 20;
  bool sync = true;  // false only where losing the last commits does not matter
  std::optional<EncryptionOptions> encryption;
  StoreLog log = [](std::string_view, const auto&) {};
};

// FAILED_PRECONDITION: another process has the directory open; format, encryption or keys do not fit.
// DATA_LOSS: the data are damaged; restore a backup.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStore(const RocksDbOptions& options);

}  // namespace relief::storage
