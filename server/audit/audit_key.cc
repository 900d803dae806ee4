#include "server/audit/audit_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdio>

#include "server/audit/audit_entry.h"
#include "storage/status_macros.h"

namespace relief::server::audit {
namespace {

constexpr char kSm2Identity[] = "1234567812345678";  // GM/T 0009, where the parties agreed on no other
constexpr size_t kIdBytes = 8;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

bool IsSm2(const EVP_PKEY* key) { return EVP_PKEY_is_a(key, "SM2") == 1; }

absl::StatusOr<std::shared_ptr<EVP_PKEY>> Checked(EVP_PKEY* raw, const std::string& path) {
  std::shared_ptr<EVP_PKEY> key(raw, EVP_PKEY_free);
  if (!key || !(EVP_PKEY_is_a(raw, "ED25519") == 1 || IsSm2(raw)))
    return absl::InvalidArgumentError(path + ": not an Ed25519 or SM2 key in PEM");
  return key;
}

std::string IdOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return "";
  unsigned char hash[EVP_MAX_MD_SIZE];
  EVP_Digest(der, static_cast<size_t>(size), hash, nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  std::string id;
  for (size_t i = 0; i < kIdBytes; ++i) {
    constexpr char kHex[] = "0123456789abcdef";
    id += kHex[hash[i] >> 4];
    id += kHex[hash[i] & 15];
  }
  return id;
}

bool SetIdentity(EVP_PKEY* key, EVP_PKEY_CTX* context) {
  return !IsSm2(key) || EVP_PKEY_CTX_set1_id(context, kSm2Identity, sizeof kSm2Identity - 1) == 1;
}

}  // namespace

absl::StatusOr<AuditSigningKey> AuditSigningKey::Load(const std::string& path) {
  File file(std::fopen(path.c_str(), "r"));
  struct stat info {};
  if (!file || ::fstat(::fileno(file.get()), &info) != 0) return absl::NotFoundError("cannot read " + path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return absl::PermissionDeniedError(path + ": others than its owner may read this key; chmod 600");
  // An empty pass phrase: the hub starts without anybody at its terminal.
  RELIEF_ASSIGN_OR_RETURN(
      auto key, Checked(PEM_read_PrivateKey(file.get(), nullptr, nullptr, const_cast<char*>("")), path));
  std::string id = IdOf(key.get());
  return AuditSigningKey(std::move(key), std::move(id));
}

absl::Status AuditSigningKey::Sign(int64_t time_us, audit::Head* head) const {
  head->set_time_us(time_us);
  head->set_key_id(id_);
  const std::string content = SignedContent(*head);
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
  DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;
  size_t size = 0;
  const bool sized = EVP_DigestSignInit(context.get(), &key_context, IsSm2(key_.get()) ? EVP_sm3() : nullptr,
                                        nullptr, key_.get()) == 1 &&
                     SetIdentity(key_.get(), key_context) &&
                     EVP_DigestSign(context.get(), nullptr, &size, bytes, content.size()) == 1;
  std::string signature(size, '\0');
  if (!sized || EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               bytes, content.size()) != 1)
    return absl::InternalError("the audit key does not sign");
  signature.resize(size);
  head->set_signature(std::move(signature));
  return absl::OkStatus();
}

absl::StatusOr<AuditPublicKeys> AuditPublicKeys::Load(const std::vector<std::string>& paths) {
  AuditPublicKeys keys;
  for (const std::string& path : paths) {
    File file(std::fopen(path.c_str(), "r"));
    if (!file) return absl::NotFoundError("cannot read " + path);
    RELIEF_ASSIGN_OR_RETURN(auto key, Checked(PEM_read_PUBKEY(file.get(), nullptr, nullptr, nullptr), path));
    keys.keys_.emplace(IdOf(key.get()), key);
  }
  return keys;
}

AuditPublicKeys::Answer AuditPublicKeys::Check(const audit::Head& head) const {
  const auto found = keys_.find(head.key_id());
  if (found == keys_.end()) return Answer::kUnknownKey;
  EVP_PKEY* key = found->second.get();
  const std::string content = SignedContent(head);
  DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;
  const bool good =
      EVP_DigestVerifyInit(context.get(), &key_context, IsSm2(key) ? EVP_sm3() : nullptr, nullptr, key) ==
          1 &&
      SetIdentity(key, key_context) &&
      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(head.signature().data()),
                       head.signature().size(), reinterpret_cast<const unsigned char*>(content.data()),
                       content.size()) == 1;
  return good ? Answer::kGood : Answer::kBad;
}

}  // namespace relief::server::audit
