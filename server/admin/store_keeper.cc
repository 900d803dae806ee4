#include "server/admin/store_keeper.h"

#include "server/audit/audit_chain.h"
#include "server/core/schema.h"
#include "storage/maintenance.h"
#include "storage/status_macros.h"

namespace relief::server::admin {
namespace {

constexpr size_t kPage = 5000;

v1::Backup ToProto(const storage::BackupInfo& info) {
  v1::Backup backup;
  backup.set_backup_id(static_cast<int32_t>(info.id));
  backup.set_time_us(info.time_us);
  backup.set_position(static_cast<int64_t>(info.version));
  backup.set_bytes(static_cast<int64_t>(info.bytes));
  backup.set_files(static_cast<int32_t>(info.files));
  backup.set_copied_bytes(static_cast<int64_t>(info.copied_bytes));
  return backup;
}

void AddTo(const storage::VerifyReport& report, v1::VerifyStoreResponse& response) {
  for (const storage::DamagedFile& damaged : report.damaged) {
    auto& file = *response.add_damaged_files();
    file.set_file(damaged.file);
    file.set_reason(damaged.reason);
  }
  response.set_files(response.files() + static_cast<int64_t>(report.files));
  response.set_bytes(response.bytes() + static_cast<int64_t>(report.bytes));
}

v1::StoreStats ToProto(const storage::StoreStats& stats) {
  const auto number = [](uint64_t value) { return static_cast<int64_t>(value); };
  v1::StoreStats result;
  result.set_disk_bytes(number(stats.disk_bytes));
  result.set_disk_free_bytes(number(stats.disk_free_bytes));
  result.set_min_free_disk_bytes(number(stats.min_free_bytes));
  result.set_table_files(number(stats.table_files));
  result.set_table_bytes(number(stats.table_bytes));
  result.set_log_bytes(number(stats.log_bytes));
  result.set_memtable_bytes(number(stats.memtable_bytes));
  result.set_block_cache_bytes(number(stats.block_cache_bytes));
  result.set_block_cache_capacity_bytes(number(stats.block_cache_capacity_bytes));
  result.set_estimated_rows(number(stats.estimated_rows));
  result.set_pending_compaction_bytes(number(stats.pending_compaction_bytes));
  result.set_background_errors(number(stats.background_errors));
  result.set_takes_writes(stats.takes_writes);
  result.set_disk_low(stats.disk_low);
  result.set_commits(number(stats.commits));
  result.set_syncs(number(stats.syncs));
  result.set_cipher(stats.cipher);
  return result;
}

}  // namespace

absl::StatusOr<StoreContent> ReadWholeStore(const storage::Reader& store) {
  StoreContent content;
  content.position = static_cast<int64_t>(store.version());
  std::string next;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, store.Scan("", next, kPage));
    content.rows += static_cast<int64_t>(rows.size());
    if (rows.size() < kPage) break;
    next = rows.back().key + std::string(1, '\0');
  }
  RELIEF_ASSIGN_OR_RETURN(auto entries, audit::CheckAuditChain(store));
  content.audit_entries = entries;
  return content;
}

absl::StatusOr<storage::Maintenance*> StoreKeeper::OfStore() const {
  if (storage::Maintenance* maintenance = hub_.maintenance()) return maintenance;
  return absl::UnimplementedError("the hub's store is kept in memory");
}

absl::StatusOr<storage::Maintenance*> StoreKeeper::WithBackups() const {
  if (plan_.directory.empty())
    return absl::FailedPreconditionError("no storage.backup_directory is configured");
  return OfStore();
}

absl::StatusOr<v1::StoreStats> StoreKeeper::Stats() const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, OfStore());
  v1::StoreStats stats = ToProto((maintenance)->Stats());
  stats.set_position(static_cast<int64_t>(hub_.store().version()));
  stats.set_format(schema::kFormat);
  if (!stats.cipher().empty()) {
    RELIEF_ASSIGN_OR_RETURN(auto keys, (maintenance)->FilesByKey());
    for (const auto& [id, files] : keys) (*stats.mutable_files_by_key())[id] = files;
  }
  if (plan_.directory.empty()) return stats;
  auto backups = (maintenance)->Backups(plan_.directory);
  if (backups.ok() && !backups->empty()) {
    stats.set_last_backup_position(static_cast<int64_t>(backups->front().version));
    stats.set_last_backup_time_us(backups->front().time_us);
  }
  return stats;
}

absl::StatusOr<v1::Backup> StoreKeeper::CreateBackup() const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, WithBackups());
  RELIEF_ASSIGN_OR_RETURN(auto info, (maintenance)->Backup(plan_.directory, plan_.keep));
  return ToProto(info);
}

absl::StatusOr<v1::ListBackupsResponse> StoreKeeper::ListBackups() const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, WithBackups());
  RELIEF_ASSIGN_OR_RETURN(auto infos, (maintenance)->Backups(plan_.directory));
  v1::ListBackupsResponse response;
  for (const storage::BackupInfo& info : infos) *response.add_backups() = ToProto(info);
  return response;
}

absl::StatusOr<v1::CheckRestoreResponse> StoreKeeper::CheckRestore(uint32_t backup_id) const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, WithBackups());
  StoreContent content;
  auto info = (maintenance)
                  ->TryRestore(plan_.directory, backup_id, plan_.directory + "/restore-check",
                               [&](const storage::Store& store) {
                                 auto read = ReadWholeStore(store);
                                 if (read.ok()) content = *read;
                                 return read.status();
                               });
  if (!info.ok()) return info.status();
  v1::CheckRestoreResponse response;
  *response.mutable_backup() = ToProto(*info);
  response.set_position(content.position);
  response.set_rows(content.rows);
  response.set_audit_entries(content.audit_entries);
  return response;
}

absl::StatusOr<v1::VerifyStoreResponse> StoreKeeper::Verify(bool backups) const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, backups ? WithBackups() : OfStore());
  v1::VerifyStoreResponse response;
  auto report = (maintenance)->Verify();
  if (!report.ok()) return report.status();
  AddTo(*report, response);
  if (!backups) return response;
  report = (maintenance)->VerifyBackups(plan_.directory);
  if (!report.ok()) return report.status();
  AddTo(*report, response);
  return response;
}

absl::StatusOr<v1::StoreStats> StoreKeeper::Compact() const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, OfStore());
  RELIEF_RETURN_IF_ERROR((maintenance)->Compact());
  return Stats();
}

absl::StatusOr<v1::RewrapKeysResponse> StoreKeeper::RewrapKeys() const {
  RELIEF_ASSIGN_OR_RETURN(auto maintenance, OfStore());
  std::vector<std::string> backups;
  if (!plan_.directory.empty()) backups.push_back(plan_.directory);
  RELIEF_ASSIGN_OR_RETURN(auto report, (maintenance)->Rewrap(backups));
  v1::RewrapKeysResponse response;
  response.set_newest_key_id(report.newest_key_id);
  response.set_rewrapped_files(report.rewrapped_files);
  for (const auto& [id, files] : report.files_by_key) (*response.mutable_files_by_key())[id] = files;
  return response;
}

}  // namespace relief::server::admin
