#include "storage/encryption/file_encryption.h"

#include <rocksdb/env_encryption.h>

#include <cstring>

#include "storage/encryption/file_header.h"

namespace relief::storage {
namespace {

rocksdb::Status ToRocksDb(const absl::Status& status, const std::string& file) {
  const std::string message = file + ": " + std::string(status.message());
  if (absl::IsDataLoss(status)) return rocksdb::Status::Corruption(message);
  return rocksdb::Status::IOError(message);
}

class Stream final : public rocksdb::BlockAccessCipherStream {
 public:
  explicit Stream(const FileKey& key) : key_(key) {}
  size_t BlockSize() override { return kIvSize; }
  rocksdb::Status Encrypt(uint64_t offset, char* data, size_t size) override {
    if (ApplyStream(key_.cipher, key_.key, key_.iv, offset, data, size)) return rocksdb::Status::OK();
    return rocksdb::Status::IOError("the cipher failed");
  }
  rocksdb::Status Decrypt(uint64_t offset, char* data, size_t size) override {
    return Encrypt(offset, data, size);
  }

 protected:
  // Whole runs of blocks are handled above; the block-wise interface is not used.
  void AllocateScratch(std::string&) override {}
  rocksdb::Status EncryptBlock(uint64_t, char*, char*) override { return rocksdb::Status::NotSupported(); }
  rocksdb::Status DecryptBlock(uint64_t, char*, char*) override { return rocksdb::Status::NotSupported(); }

 private:
  const FileKey key_;
};

class Provider final : public rocksdb::EncryptionProvider {
 public:
  explicit Provider(std::shared_ptr<FileEncryption> encryption) : encryption_(std::move(encryption)) {}
  const char* Name() const override { return "relief-hub"; }
  size_t GetPrefixLength() const override { return kHeaderSize; }
  rocksdb::Status CreateNewPrefix(const std::string& file, char* prefix, size_t size) const override {
    auto key = NewFileKey(encryption_->cipher());
    if (!key.ok()) return ToRocksDb(key.status(), file);
    auto header = SealHeader(*key, encryption_->ring()->newest());
    if (!header.ok()) return ToRocksDb(header.status(), file);
    if (size != header->size()) return rocksdb::Status::InvalidArgument("not the size of a header");
    std::memcpy(prefix, header->data(), size);
    return rocksdb::Status::OK();
  }
  rocksdb::Status AddCipher(const std::string&, const char*, size_t, bool) override {
    return rocksdb::Status::NotSupported("keys come from the key ring");
  }
  rocksdb::Status CreateCipherStream(const std::string& file, const rocksdb::EnvOptions&,
                                     rocksdb::Slice& prefix,
                                     std::unique_ptr<rocksdb::BlockAccessCipherStream>* result) override {
    auto opened = OpenHeader({prefix.data(), prefix.size()}, *encryption_->ring());
    if (!opened.ok()) return ToRocksDb(opened.status(), file);
    *result = std::make_unique<Stream>(opened->file_key);
    return rocksdb::Status::OK();
  }

 private:
  const std::shared_ptr<FileEncryption> encryption_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<FileEncryption>> FileEncryption::Open(const EncryptionOptions& options) {
  auto ring = KeyRing::Load(options.keys);
  if (!ring.ok()) return ring.status();
  return std::shared_ptr<FileEncryption>(new FileEncryption(options, *std::move(ring)));
}

std::shared_ptr<const KeyRing> FileEncryption::ring() const {
  std::lock_guard lock(mutex_);
  return ring_;
}

absl::Status FileEncryption::Reload() {
  auto ring = KeyRing::Load(options_.keys);
  if (!ring.ok()) return ring.status();
  std::lock_guard lock(mutex_);
  ring_ = *std::move(ring);
  return absl::OkStatus();
}

std::unique_ptr<rocksdb::Env> NewEncryptedFiles(rocksdb::Env* base,
                                                std::shared_ptr<FileEncryption> encryption) {
  return std::unique_ptr<rocksdb::Env>(
      rocksdb::NewEncryptedEnv(base, std::make_shared<Provider>(std::move(encryption))));
}

}  // namespace relief::storage
