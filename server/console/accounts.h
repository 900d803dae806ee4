// The console's accounts: passwords (scrypt, RFC 7914), one-time codes (RFC 6238), and what each role may
// call.
//
// Immutable once loaded; callable from any thread. Checking a password takes about a tenth of a second and 32
// MiB on purpose: login_gate.h bounds how often that is done, and how often at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/console/accounts.pb.h"

namespace relief::server::console {

class AccountBook {
 public:
  // INVALID_ARGUMENT: not text format, two accounts of one name, a hash or secret that cannot be read.
  static absl::StatusOr<std::shared_ptr<const AccountBook>> Parse(const std::string& text);
  static absl::StatusOr<std::shared_ptr<const AccountBook>> Load(const std::string& path);

  // The account if user, password and code are right. Takes as long for a user who does not exist: one
  // derivation, at the cost of one of the accounts.
  // `time_step` is the step of the code that was used (nothing without a second factor): a caller remembers
  // it, so that no code works twice.
  struct Match {
    const Account* account = nullptr;
    std::optional<int64_t> time_step;
  };
  std::optional<Match> Check(const std::string& user, const std::string& password, const std::string& code,
                             int64_t now_seconds) const;
  // The account as it is in this book; null: there is none.
  const Account* Find(const std::string& user) const;

 private:
  // "scrypt:N:r:p:salt:hash", read.
  struct PasswordHash {
    uint64_t n = 0, r = 0, p = 0;
    std::string salt, hash;
  };
  struct Entry {
    Account account;
    PasswordHash password;
  };
  static std::optional<PasswordHash> ParseHash(const std::string& text);
  static std::string Derive(const std::string& password, const PasswordHash& like);
  PasswordHash Decoy(const std::string& user) const;

  std::map<std::string, Entry> accounts_;
};

// "scrypt:N:r:p:salt:hash" with a fresh salt.
std::string HashPassword(const std::string& password);

// The six digits for a step of 30 seconds; empty if the secret is not base 32.
std::string OneTimeCode(const std::string& base32_secret, int64_t step);

// Whether the role may call "/relief.v1.Service/Method" from the console. Default: no.
bool MayCall(Role role, std::string_view method);

// "officer", ...
std::string_view RoleName(Role role);

}  // namespace relief::server::console
