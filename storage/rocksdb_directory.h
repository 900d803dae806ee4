// The directory of a store before RocksDB sees it: who uses it, which format it has, whether it is encrypted,
// what a crash left behind, and whether what RocksDB reads on trust is whole.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/encryption/file_encryption.h"
#include "storage/maintenance.h"
#include "storage/rocksdb_options.h"

namespace relief::storage {

inline constexpr int kStoreFormat = 1;  // of the marker file, the rows' prefix and version

// How the files of a store are read and written.
struct FileAccess {
  std::shared_ptr<FileEncryption> encryption;  // nullptr: in the clear
  std::unique_ptr<rocksdb::Env> encrypted;
  rocksdb::Env* env() const { return encrypted ? encrypted.get() : rocksdb::Env::Default(); }
};
absl::StatusOr<std::shared_ptr<FileAccess>> MakeFileAccess(
    const std::optional<EncryptionOptions>& encryption);

// Held while a process uses the directory; released with the process, however that ends.
class DirectoryLock {
 public:
  // FAILED_PRECONDITION: another one has it; its process is named.
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Take(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  DirectoryLock(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  const std::string path_;
  const int descriptor_;
};

// Sweeps and checks. True: the directory holds a store; false: a new one is to be made. FAILED_PRECONDITION:
// format or encryption are not those of `files`. DATA_LOSS: something is damaged or missing.
absl::StatusOr<bool> PrepareDirectory(const RocksDbOptions& options, const FileAccess& files);

// Says on disk which format the store has and whether it is encrypted.
bool HasMarker(const std::string& directory);
absl::Status WriteMarker(const std::string& directory, bool encrypted);

// The manifest that CURRENT names and the write-ahead logs. Adds what is damaged to the report. `log` hears
// of torn ends.
absl::Status CheckLogs(const std::string& directory, const FileAccess& files, const StoreLog& log,
                       VerifyReport* report);

}  // namespace relief::storage
