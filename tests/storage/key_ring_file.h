// Key rings for tests: a key is one character, repeated.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "storage/encryption/encryption_options.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {

inline void WriteKeyRing(const std::string& path, const std::vector<std::pair<std::string, char>>& keys) {
  {
    std::ofstream file(path);
    for (const auto& [id, digit] : keys) file << id << " " << std::string(64, digit) << "\n";
  }
  std::filesystem::permissions(path,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

// `keys`: ids and hexadecimal digits; the last is the newest. Written to "keys" in the directory.
inline EncryptionOptions EncryptionWith(const TempDirectory& directory,
                                        const std::vector<std::pair<std::string, char>>& keys) {
  WriteKeyRing(directory / "keys", keys);
  EncryptionOptions options;
  options.keys.file = directory / "keys";
  return options;
}

}  // namespace relief::storage
