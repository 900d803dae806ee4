// What is remembered of a folder between loads: which source its files belong to, the last period, and what the last file
// looked like. Holds no personal data. Where the folder cannot be written, nothing is remembered, and that is said.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/folder_memory.pb.h"
#include "adapters/mapping/mapping.pb.h"
#include "relief/v1/types.pb.h"

namespace relief::adapters {

absl::StatusOr<FolderMemory> ReadFolderMemory(const std::string& folder);
absl::Status WriteFolderMemory(const std::string& folder, const FolderMemory& memory);

// The month in which lists of the folder named each record first, for records whose files do not say since when: record id
// -> month. Ids hold no personal data.
absl::StatusOr<std::map<std::string, v1::Month>> ReadFirstMonths(const std::string& folder);
absl::Status WriteFirstMonths(const std::string& folder, const std::map<std::string, v1::Month>& months);

RememberedSource* FindRemembered(FolderMemory& memory, const std::string& mapping,
                                 const std::string& source_id);

// SHA-256 of a file, in hexadecimal digits.
absl::StatusOr<std::string> ContentHash(const std::string& path);

struct Change {
  enum Kind { kColumnGone, kColumnNew, kFewerRows, kOtherUnit } kind;
  std::string what, now;
};
// What has changed since the last file of the source. `columns`: as the file has them now.
std::vector<Change> ChangesSince(const RememberedSource& last, const std::vector<std::string>& columns);

}  // namespace relief::adapters
