#include "storage/rocksdb_backup.h"

#include <rocksdb/utilities/backup_engine.h>

#include <charconv>
#include <filesystem>
#include <optional>

#include "storage/backup.h"
#include "storage/encryption/header_files.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersionField = "version ";

uint64_t BytesBelow(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    if (std::error_code gone; entry->is_regular_file(gone)) bytes += entry->file_size(gone);
  return bytes;
}

// No value: there is no backup yet.
std::optional<bool> HoldsEncrypted(const std::string& directory) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory + "/meta", error))
    if (const auto encrypted = IsEncryptedFile(entry.path().string())) return encrypted;
  return std::nullopt;
}

absl::Status CheckBackupEncryption(const FileAccess& files, const std::string& directory) {
  const auto encrypted = HoldsEncrypted(directory);
  if (!encrypted || *encrypted == (files.encryption != nullptr)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      *encrypted ? "the backups in " + directory + " are encrypted, but no encryption is configured"
                 : "the backups in " + directory +
                       " are not encrypted; encrypted ones need a directory of "
                       "their own");
}

rocksdb::BackupEngineOptions EngineOptions(const FileAccess& files, const std::string& directory) {
  rocksdb::BackupEngineOptions options(directory, files.env());
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.sync = true;
  return options;
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngine>> OpenEngine(const FileAccess& files,
                                                                  const std::string& directory) {
  RELIEF_RETURN_IF_ERROR(CheckBackupEncryption(files, directory));
  rocksdb::BackupEngine* engine = nullptr;
  const auto status = rocksdb::BackupEngine::Open(EngineOptions(files, directory), files.env(), &engine);
  if (!status.ok()) return FromRocksDb(status, "cannot open the backups in " + directory);
  return std::unique_ptr<rocksdb::BackupEngine>(engine);
}

// Changes nothing in the directory. `db_env`: what a restored store is written with.
absl::StatusOr<std::unique_ptr<rocksdb::BackupEngineReadOnly>> OpenReader(const FileAccess& files,
                                                                          const std::string& directory,
                                                                          rocksdb::Env* db_env) {
  if (!HoldsEncrypted(directory)) return absl::NotFoundError("there is no backup in " + directory);
  RELIEF_RETURN_IF_ERROR(CheckBackupEncryption(files, directory));
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const auto status = rocksdb::BackupEngineReadOnly::Open(EngineOptions(files, directory), db_env, &engine);
  if (!status.ok()) return FromRocksDb(status, "cannot open the backups in " + directory);
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

BackupInfo ToInfo(const rocksdb::BackupInfo& backup) {
  BackupInfo info;
  info.id = backup.backup_id;
  info.time_us = backup.timestamp * 1'000'000;
  info.bytes = backup.size;
  info.files = backup.number_files;
  if (std::string_view(backup.app_metadata).starts_with(kVersionField)) {
    const std::string_view digits = std::string_view(backup.app_metadata).substr(kVersionField.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), info.version);
  }
  return info;
}

absl::StatusOr<BackupInfo> FindBackup(const rocksdb::BackupEngineReadOnlyBase& engine, uint32_t id) {
  std::vector<rocksdb::BackupInfo> backups;
  engine.GetBackupInfo(&backups);
  for (auto backup = backups.rbegin(); backup != backups.rend(); ++backup)
    if (id == 0 || backup->backup_id == id) return ToInfo(*backup);
  return absl::NotFoundError(id == 0 ? "there is no backup" : "there is no backup " + std::to_string(id));
}

}  // namespace

absl::StatusOr<BackupInfo> CreateBackup(rocksdb::DB& db, const FileAccess& files,
                                        const std::string& directory, uint64_t version, uint32_t keep) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return absl::UnavailableError("cannot make " + directory + ": " + error.message());
  RELIEF_ASSIGN_OR_RETURN(auto engine, OpenEngine(files, directory));
  const uint64_t bytes_before = BytesBelow(directory);
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // then everything is in tables, which backups share
  rocksdb::BackupID id = 0;
  rocksdb::Status status = (engine)->CreateNewBackupWithMetadata(
      options, &db, std::string(kVersionField) + std::to_string(version), &id);
  if (!status.ok()) {
    (engine)->GarbageCollect().PermitUncheckedError();
    return FromRocksDb(status, "the backup failed");
  }
  const uint64_t copied = BytesBelow(directory) - bytes_before;
  status = (engine)->VerifyBackup(id, /*verify_with_checksum=*/true);
  if (!status.ok()) return FromRocksDb(status, "backup " + std::to_string(id) + " reads back wrong");
  if (keep > 0) {
    status = (engine)->PurgeOldBackups(keep);
    if (!status.ok()) return FromRocksDb(status, "old backups cannot be dropped");
  }
  auto info = FindBackup(*engine, id);
  if (info.ok()) info->copied_bytes = copied;
  return info;
}

absl::StatusOr<std::vector<BackupInfo>> ReadBackups(const FileAccess& files, const std::string& directory) {
  std::vector<BackupInfo> infos;
  auto engine = OpenReader(files, directory, files.env());
  if (absl::IsNotFound(engine.status())) return infos;
  if (!engine.ok()) return engine.status();
  std::vector<rocksdb::BackupInfo> backups;
  (*engine)->GetBackupInfo(&backups);
  for (auto backup = backups.rbegin(); backup != backups.rend(); ++backup) infos.push_back(ToInfo(*backup));
  return infos;
}

absl::StatusOr<VerifyReport> VerifyBackupFiles(const FileAccess& files, const std::string& directory) {
  VerifyReport report;
  auto engine = OpenReader(files, directory, files.env());
  if (absl::IsNotFound(engine.status())) return report;
  if (!engine.ok()) return engine.status();
  std::vector<rocksdb::BackupID> corrupt;
  (*engine)->GetCorruptedBackups(&corrupt);
  for (const rocksdb::BackupID id : corrupt)
    report.damaged.push_back({"backup " + std::to_string(id), "it is not whole"});
  std::vector<rocksdb::BackupInfo> backups;
  (*engine)->GetBackupInfo(&backups);
  for (const rocksdb::BackupInfo& backup : backups) {
    report.files += backup.number_files;
    report.bytes += backup.size;
    const rocksdb::Status status = (*engine)->VerifyBackup(backup.backup_id, /*verify_with_checksum=*/true);
    if (!status.ok())
      report.damaged.push_back({"backup " + std::to_string(backup.backup_id), status.ToString()});
  }
  return report;
}

absl::StatusOr<BackupInfo> RestoreFiles(const FileAccess& read, const std::string& directory, uint32_t id,
                                        const FileAccess& write, const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_empty(path, error))
    return absl::FailedPreconditionError(path + " is not empty; a backup is restored into a new directory");
  RELIEF_ASSIGN_OR_RETURN(auto engine, OpenReader(read, directory, write.env()));
  auto info = FindBackup(*engine, id);
  if (!info.ok()) return info.status();
  fs::create_directories(path, error);
  if (error) return absl::UnavailableError("cannot make " + path + ": " + error.message());
  const rocksdb::Status status =
      (engine)->RestoreDBFromBackup(rocksdb::RestoreOptions(), info->id, path, path);
  if (!status.ok()) {
    engine.reset();  // its thread may still be writing
    fs::remove_all(path, error);
    return FromRocksDb(status, "backup " + std::to_string(info->id) + " cannot be restored");
  }
  RELIEF_RETURN_IF_ERROR(WriteMarker(path, write.encryption != nullptr));
  return info;
}

absl::StatusOr<BackupInfo> RestoreBackup(const RestoreRequest& request) {
  RELIEF_ASSIGN_OR_RETURN(auto write, MakeFileAccess(request.encryption));
  const bool encrypted = HoldsEncrypted(request.backup_directory).value_or(false);
  // A backup from before encryption may be restored into an encrypted store.
  const FileAccess plain;
  return RestoreFiles(encrypted ? *write : plain, request.backup_directory, request.id, *write, request.path);
}

absl::StatusOr<std::vector<BackupInfo>> ListBackups(const std::string& backup_directory,
                                                    const std::optional<EncryptionOptions>& encryption) {
  RELIEF_ASSIGN_OR_RETURN(auto files, MakeFileAccess(encryption));
  return ReadBackups(*files, backup_directory);
}

}  // namespace relief::storage
