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

#include <memory>

#include "absl/status/statusor.h"
#include "storage/rocksdb_options.h"
#include "storage/store.h"

namespace relief::storage {

// FAILED_PRECONDITION: another process has the directory open; format, encryption or keys do not fit.
// DATA_LOSS: the data are damaged; restore a backup.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStore(const RocksDbOptions& options);

}  // namespace relief::storage
