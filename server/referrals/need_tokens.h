// Names of persons that a charity may know: key id, ".", and an HMAC-SHA256 over project and person, of which
// 128 bits are kept. Another project, and one that asks under other conditions, gets another name for the same person, and nobody without the key can
// tell that they are one, or try out persons.
//
// A value; callable from many threads.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace relief::server::referrals {

class NeedTokens {
 public:
  // FAILED_PRECONDITION: others than its owner may read the file. INVALID_ARGUMENT, NOT_FOUND. Messages never
  // hold a secret.
  static absl::StatusOr<NeedTokens> Load(const std::string& path);

  // Made with the active key.
  std::string For(const std::string& project_id, const std::string& person_id) const;

  const std::string& key_id() const { return key_id_; }

 private:
  std::string key_id_, secret_;
};

}  // namespace relief::server::referrals
