// Certificates that deploy/relief-ca would not make. For tests only.
#pragma once

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <string>

#include "server/base/openssl_handles.h"

namespace relief::server::network {

struct KeyAndCertificate {
  std::string key, certificate;  // PEM
};

struct CertificateAsked {
  enum Key { kP256, kP224, kRsa1024 };
  std::string uri = {};              // empty: no alternative name
  std::string names = {};            // instead: as OpenSSL writes them, "URI:a,DNS:b"
  int from_days = -1, to_days = 30;  // from today
  Key key = kP256;
  bool sha1 = false;
};

namespace internal {
inline std::string TextOf(const Bio& bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}
}  // namespace internal

inline KeyAndCertificate MakeCertificate(const CertificateAsked& asked, const std::string& authority_key,
                                         const std::string& authority_certificate) {
  using namespace internal;
  const Key own(asked.key == CertificateAsked::kRsa1024
                    ? EVP_RSA_gen(1024)
                    : EVP_EC_gen(asked.key == CertificateAsked::kP224 ? "P-224" : "P-256"));
  const Key signer(PEM_read_bio_PrivateKey(BioOf(authority_key).get(), nullptr, nullptr, nullptr));
  const Certificate authority = ReadCertificate(authority_certificate);
  const Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<uint8_t*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial >> 1 | 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), asked.from_days * 86'400L);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), asked.to_days * 86'400L);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const uint8_t*>("made"), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(authority.get()));
  X509_set_pubkey(made.get(), own.get());
  const std::string names = asked.names.empty() && !asked.uri.empty() ? "URI:" + asked.uri : asked.names;
  if (!names.empty()) {
    X509_EXTENSION* name = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(made.get(), name, -1);
    X509_EXTENSION_free(name);
  }
  X509_sign(made.get(), signer.get(), asked.sha1 ? EVP_sha1() : EVP_sha256());
  const Bio key(BIO_new(BIO_s_mem())), certificate(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key.get(), own.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(certificate.get(), made.get());
  return {TextOf(key), TextOf(certificate)};
}

// A list that revokes nobody and runs out so many seconds from now.
inline std::string MakeRevocationList(int64_t seconds, const std::string& authority_key,
                                      const std::string& authority_certificate) {
  using namespace internal;
  const Key signer(PEM_read_bio_PrivateKey(BioOf(authority_key).get(), nullptr, nullptr, nullptr));
  const Certificate authority = ReadCertificate(authority_certificate);
  const RevocationList list(X509_CRL_new());
  X509_CRL_set_version(list.get(), 1);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.get()));
  const std::unique_ptr<ASN1_TIME, Freer<ASN1_TIME_free>> last(X509_gmtime_adj(nullptr, -86'400)),
      next(X509_gmtime_adj(nullptr, static_cast<long>(seconds)));
  X509_CRL_set1_lastUpdate(list.get(), last.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  X509_CRL_sign(list.get(), signer.get(), EVP_sha256());
  const Bio text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(text.get(), list.get());
  return TextOf(text);
}

inline std::string SerialOf(const std::string& certificate) {
  return Hexadecimal(X509_get0_serialNumber(ReadCertificate(certificate).get()));
}

}  // namespace relief::server::network
