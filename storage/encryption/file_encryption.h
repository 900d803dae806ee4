// Encryption at rest for everything that RocksDB writes: tables, logs, manifest, options, backups. Each file
// has a key of its own in its header (file_header.h). Not encrypted are RocksDB's diary (LOG), LOCK, and the
// two small files of plain facts that the store itself keeps (which process, which format).
//
// Callable from any thread. Reload and files being opened may meet.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "storage/encryption/encryption_options.h"

namespace relief::storage {

// The cipher and the keys in use.
class FileEncryption {
 public:
  static absl::StatusOr<std::shared_ptr<FileEncryption>> Open(const EncryptionOptions& options);

  Cipher cipher() const { return options_.cipher; }
  std::shared_ptr<const KeyRing> ring() const;

  // Reads the key ring again; on an error the old one stays.
  absl::Status Reload();

 private:
  FileEncryption(EncryptionOptions options, std::shared_ptr<const KeyRing> ring)
      : options_(std::move(options)), ring_(std::move(ring)) {}

  const EncryptionOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> ring_;
};

// `base` must outlive the result.
std::unique_ptr<rocksdb::Env> NewEncryptedFiles(rocksdb::Env* base,
                                                std::shared_ptr<FileEncryption> encryption);

}  // namespace relief::storage
