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
  // An empty `crl_file`: nothing is revoked. The list must be signed by the authority in `ca_file`.
  CertificateJudge(std::string crl_file, std::string ca_file)
      : crl_file_(std::move(crl_file)), ca_file_(std::move(ca_file)) {}

  // Reads the list if its file changed. INVALID_ARGUMENT: it cannot be read, is not of the authority, or ran
  // out; the list that was read before stays in force. Judge does this by itself.
  absl::Status Reload();

  // UNAUTHENTICATED: revoked, not valid today, weak (RSA below 2048 bits, curves below 256, SHA-1 or MD5), or
  // without a URI or DNS name.
  absl::Status Judge(const std::string& pem);

 private:
  struct Verdict {
    absl::Status status;
    int64_t until_s = 0;
  };
  absl::Status ReloadLocked();

  const std::string crl_file_, ca_file_;
  std::mutex mutex_;
  std::string fingerprint_;  // time and size of the list's file
  int64_t looked_s_ = 0;
  std::set<std::string> revoked_;  // serial numbers in hexadecimal
  std::unordered_map<std::string, Verdict> verdicts_;
};

}  // namespace relief::server::network
