// An operator's work on a durable store while it is in use: figures, verification, compaction, backups,
// keys.
//
// Every method may be called from any thread; those that do the same work wait for each other. None stops
// reads or commits for longer than it takes to write out the newest rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace relief::storage {

class Store;

struct StoreStats {
  uint64_t disk_bytes = 0;  // all files of the directory
  uint64_t disk_free_bytes = 0;
  uint64_t min_free_bytes = 0;
  uint64_t table_files = 0;
  uint64_t table_bytes = 0;
  uint64_t log_bytes = 0;
  uint64_t memtable_bytes = 0;
  uint64_t block_cache_bytes = 0;
  uint64_t block_cache_capacity_bytes = 0;
  uint64_t estimated_rows = 0;
  uint64_t pending_compaction_bytes = 0;
  uint64_t background_errors = 0;  // since it was opened
  uint64_t commits = 0;            // since it was opened
  uint64_t syncs = 0;              // since it was opened; commits share them
  bool takes_writes = true;        // false: a write failed, the store must be opened again
  bool disk_low = false;           // less than min_free_bytes is free
  std::string cipher;              // empty: not encrypted
};

struct BackupInfo {
  uint32_t id = 0;
  int64_t time_us = 0;   // microseconds since 1970
  uint64_t version = 0;  // it holds every commit up to here; those that came while it was taken perhaps
  uint64_t bytes = 0;    // with what it shares with others
  uint32_t files = 0;
  uint64_t copied_bytes = 0;  // that this one added; only known for a new one
};

struct DamagedFile {
  std::string file;
  std::string reason;
};

struct VerifyReport {
  std::vector<DamagedFile> damaged;
  uint64_t files = 0;
  uint64_t bytes = 0;
};

struct KeyReport {
  std::string newest_key_id;
  int64_t rewrapped_files = 0;
  std::map<std::string, int64_t> files_by_key;
};

class Maintenance {
 public:
  virtual ~Maintenance() = default;

  virtual StoreStats Stats() const = 0;

  // The ids of the master keys that files of the store need now. FAILED_PRECONDITION: the store is not
  // encrypted.
  virtual absl::StatusOr<std::map<std::string, int64_t>> FilesByKey() const = 0;

  // Reads all files against their checksums. Damage is in the report; an error is that something could not be
  // looked at.
  virtual absl::StatusOr<VerifyReport> Verify() const = 0;

  virtual absl::Status Compact() = 0;

  // True: gives back memory (most of the block cache, and rows not yet in tables once they are many); may be
  // repeated. False: the cache may grow to its configured size again.
  virtual void SetMemoryTight(bool tight) = 0;

  // A new backup beside the older ones in `directory`, under the keys of the store, read back before it is
  // told. More than `keep` (0: no limit) drops the oldest. RESOURCE_EXHAUSTED: the directory's disk has too
  // little space; DATA_LOSS: what was written reads back wrong.
  virtual absl::StatusOr<BackupInfo> Backup(const std::string& directory, uint32_t keep) = 0;

  // Newest first.
  virtual absl::StatusOr<std::vector<BackupInfo>> Backups(const std::string& directory) const = 0;

  virtual absl::StatusOr<VerifyReport> VerifyBackups(const std::string& directory) const = 0;

  // Restores backup `id` (0: the newest) into `scratch`, hands the opened store to `look`, and removes it
  // again.
  virtual absl::StatusOr<BackupInfo> TryRestore(
      const std::string& directory, uint32_t id, const std::string& scratch,
      const std::function<absl::Status(const Store&)>& look) const = 0;

  // Reads the key ring again, and puts the files of the store and of these backups under its newest key.
  // FAILED_PRECONDITION: the store is not encrypted.
  virtual absl::StatusOr<KeyReport> Rewrap(const std::vector<std::string>& backup_directories) = 0;
};

}  // namespace relief::storage
