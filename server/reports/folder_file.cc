#include "server/reports/folder_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace relief::server::reports {

// The part's name is the same each time, so that an interrupted attempt leaves nothing behind once another
// one was made.
FolderFile::FolderFile(std::string directory, std::string name)
    : directory_(std::move(directory)),
      path_(directory_ + "/" + name),
      part_path_(directory_ + "/." + name + ".part") {}

FolderFile::~FolderFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(part_path_.c_str());
}

absl::Status FolderFile::Failed(const char* what) const {
  return absl::UnavailableError(std::string(what) + " " + path_ + ": " + std::strerror(errno));
}

absl::Status FolderFile::Open() {
  // What stands there is an attempt that was interrupted, or was put there by somebody who would own the report.
  if (::unlink(part_path_.c_str()) != 0 && errno != ENOENT) return Failed("cannot replace the part of");
  file_ = ::open(part_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (file_ < 0) return Failed("cannot create");
  // Whatever the process's mask: its group fetches the reports.
  return ::fchmod(file_, 0640) == 0 ? absl::OkStatus() : Failed("cannot set the mode of");
}

absl::Status FolderFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status FolderFile::Finish() {
  if (::fsync(file_) != 0) return Failed("cannot write");
  if (::rename(part_path_.c_str(), path_.c_str()) != 0) return Failed("cannot name");
  ::close(file_);
  file_ = -1;
  const int folder = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Failed("cannot open the folder of");
  const bool synced = ::fsync(folder) == 0;
  absl::Status status = synced ? absl::OkStatus() : Failed("cannot write the folder of");
  ::close(folder);
  return status;
}

}  // namespace relief::server::reports
