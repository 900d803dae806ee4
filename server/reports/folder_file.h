// A file that appears in a folder whole or not at all: written under another name, on disk before it gets its
// own.
//
// One thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace relief::server::reports {

class FolderFile {
 public:
  FolderFile(std::string directory, std::string name);
  ~FolderFile();  // what was not finished is gone
  FolderFile(const FolderFile&) = delete;
  FolderFile& operator=(const FolderFile&) = delete;

  // UNAVAILABLE, with what the system says: the folder is gone, the disk is full.
  absl::Status Open();
  absl::Status Write(std::string_view bytes);
  // Replaces a file of that name.
  absl::Status Finish();

 private:
  absl::Status Failed(const char* what) const;

  const std::string directory_, path_, part_path_;
  int file_ = -1;
};

}  // namespace relief::server::reports
