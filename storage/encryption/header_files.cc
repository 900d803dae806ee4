#include "storage/encryption/header_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "storage/encryption/file_header.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

class File {
 public:
  File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  const int descriptor_;
};

absl::Status SystemError(const std::string& path, const char* what) {
  return absl::UnavailableError(std::string("cannot ") + what + " " + path + ": " + std::strerror(errno));
}

absl::Status Named(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      fs::path(path).filename().string() + ": " + std::string(status.message()));
}

// Fewer bytes than a header where the file is shorter.
absl::StatusOr<std::string> ReadHeader(const File& file, const std::string& path) {
  std::string header(kHeaderSize, '\0');
  size_t got = 0;
  while (got < header.size()) {
    const ssize_t read =
        ::pread(file.get(), header.data() + got, header.size() - got, static_cast<off_t>(got));
    if (read < 0) return SystemError(path, "read");
    if (read == 0) break;
    got += static_cast<size_t>(read);
  }
  header.resize(got);
  return header;
}

absl::Status WriteDurably(const File& file, const std::string& path, size_t offset, std::string_view bytes) {
  if (::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)) !=
      static_cast<ssize_t>(bytes.size()))
    return SystemError(path, "write the header of");
  if (::fdatasync(file.get()) != 0) return SystemError(path, "sync");
  return absl::OkStatus();
}

absl::StatusOr<bool> Rewrap(const std::string& path, const KeyRing& ring) {
  const File file(path, O_RDWR);
  if (!file.is_open()) {
    if (errno == ENOENT) return false;
    return SystemError(path, "open");
  }
  auto header = ReadHeader(file, path);
  if (!header.ok()) return header.status();
  if (header->size() < kHeaderSize) return false;  // being created, under the newest key
  auto opened = OpenHeader(*header, ring);
  if (!opened.ok()) return Named(path, opened.status());
  const size_t other = 1 - opened->slot;
  const bool current = opened->key_id == ring.newest().id;
  if (!current) {
    auto slot = SealSlot(opened->file_key, ring.newest());
    if (!slot.ok()) return slot.status();
    if (absl::Status status = WriteDurably(file, path, kSlotOffsets[other], *slot); !status.ok())
      return status;
  }
  const size_t stale = current ? other : opened->slot;
  if (!current || !opened->other_empty)
    if (absl::Status status = WriteDurably(file, path, kSlotOffsets[stale], std::string(kSlotSize, '\0'));
        !status.ok())
      return status;
  return !current;
}

}  // namespace

bool IsPlainFile(const std::string& name) {
  return name.starts_with("LOG") || name == "LOCK" || name == "relief-hub.pid" ||
         name.starts_with("relief-store") || name.starts_with("relief-upload");
}

std::optional<bool> IsEncryptedFile(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) return std::nullopt;
  const auto header = ReadHeader(file, path);
  if (!header.ok() || header->empty()) return std::nullopt;
  return LooksEncrypted(*header);
}

absl::Status ForEachDataFile(const std::string& directory,
                             const std::function<absl::Status(const std::string& path)>& visit) {
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (!entry->is_regular_file(gone) || IsPlainFile(entry->path().filename().string())) continue;
    if (absl::Status status = visit(entry->path().string()); !status.ok()) return status;
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return absl::UnavailableError("cannot list " + directory + ": " + error.message());
  return absl::OkStatus();
}

absl::StatusOr<int64_t> RemoveUnbegunFiles(const std::string& directory) {
  int64_t removed = 0;
  absl::Status status = ForEachDataFile(directory, [&](const std::string& path) {
    std::error_code error;
    const uintmax_t size = fs::file_size(path, error);
    if (error || size > kHeaderSize) return absl::OkStatus();
    if (size == kHeaderSize) {
      const File file(path, O_RDONLY);
      if (!file.is_open()) return SystemError(path, "open");
      auto header = ReadHeader(file, path);
      if (!header.ok()) return header.status();
      if (header->find_first_not_of('\0') != std::string::npos) return absl::OkStatus();
    }
    if (!fs::remove(path, error) || error) return SystemError(path, "remove");
    ++removed;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return removed;
}

absl::StatusOr<std::map<std::string, int64_t>> CountFilesByKey(const std::string& directory,
                                                               const KeyRing& ring) {
  std::map<std::string, int64_t> counts;
  absl::Status status = ForEachDataFile(directory, [&](const std::string& path) -> absl::Status {
    const File file(path, O_RDONLY);
    if (!file.is_open()) return errno == ENOENT ? absl::OkStatus() : SystemError(path, "open");
    auto header = ReadHeader(file, path);
    if (!header.ok()) return header.status();
    if (header->size() < kHeaderSize) return absl::OkStatus();
    auto opened = OpenHeader(*header, ring);
    if (!opened.ok()) return Named(path, opened.status());
    ++counts[opened->key_id];
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return counts;
}

absl::StatusOr<int64_t> RewrapFiles(const std::string& directory, const KeyRing& ring) {
  int64_t rewrapped = 0;
  absl::Status status = ForEachDataFile(directory, [&](const std::string& path) -> absl::Status {
    auto done = Rewrap(path, ring);
    if (!done.ok()) return done.status();
    rewrapped += *done;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return rewrapped;
}

}  // namespace relief::storage
