#include "server/intake/upload_files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "storage/encryption/cipher.h"

namespace relief::server::intake {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPiece = 1 << 20;
constexpr int64_t kLeftFree = int64_t{512} << 20;          // on the disk
constexpr std::string_view kBeginning = "relief-upload-";  // storage/encryption/header_files.h knows it
constexpr char kRejectedEnd[] = ".rejected";

absl::Status Unwritable() {
  return absl::UnavailableError("the hub cannot keep the file; is its disk full?");
}

bool Apply(const std::string& key, int64_t offset, std::string* bytes) {
  storage::Secret secret;
  storage::Iv iv{};
  if (key.size() != storage::Secret::kSize + iv.size()) return false;
  std::memcpy(secret.data(), key.data(), storage::Secret::kSize);
  std::memcpy(iv.data(), key.data() + storage::Secret::kSize, iv.size());
  return storage::ApplyStream(storage::Cipher::kAes256Ctr, secret, iv, static_cast<uint64_t>(offset),
                              bytes->data(), bytes->size());
}

class Handle {
 public:
  explicit Handle(int file) : file_(file) {}
  ~Handle() {
    if (file_ >= 0) close(file_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

}  // namespace

absl::StatusOr<PlainFile> PlainFile::Make() {
  const int file = memfd_create("relief-upload", MFD_CLOEXEC);
  if (file < 0) return absl::ResourceExhaustedError("no memory for the file");
  return PlainFile(file);
}

PlainFile::PlainFile(PlainFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

PlainFile::~PlainFile() {
  if (file_ >= 0) close(file_);
}

std::string PlainFile::path() const { return "/proc/self/fd/" + std::to_string(file_); }

absl::Status PlainFile::Append(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(file_, bytes.data(), bytes.size());
    if (written <= 0) return absl::ResourceExhaustedError("no memory for the file");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PlainFile::ReadAll() const {
  struct stat info {};
  if (fstat(file_, &info) != 0) return absl::UnavailableError("the file cannot be read");
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t got = pread(file_, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got <= 0) return absl::UnavailableError("the file cannot be read");
    at += static_cast<size_t>(got);
  }
  return bytes;
}

absl::StatusOr<UploadFiles> UploadFiles::Open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || chmod(folder.c_str(), 0700) != 0)
    return absl::UnavailableError("the folder of uploads cannot be made: " + folder);
  return UploadFiles(folder);
}

absl::StatusOr<std::string> UploadFiles::NewKey() {
  std::string key(storage::Secret::kSize + storage::kIvSize, '\0');
  if (!storage::FillRandom(reinterpret_cast<uint8_t*>(key.data()), key.size()))
    return absl::InternalError("there are no random numbers");
  return key;
}

std::string UploadFiles::PathOf(const std::string& id, FilePart part) const {
  return (folder_ + "/").append(kBeginning) + id + (part == FilePart::kRejectedRows ? kRejectedEnd : "");
}

absl::Status UploadFiles::Write(const std::string& id, FilePart part, const std::string& key, int64_t offset,
                                std::string_view bytes) const {
  const Handle file(open(PathOf(id, part).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return Unwritable();
  while (!bytes.empty()) {
    std::string piece(bytes.substr(0, kPiece));
    if (!Apply(key, offset, &piece)) return absl::InternalError("the file cannot be encrypted");
    for (size_t at = 0; at < piece.size();) {
      const ssize_t written = pwrite(file.get(), piece.data() + at, piece.size() - at,
                                     static_cast<off_t>(offset + static_cast<int64_t>(at)));
      if (written <= 0) return Unwritable();
      at += static_cast<size_t>(written);
    }
    offset += static_cast<int64_t>(piece.size());
    bytes.remove_prefix(piece.size());
  }
  return fdatasync(file.get()) == 0 ? absl::OkStatus() : Unwritable();
}

bool UploadFiles::HasRoomFor(int64_t bytes, int files) const {
  std::error_code error;
  const fs::space_info space = fs::space(folder_, error);
  if (error || static_cast<int64_t>(space.available) < bytes + kLeftFree) return false;
  for (auto entry = fs::directory_iterator(folder_, error); !error && entry != fs::directory_iterator();
       entry.increment(error))
    if (--files <= 0) return false;
  return !error;
}

int64_t UploadFiles::Size(const std::string& id, FilePart part) const {
  struct stat info {};
  return stat(PathOf(id, part).c_str(), &info) == 0 ? static_cast<int64_t>(info.st_size) : 0;
}

absl::StatusOr<PlainFile> UploadFiles::Read(const std::string& id, FilePart part,
                                            const std::string& key) const {
  const Handle file(open(PathOf(id, part).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return absl::NotFoundError("the file is no longer kept");
  auto plain = PlainFile::Make();
  if (!plain.ok()) return plain.status();
  std::string piece;
  for (int64_t offset = 0;; offset += static_cast<int64_t>(piece.size())) {
    piece.resize(kPiece);
    const ssize_t got = pread(file.get(), piece.data(), piece.size(), static_cast<off_t>(offset));
    if (got < 0) return absl::UnavailableError("the file cannot be read back");
    if (got == 0) return plain;
    piece.resize(static_cast<size_t>(got));
    if (!Apply(key, offset, &piece)) return absl::InternalError("the file cannot be decrypted");
    if (absl::Status status = plain->Append(piece); !status.ok()) return status;
  }
}

void UploadFiles::RemovePart(const std::string& id, FilePart part) const {
  std::error_code ignored;
  fs::remove(PathOf(id, part), ignored);
}

void UploadFiles::Remove(const std::string& id) const {
  RemovePart(id, FilePart::kContent);
  RemovePart(id, FilePart::kRejectedRows);
}

void UploadFiles::Sweep(const std::function<bool(const std::string& id)>& keep) const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    const std::string id = name.substr(std::min(name.size(), kBeginning.size()));
    if (name.starts_with(kBeginning) && keep(id.substr(0, id.find('.')))) continue;
    std::error_code ignored;
    fs::remove(entry.path(), ignored);
  }
}

}  // namespace relief::server::intake
