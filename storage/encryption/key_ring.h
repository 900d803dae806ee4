// The master keys. They wrap the keys of files and encrypt nothing else, so that a change of master key
// rewrites headers, not data.
//
// A key ring is a text of one key a line: an id, a blank, 64 hexadecimal digits; '#' begins a comment. The
// last key is the newest: new files use it. The others open older files. It comes from a file that only its
// owner can read, or from the output of a command, for keys that are kept in a key management system.
//
//   2026a 3f0c...   (32 random bytes, e.g. from: openssl rand -hex 32)
//
// Immutable; may be shared between threads. Keys are wiped from memory when the ring goes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/encryption/cipher.h"

namespace relief::storage {

struct MasterKey {
  std::string id;  // 1 to 62 letters, digits, '.', '_', '-'
  Secret key;
};

// Exactly one of the two.
struct KeySource {
  std::string file;
  std::string command;  // for /bin/sh; must end with 0
};

class KeyRing {
 public:
  // INVALID_ARGUMENT names the line, never what is on it. FAILED_PRECONDITION: others may read the file, or
  // the command failed.
  static absl::StatusOr<std::shared_ptr<const KeyRing>> Load(const KeySource& source);
  static absl::StatusOr<std::shared_ptr<const KeyRing>> Parse(std::string_view text, const std::string& name);

  const MasterKey& newest() const { return keys_.back(); }
  const MasterKey* Find(std::string_view id) const;  // nullptr: not there

 private:
  std::vector<MasterKey> keys_;
};

}  // namespace relief::storage
