// Judges a caller's certificate beyond what the handshake did: on every call, so that what was revoked or ran
// out since also ends what is open. The revocation list is read again when its file changes.
//
// Thread-safe. A certificate is judged once in a few seconds and remembered in between.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"

namespace relief::server::network {

class CertificateJudge {
 public:
  // An empty `crl_file`: nothing is revoked. The list must be signed by the authority in `ca_file`. Once it
  // has run out nobody can say who was revoked since: with `refuse_expired` nobody is served then.
  CertificateJudge(std::string crl_file, std::string ca_file, bool refuse_expired = false)
      : crl_file_(std::move(crl_file)), ca_file_(std::move(ca_file)), refuse_expired_(refuse_expired) {}

  // Reads the list if its file changed. INVALID_ARGUMENT: it cannot be read or is not of the authority, and
  // the list that was read before stays in force; or it ran out, where that is refused. Judge does this by
  // itself.
  absl::Status Reload();

  // UNAUTHENTICATED: revoked, not valid today, weak (RSA below 2048 bits, curves below 256, SHA-1 or MD5), or
  // without a name that a caller may have (caller_name.h).
  absl::Status Judge(const std::string& pem);

  // When the list in force runs out, seconds since 1970; 0: there is none, or it does not say.
  int64_t crl_next_update() const;

 private:
  struct Verdict {
    absl::Status status;
    int64_t until_s = 0;
  };
  absl::Status ReloadLocked();
  bool Expired(int64_t now) const;
  void WarnWhenExpired(int64_t now);

  const std::string crl_file_, ca_file_;
  const bool refuse_expired_;
  mutable std::mutex mutex_;
  std::string fingerprint_;  // time and size of the list's file
  int64_t looked_s_ = 0, crl_next_update_ = 0, warned_of_ = 0;
  std::set<std::string> revoked_;  // serial numbers in hexadecimal
  std::unordered_map<std::string, Verdict> verdicts_;
};

}  // namespace relief::server::network
