#include "storage/rocksdb_maintenance.h"

#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>
#include <sys/statvfs.h>

#include <filesystem>

#include "storage/encryption/header_files.h"
#include "storage/rocksdb_backup.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

constexpr char kNotEncrypted[] = "the store is not encrypted";

uint64_t Property(rocksdb::DB& db, const std::string& name) {
  uint64_t value = 0;
  db.GetIntProperty(name, &value);
  return value;
}

bool IsWrittenOnce(const std::string& name) { return name == "IDENTITY" || name.starts_with("OPTIONS-"); }

}  // namespace

RocksDbMaintenance::RocksDbMaintenance(const RocksDbOptions& options, const rocksdb::Options& opened,
                                       const FileAccess& files, rocksdb::DB& db, StoreCounters& counters,
                                       Opener open)
    : options_(options),
      opened_(opened),
      files_(files),
      db_(db),
      counters_(counters),
      open_(std::move(open)) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options.path, error)) {
    const std::string name = entry.path().filename().string();
    std::string content;
    if (IsWrittenOnce(name) && rocksdb::ReadFileToString(files.env(), entry.path().string(), &content).ok())
      written_once_[name] = std::move(content);
  }
}

StoreStats RocksDbMaintenance::Stats() const {
  StoreStats stats;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options_.path, error)) {
    std::error_code gone;
    const uint64_t size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
    if (gone) continue;
    stats.disk_bytes += size;
    if (entry.path().extension() == ".log") stats.log_bytes += size;
  }
  struct statvfs disk;
  if (::statvfs(options_.path.c_str(), &disk) == 0)
    stats.disk_free_bytes = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  stats.min_free_bytes = options_.min_free_bytes;
  stats.disk_low = stats.disk_free_bytes < options_.min_free_bytes;
  std::vector<rocksdb::LiveFileMetaData> tables;
  db_.GetLiveFilesMetaData(&tables);
  stats.table_files = tables.size();
  for (const auto& table : tables) stats.table_bytes += table.size;
  stats.memtable_bytes = Property(db_, rocksdb::DB::Properties::kCurSizeAllMemTables);
  stats.block_cache_bytes = Property(db_, rocksdb::DB::Properties::kBlockCacheUsage);
  stats.block_cache_capacity_bytes = Property(db_, rocksdb::DB::Properties::kBlockCacheCapacity);
  stats.estimated_rows = Property(db_, rocksdb::DB::Properties::kEstimateNumKeys);
  stats.pending_compaction_bytes = Property(db_, rocksdb::DB::Properties::kEstimatePendingCompactionBytes);
  stats.background_errors = counters_.background_errors;
  stats.commits = counters_.commits;
  stats.syncs = counters_.syncs;
  stats.takes_writes = !counters_.failed;
  if (files_.encryption) stats.cipher = CipherName(files_.encryption->cipher());
  return stats;
}

absl::StatusOr<std::map<std::string, int64_t>> RocksDbMaintenance::FilesByKey() const {
  if (!files_.encryption) return absl::FailedPreconditionError(kNotEncrypted);
  return CountFilesByKey(options_.path, *files_.encryption->ring());
}

absl::StatusOr<VerifyReport> RocksDbMaintenance::Verify() const {
  VerifyReport report;
  RELIEF_RETURN_IF_ERROR(VerifyTables(&report));
  // The newest log grows while it is read: an unfinished record at its end is no event.
  const StoreLog quiet = [](std::string_view, const auto&) {};
  RELIEF_RETURN_IF_ERROR(CheckLogs(options_.path, files_, quiet, &report));
  VerifySmallFiles(&report);
  return report;
}

absl::Status RocksDbMaintenance::VerifyTables(VerifyReport* report) const {
  // No table may go while it is read.
  if (const auto held = db_.DisableFileDeletions(); !held.ok())
    return FromRocksDb(held, "the tables cannot be held");
  std::vector<rocksdb::LiveFileMetaData> tables;
  db_.GetLiveFilesMetaData(&tables);
  for (const auto& table : tables) {
    rocksdb::SstFileReader reader(opened_);
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::string path = options_.path + table.name;
    rocksdb::Status status = reader.Open(path);
    if (status.ok()) status = reader.VerifyChecksum(options);
    std::error_code error;
    if (status.ok() && fs::file_size(path, error) < table.size)
      status = rocksdb::Status::Corruption("shorter than it was written");
    ++report->files;
    report->bytes += table.size;
    if (!status.ok()) report->damaged.push_back({table.name.substr(1), status.ToString()});
  }
  return FromRocksDb(db_.EnableFileDeletions(/*force=*/false), "the tables cannot be let go");
}

void RocksDbMaintenance::VerifySmallFiles(VerifyReport* report) const {
  for (const auto& [name, content] : written_once_) {
    std::string now;
    const rocksdb::Status status = rocksdb::ReadFileToString(files_.env(), options_.path + "/" + name, &now);
    if (status.IsNotFound() || status.IsPathNotFound()) continue;  // replaced by newer options
    ++report->files;
    report->bytes += content.size();
    if (!status.ok()) {
      report->damaged.push_back({name, status.ToString()});
    } else if (now != content) {
      report->damaged.push_back({name, "it is not what was written"});
    }
  }
}

absl::Status RocksDbMaintenance::Compact() {
  std::lock_guard lock(mutex_);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  return FromRocksDb(db_.CompactRange(options, nullptr, nullptr), "the compaction failed");
}

void RocksDbMaintenance::SetMemoryTight(bool tight) {
  constexpr size_t kSmallShare = 8;
  constexpr uint64_t kManyRows = 8 << 20;  // fewer would make many small tables
  const auto* table = opened_.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  table->block_cache->SetCapacity(tight ? options_.block_cache_bytes / kSmallShare
                                        : options_.block_cache_bytes);
  if (tight && Property(db_, rocksdb::DB::Properties::kCurSizeAllMemTables) >= kManyRows)
    db_.Flush(rocksdb::FlushOptions()).PermitUncheckedError();  // a failure stops the store by itself
}

absl::StatusOr<BackupInfo> RocksDbMaintenance::Backup(const std::string& directory, uint32_t keep) {
  std::lock_guard lock(mutex_);
  return CreateBackup(db_, files_, directory, counters_.version, keep);
}

absl::StatusOr<std::vector<BackupInfo>> RocksDbMaintenance::Backups(const std::string& directory) const {
  std::lock_guard lock(mutex_);
  return ReadBackups(files_, directory);
}

absl::StatusOr<VerifyReport> RocksDbMaintenance::VerifyBackups(const std::string& directory) const {
  std::lock_guard lock(mutex_);
  return VerifyBackupFiles(files_, directory);
}

absl::StatusOr<BackupInfo> RocksDbMaintenance::TryRestore(
    const std::string& directory, uint32_t id, const std::string& scratch,
    const std::function<absl::Status(const Store&)>& look) const {
  std::lock_guard lock(mutex_);
  auto info = RestoreFiles(files_, directory, id, files_, scratch);
  if (!info.ok()) return info.status();
  RocksDbOptions options = options_;
  options.path = scratch;
  options.create_if_missing = false;
  options.block_cache_bytes = 8 << 20;
  absl::Status looked;
  {
    auto store = open_(options);
    looked = store.ok() ? look(**store) : store.status();
  }
  std::error_code error;
  fs::remove_all(scratch, error);
  if (!looked.ok()) return looked;
  return info;
}

absl::StatusOr<KeyReport> RocksDbMaintenance::Rewrap(const std::vector<std::string>& backup_directories) {
  if (!files_.encryption) return absl::FailedPreconditionError(kNotEncrypted);
  std::lock_guard lock(mutex_);
  RELIEF_RETURN_IF_ERROR(files_.encryption->Reload());
  const auto ring = files_.encryption->ring();
  KeyReport report;
  report.newest_key_id = ring->newest().id;
  std::vector<std::string> directories = backup_directories;
  directories.push_back(options_.path);
  for (const std::string& directory : directories) {
    RELIEF_ASSIGN_OR_RETURN(auto rewrapped, RewrapFiles(directory, *ring));
    report.rewrapped_files += rewrapped;
    RELIEF_ASSIGN_OR_RETURN(auto counts, CountFilesByKey(directory, *ring));
    for (const auto& [id, files] : counts) report.files_by_key[id] += files;
  }
  return report;
}

}  // namespace relief::storage
