// Maintenance of an open RocksDB store.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/maintenance.h"
#include "storage/rocksdb_directory.h"
#include "storage/store.h"

namespace relief::storage {

// The counters of the store that its maintenance reports.
struct StoreCounters {
  std::atomic<uint64_t> version{0};  // of the last commit
  std::atomic<uint64_t> commits{0}, syncs{0}, background_errors{0};
  std::atomic<bool> failed{false};
};

class RocksDbMaintenance final : public Maintenance {
 public:
  // Opens another store, for a look at a restored backup.
  using Opener = std::function<absl::StatusOr<std::unique_ptr<Store>>(const RocksDbOptions&)>;

  // `opened` is what the database was opened with. Requires: all of it outlives this object.
  RocksDbMaintenance(const RocksDbOptions& options, const rocksdb::Options& opened, const FileAccess& files,
                     rocksdb::DB& db, StoreCounters& counters, Opener open);

  StoreStats Stats() const override;
  absl::StatusOr<std::map<std::string, int64_t>> FilesByKey() const override;
  absl::StatusOr<VerifyReport> Verify() const override;
  absl::Status Compact() override;
  void SetMemoryTight(bool tight) override;
  absl::StatusOr<BackupInfo> Backup(const std::string& directory, uint32_t keep) override;
  absl::StatusOr<std::vector<BackupInfo>> Backups(const std::string& directory) const override;
  absl::StatusOr<VerifyReport> VerifyBackups(const std::string& directory) const override;
  absl::StatusOr<BackupInfo> TryRestore(const std::string& directory, uint32_t id, const std::string& scratch,
                                        const std::function<absl::Status(const Store&)>& look) const override;
  absl::StatusOr<KeyReport> Rewrap(const std::vector<std::string>& backup_directories) override;

 private:
  absl::Status VerifyTables(VerifyReport* report) const;
  void VerifySmallFiles(VerifyReport* report) const;

  const RocksDbOptions& options_;
  const rocksdb::Options& opened_;
  const FileAccess& files_;
  rocksdb::DB& db_;
  StoreCounters& counters_;
  const Opener open_;
  mutable std::mutex mutex_;  // one backup, compaction or rewrapping at a time
  // Files that RocksDB writes once and never reads again while it runs, by name: what they said at opening.
  std::map<std::string, std::string> written_once_;
};

}  // namespace relief::storage
