// The headers of all files of a directory: which keys they need, and putting them under the newest key.
//
// Works on the files themselves, beside RocksDB: while the store is open files come and go, and a file that
// went meanwhile is no error.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/encryption/key_ring.h"

namespace relief::storage {

// Files of a store that are never encrypted, by name; and those of uploads, which are encrypted under keys of their own that lie in
// the store.
bool IsPlainFile(const std::string& name);

// Whether the file begins with a header. No value: there is no such file, or nothing in it.
std::optional<bool> IsEncryptedFile(const std::string& path);

// Every file below `directory` that is not plain.
absl::Status ForEachDataFile(const std::string& directory,
                             const std::function<absl::Status(const std::string& path)>& visit);

// Removes files that are shorter than a header, or nothing but zeros where the header should be and not
// longer: a crash came between their creation and their first write, and they hold nothing. RocksDB would
// abort on them.
absl::StatusOr<int64_t> RemoveUnbegunFiles(const std::string& directory);

// Files by the id of the key that wraps theirs. FAILED_PRECONDITION and DATA_LOSS name the file.
absl::StatusOr<std::map<std::string, int64_t>> CountFilesByKey(const std::string& directory,
                                                               const KeyRing& ring);

// Puts every file under the newest key; returns how many were not. Safe to interrupt and to run again. The
// slot that held the old key is wiped.
absl::StatusOr<int64_t> RewrapFiles(const std::string& directory, const KeyRing& ring);

}  // namespace relief::storage
