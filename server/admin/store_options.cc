#include "server/admin/store_options.h"

namespace relief::server::admin {

storage::RocksDbOptions StoreOptions(const config::HubConfig& config) {
  storage::RocksDbOptions options;
  options.path = config.data_directory();
  options.min_free_bytes = static_cast<uint64_t>(config.limits().min_free_disk_bytes());
  options.block_cache_bytes = static_cast<uint64_t>(config.limits().block_cache_bytes());
  if (config.storage().has_encryption()) {
    const config::Encryption& asked = config.storage().encryption();
    storage::EncryptionOptions& encryption = options.encryption.emplace();
    if (asked.cipher() == config::Encryption::SM4_CTR) encryption.cipher = storage::Cipher::kSm4Ctr;
    encryption.keys.file = asked.keys_file();
    encryption.keys.command = asked.keys_command();
  }
  return options;
}

}  // namespace relief::server::admin
