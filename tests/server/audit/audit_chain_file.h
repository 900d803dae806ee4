// Keys, chains and their lines, made for tests.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "server/audit/audit_entry.h"
#include "server/audit/audit_key.h"
#include "server/audit/audit_line.h"

namespace relief::server::audit {

// A directory of key files that goes with the test.
class KeyFiles {
 public:
  KeyFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "relief-audit.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~KeyFiles() { std::filesystem::remove_all(path_); }

  std::string path(const std::string& name) const { return path_ + "/" + name; }

  // NAME.pem and NAME-pub.pem. `kind`: "ED25519" or "SM2".
  void Make(const std::string& name, const char* kind = "ED25519") const {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, kind);
    ASSERT_NE(key, nullptr) << kind;
    std::FILE* file = std::fopen(path(name + ".pem").c_str(), "w");
    EXPECT_EQ(PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::fclose(file);
    ::chmod(path(name + ".pem").c_str(), 0600);
    file = std::fopen(path(name + "-pub.pem").c_str(), "w");
    EXPECT_EQ(PEM_write_PUBKEY(file, key), 1);
    std::fclose(file);
    EVP_PKEY_free(key);
  }
  AuditSigningKey Signing(const std::string& name) const {
    auto key = AuditSigningKey::Load(path(name + ".pem"));
    EXPECT_TRUE(key.ok()) << key.status();
    return *std::move(key);
  }
  AuditPublicKeys Public(const std::vector<std::string>& names) const {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(path(name + "-pub.pem"));
    auto keys = AuditPublicKeys::Load(paths);
    EXPECT_TRUE(keys.ok()) << keys.status();
    return *std::move(keys);
  }

 private:
  std::string path_;
};

inline std::string AuditLine(const audit::Entry& entry) {
  audit::Line line;
  *line.mutable_entry() = entry;
  return FormatAuditLine(line);
}
inline std::string AuditLine(const audit::Head& head) {
  audit::Line line;
  *line.mutable_head() = head;
  return FormatAuditLine(line);
}

// Entries 1 to `count`; those from `sm3_from` on with SM3. `who` makes chains differ, from `differs_from` on.
inline std::vector<audit::Entry> Chain(int count, int sm3_from = 1'000'000, const std::string& who = "",
                                       int differs_from = 1) {
  std::vector<audit::Entry> chain;
  std::string previous;
  for (int i = 1; i <= count; ++i) {
    audit::Entry& entry = chain.emplace_back();
    entry.set_sequence(i);
    entry.set_time_us(1'793'000'000'000'000 + i);
    entry.set_actor("spiffe://linyi.example/civil-affairs" + (i >= differs_from ? who : ""));
    entry.set_action("registry.person");
    entry.set_subject("P-3F7QZ0K9XW2M4B1T");
    entry.set_purpose("APPLICATION");
    entry.set_case_number("2026-" + std::to_string(i));
    entry.set_previous_hash(previous);
    entry.set_digest(i >= sm3_from ? audit::Entry::SM3 : audit::Entry::SHA_256);
    entry.set_hash(AuditHash(entry));
    previous = entry.hash();
  }
  return chain;
}

inline audit::Head HeadOf(const audit::Entry& entry, const AuditSigningKey& key) {
  audit::Head head;
  head.set_kind(audit::Head::HEAD);
  head.set_sequence(entry.sequence());
  head.set_entry_hash(entry.hash());
  head.set_entry_time_us(entry.time_us());
  EXPECT_TRUE(key.Sign(entry.time_us(), &head).ok());
  return head;
}

}  // namespace relief::server::audit
