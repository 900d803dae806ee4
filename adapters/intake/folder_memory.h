// What is remembered of a folder between loads: which source its files belong to, the last period, and what the last file
// looked like. Holds no personal data. Where the folder cannot be written, nothing is remembered, and that is said.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/folder_memory.pb.h"
#include "adapters/mapping/mapping.pb.h"

namespace relief::adapters {

absl::StatusOr<FolderMemory> ReadFolderMemory(const std::string& folder);
absl::Status WriteFolderMemory(const std::string& folder, const FolderMemory& memory);

RememberedSource* FindRemembered(FolderMemory& memory, const std::string& mapping,
                                 const std::string& source_id);

// SHA-256 of a file, in hexadecimal digits.
absl::StatusOr<std::string> ContentHash(const std::string& path);
// The first 40 digits of a text's.
std::string TextHash(const std::string& text);

struct Change {
  enum Kind { kColumnGone, kColumnNew, kFewerRows, kOtherUnit } kind;
  std::string what, now;
};
// What has changed since the last file of the source. `columns`: as the file has them now.
std::vector<Change> ChangesSince(const RememberedSource& last, const std::vector<std::string>& columns);

}  // namespace relief::adapters
