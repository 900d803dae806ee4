// Backups without a hub: what is there, and restoring one. Taking them is Maintenance::Backup's.
//
// Callable from any thread; two calls on one target directory must not meet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/encryption/encryption_options.h"
#include "storage/maintenance.h"

namespace relief::storage {

struct RestoreRequest {
  std::string backup_directory;
  uint32_t id = 0;   // 0: the newest
  std::string path;  // where to: a directory that is empty or not there
  // Of the restored store. Also opens the backup, if that is encrypted.
  std::optional<EncryptionOptions> encryption;
};

// NOT_FOUND: no such backup. FAILED_PRECONDITION: `path` is not empty; the keys do not fit. DATA_LOSS: the
// backup is damaged; nothing usable is left in `path`. RESOURCE_EXHAUSTED: no space.
absl::StatusOr<BackupInfo> RestoreBackup(const RestoreRequest& request);

// Newest first.
absl::StatusOr<std::vector<BackupInfo>> ListBackups(const std::string& backup_directory,
                                                    const std::optional<EncryptionOptions>& encryption);

}  // namespace relief::storage
