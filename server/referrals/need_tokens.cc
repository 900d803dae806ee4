#include "server/referrals/need_tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>

#include "server/base/text_file.h"
#include "server/referrals/referral.pb.h"
#include "storage/status_macros.h"

namespace relief::server::referrals {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr size_t kTokenBytes = 16;
constexpr size_t kLongestKeyId = 16;

std::optional<std::string> FromHex(const std::string& hex) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    if (digit(hex[i]) < 0 || digit(hex[i + 1]) < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

std::string ToHex(const unsigned char* bytes, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (size_t i = 0; i < size; ++i) {
    hex.push_back(kDigits[bytes[i] >> 4]);
    hex.push_back(kDigits[bytes[i] & 15]);
  }
  return hex;
}

bool ValidId(const std::string& id) {
  return !id.empty() && id.size() <= kLongestKeyId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

absl::StatusOr<NeedTokens> NeedTokens::Load(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) return absl::NotFoundError("cannot read " + path);
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return absl::FailedPreconditionError(path + ": only its owner may have access (chmod 600)");
  stored::TokenKeys file;
  RELIEF_RETURN_IF_ERROR(ReadTextFile(path, &file));
  NeedTokens tokens;
  std::set<std::string> ids;
  for (int i = 0; i < file.keys_size(); ++i) {
    const stored::TokenKeys::Key& key = file.keys(i);
    const std::string where = path + ": keys[" + std::to_string(i) + "]";
    if (!ValidId(key.id())) return absl::InvalidArgumentError(where + ".id: 1 to 16 of a-z 0-9 -");
    if (!ids.insert(key.id()).second) return absl::InvalidArgumentError(where + ".id: there twice");
    const auto secret = FromHex(key.secret_hex());
    if (!secret || secret->size() < kSecretBytes)
      return absl::InvalidArgumentError(where + ".secret_hex: at least 64 hexadecimal digits");
    if (key.id() != file.active()) continue;
    tokens.key_id_ = key.id();
    tokens.secret_ = *secret;
  }
  if (tokens.key_id_.empty()) return absl::InvalidArgumentError(path + ": active: names no key of this file");
  return tokens;
}

std::string NeedTokens::For(const std::string& project_id, const std::string& person_id) const {
  // Ids have no control characters, so the two cannot run into one another.
  const std::string message = project_id + '\0' + person_id;
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), hash, &size);
  return key_id_ + "." + ToHex(hash, kTokenBytes);
}

}  // namespace relief::server::referrals
