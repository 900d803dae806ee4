// The operations on the hub's store that operators may ask for, as AdminService offers them: figures, backups, verification,
// compaction, keys.
//
// Callable from any thread. Long work runs on the caller's thread; reads and commits go on.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/admin_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::admin {

struct BackupPlan {
  std::string directory;  // empty: no backups
  uint32_t keep = 0;      // 0: all
};

// Checks a store that was opened for inspection: every row can be read, and the audit chain holds. DATA_LOSS:
// not so.
struct StoreContent {
  int64_t position = 0;
  int64_t rows = 0;
  int64_t audit_entries = 0;
};
absl::StatusOr<StoreContent> ReadWholeStore(const storage::Reader& store);

class StoreKeeper {
 public:
  // Both must outlive it.
  StoreKeeper(core::Hub& hub, const BackupPlan& plan) : hub_(hub), plan_(plan) {}

  // Errors as AdminService gives them. UNIMPLEMENTED: the store is kept in memory.
  absl::StatusOr<v1::StoreStats> Stats() const;
  absl::StatusOr<v1::Backup> CreateBackup() const;
  absl::StatusOr<v1::ListBackupsResponse> ListBackups() const;
  absl::StatusOr<v1::CheckRestoreResponse> CheckRestore(uint32_t backup_id) const;
  absl::StatusOr<v1::VerifyStoreResponse> Verify(bool backups) const;
  absl::StatusOr<v1::StoreStats> Compact() const;
  absl::StatusOr<v1::RewrapKeysResponse> RewrapKeys() const;

 private:
  absl::StatusOr<storage::Maintenance*> OfStore() const;
  absl::StatusOr<storage::Maintenance*> WithBackups() const;

  core::Hub& hub_;
  const BackupPlan& plan_;
};

}  // namespace relief::server::admin
