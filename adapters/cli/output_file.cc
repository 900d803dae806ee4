#include "adapters/cli/output_file.h"

#include <cstdio>
#include <iostream>

#include "adapters/cli/text.h"

namespace relief::adapters {

absl::Status OutputFile::Open(const std::string& path) {
  path_ = path;
  if (path_ == "-") return absl::OkStatus();
  file_.open(PartPath(), std::ios::binary | std::ios::trunc);
  return file_ ? absl::OkStatus() : absl::UnavailableError(Fill(Say::kCannotWrite, {path_}));
}

void OutputFile::Write(const std::string& bytes) {
  (path_ == "-" ? static_cast<std::ostream&>(std::cout) : file_)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

absl::Status OutputFile::Finish() {
  bool written;
  if (path_ == "-") {
    written = static_cast<bool>(std::cout.flush());
  } else {
    file_.close();
    written = file_ && std::rename(PartPath().c_str(), path_.c_str()) == 0;
  }
  return written ? absl::OkStatus() : absl::UnavailableError(Fill(Say::kCannotWrite, {path_}));
}

OutputFile::~OutputFile() {
  if (!file_.is_open()) return;
  file_.close();
  std::remove(PartPath().c_str());
}

}  // namespace relief::adapters
