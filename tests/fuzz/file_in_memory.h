// A file that lives in memory, for readers that open files by path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "tests/fuzz/fuzz_target.h"

namespace relief::fuzz {

class FileInMemory {
 public:
  explicit FileInMemory(std::string_view content) : file_(::memfd_create("input", MFD_CLOEXEC)) {
    HOLDS(file_ >= 0);
    while (!content.empty()) {
      const ssize_t written = ::write(file_, content.data(), content.size());
      HOLDS(written > 0);
      content.remove_prefix(static_cast<size_t>(written));
    }
  }
  ~FileInMemory() { ::close(file_); }
  FileInMemory(const FileInMemory&) = delete;
  FileInMemory& operator=(const FileInMemory&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  const int file_;
};

}  // namespace relief::fuzz
