// The keys that sign and check heads of the audit chain: Ed25519, or SM2 with SM3 (GB/T 32918.2), from PEM
// files.
//
// Callable from any thread.
#pragma once

#include <openssl/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/audit/audit.pb.h"

namespace relief::server::audit {

class AuditSigningKey {
 public:
  // A private key. NOT_FOUND, PERMISSION_DENIED (others than its owner may read it), INVALID_ARGUMENT (no
  // such key).
  static absl::StatusOr<AuditSigningKey> Load(const std::string& path);

  const std::string& id() const { return id_; }
  // Fills time, key and signature.
  absl::Status Sign(int64_t time_us, audit::Head* head) const;

 private:
  AuditSigningKey(std::shared_ptr<EVP_PKEY> key, std::string id) : key_(std::move(key)), id_(std::move(id)) {}
  std::shared_ptr<EVP_PKEY> key_;
  std::string id_;
};

// Public keys, of which any may have signed: a key is replaced, and what it signed stays.
class AuditPublicKeys {
 public:
  // NOT_FOUND, INVALID_ARGUMENT.
  static absl::StatusOr<AuditPublicKeys> Load(const std::vector<std::string>& paths);

  enum class Answer { kGood, kBad, kUnknownKey };
  Answer Check(const audit::Head& head) const;
  bool empty() const { return keys_.empty(); }

 private:
  std::map<std::string, std::shared_ptr<EVP_PKEY>> keys_;
};

}  // namespace relief::server::audit
