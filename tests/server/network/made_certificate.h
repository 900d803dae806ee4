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
  if (!asked.uri.empty()) {
    X509_EXTENSION* name =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("URI:" + asked.uri).c_str());
    X509_add_ext(made.get(), name, -1);
    X509_EXTENSION_free(name);
  }
  X509_sign(made.get(), signer.get(), asked.sha1 ? EVP_sha1() : EVP_sha256());
  const Bio key(BIO_new(BIO_s_mem())), certificate(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key.get(), own.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(certificate.get(), made.get());
  return {TextOf(key), TextOf(certificate)};
}

inline std::string SerialOf(const std::string& certificate) {
  return Hexadecimal(X509_get0_serialNumber(ReadCertificate(certificate).get()));
}

}  // namespace relief::server::network
