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
  enum Kind { kColumnGone, kColumnNew, kFewerRows, kOtherUnit, kOlderPeriod } kind;
  std::string what, now;
};
// What has changed since the last file of the source. `columns`: as the file has them now; `period`: e.g. "2026-10", or empty.
std::vector<Change> ChangesSince(const RememberedSource& last, const std::vector<std::string>& columns,
                                 const std::string& period);
// Whether a file has far fewer rows than the last one: something may be missing.
bool HasFarFewerRows(const RememberedSource& last, int64_t rows);
// The file becomes the last one.
void Remember(const std::vector<std::string>& columns, const std::string& period, int64_t rows,
              Reading reading, RememberedSource* last);
// READING_UNSPECIFIED: nothing is remembered.
Reading RememberedReading(const RememberedSource& last);

}  // namespace relief::adapters
