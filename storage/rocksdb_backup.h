// Backups by RocksDB's BackupEngine: tables are shared between backups, so that each copies only what is new.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/maintenance.h"
#include "storage/rocksdb_directory.h"

namespace relief::storage {

absl::StatusOr<BackupInfo> CreateBackup(rocksdb::DB& db, const FileAccess& files,
                                        const std::string& directory, uint64_t version, uint32_t keep);

absl::StatusOr<std::vector<BackupInfo>> ReadBackups(const FileAccess& files, const std::string& directory);

absl::StatusOr<VerifyReport> VerifyBackupFiles(const FileAccess& files, const std::string& directory);

// Into a directory that is empty or not there; `read` opens the backup, `write` the restored files.
absl::StatusOr<BackupInfo> RestoreFiles(const FileAccess& read, const std::string& directory, uint32_t id,
                                        const FileAccess& write, const std::string& path);

}  // namespace relief::storage
