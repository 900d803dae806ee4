#include "server/network/certificates.h"

#include <openssl/x509v3.h>
#include <time.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/base/log.h"
#include "server/base/openssl_handles.h"
#include "server/network/caller_name.h"

namespace relief::server::network {
namespace {

constexpr int64_t kLookSeconds = 5;
constexpr size_t kRemembered = 10'000;

int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool IsWeak(X509* certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return true;
  const int bits = EVP_PKEY_get_bits(key), type = EVP_PKEY_get_base_id(key);
  if ((type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS) && bits < 2048) return true;
  if (type == EVP_PKEY_EC && bits < 256) return true;
  int digest = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr);
  return digest == NID_sha1 || digest == NID_md5;
}

// 0: it says nothing.
int64_t NextUpdate(const X509_CRL* list) {
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list);
  tm parts{};
  if (next == nullptr || ASN1_TIME_to_tm(next, &parts) != 1) return 0;
  return static_cast<int64_t>(timegm(&parts));
}

}  // namespace

absl::Status CertificateJudge::Reload() {
  std::lock_guard lock(mutex_);
  looked_s_ = NowSeconds();
  if (absl::Status status = ReloadLocked(); !status.ok()) return status;
  WarnWhenExpired(looked_s_);
  if (refuse_expired_ && Expired(looked_s_))
    return absl::InvalidArgumentError("tls.crl_file: " + crl_file_ + " has run out: make a new one");
  return absl::OkStatus();
}

bool CertificateJudge::Expired(int64_t now) const { return crl_next_update_ > 0 && now > crl_next_update_; }

// An old list revokes what it names all the same; that it ran out is for the operators to mend.
void CertificateJudge::WarnWhenExpired(int64_t now) {
  if (!Expired(now) || warned_of_ == crl_next_update_) return;
  warned_of_ = crl_next_update_;
  Log(LogLevel::kError, "tls.crl.old",
      {{"file", crl_file_}, {"refuses", refuse_expired_ ? "true" : "false"}});
}

int64_t CertificateJudge::crl_next_update() const {
  std::lock_guard lock(mutex_);
  return crl_next_update_;
}

absl::Status CertificateJudge::ReloadLocked() {
  if (crl_file_.empty()) return absl::OkStatus();
  std::error_code error;
  const auto time = std::filesystem::last_write_time(crl_file_, error).time_since_epoch().count();
  if (error) return absl::InvalidArgumentError("tls.crl_file: cannot read " + crl_file_);
  const std::string fingerprint =
      std::to_string(time) + " " + std::to_string(std::filesystem::file_size(crl_file_, error));
  if (fingerprint == fingerprint_) return absl::OkStatus();
  fingerprint_ = fingerprint;
  const std::string text = Content(crl_file_);
  const RevocationList list(PEM_read_bio_X509_CRL(BioOf(text).get(), nullptr, nullptr, nullptr));
  if (!list) return absl::InvalidArgumentError("tls.crl_file: no revocation list in " + crl_file_);
  const Certificate authority = ReadCertificate(Content(ca_file_));
  if (!authority || X509_CRL_verify(list.get(), X509_get0_pubkey(authority.get())) != 1)
    return absl::InvalidArgumentError("tls.crl_file: " + crl_file_ + " is not signed by the authority");
  std::set<std::string> revoked;
  STACK_OF(X509_REVOKED)* rows = X509_CRL_get_REVOKED(list.get());
  for (int i = 0; i < sk_X509_REVOKED_num(rows); ++i)
    revoked.insert(Hexadecimal(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(rows, i))));
  crl_next_update_ = NextUpdate(list.get());
  revoked_ = std::move(revoked);
  verdicts_.clear();
  Log(LogLevel::kInfo, "tls.crl.loaded", {{"revoked", std::to_string(revoked_.size())}});
  return absl::OkStatus();
}

absl::Status CertificateJudge::Judge(const std::string& pem) {
  const int64_t now = NowSeconds();
  std::lock_guard lock(mutex_);
  if (now - looked_s_ >= kLookSeconds) {
    looked_s_ = now;
    if (absl::Status status = ReloadLocked(); !status.ok())
      Log(LogLevel::kError, "tls.failed",
          {{"message", std::string(status.message().data(), status.message().size())}});
  }
  WarnWhenExpired(now);
  if (refuse_expired_ && Expired(now))
    return absl::UnauthenticatedError("the hub's list of revoked certificates has run out");
  if (const auto known = verdicts_.find(pem); known != verdicts_.end() && now < known->second.until_s)
    return known->second.status;
  const Certificate certificate = ReadCertificate(pem);
  absl::Status status;
  if (!certificate) {
    status = absl::UnauthenticatedError("the certificate cannot be read");
  } else if (revoked_.contains(Hexadecimal(X509_get0_serialNumber(certificate.get())))) {
    status = absl::UnauthenticatedError("the certificate was revoked");
  } else if (X509_cmp_current_time(X509_get0_notBefore(certificate.get())) > 0 ||
             X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0) {
    status = absl::UnauthenticatedError("the certificate is not valid today");
  } else if (IsWeak(certificate.get())) {
    status = absl::UnauthenticatedError("the certificate's key or signature is too weak");
  } else {
    status = CallerNameOf(certificate.get()).status();
  }
  if (verdicts_.size() >= kRemembered) verdicts_.clear();
  verdicts_[pem] = {status, now + kLookSeconds};
  return status;
}

}  // namespace relief::server::network
