// The files of uploads, while the hub keeps them: in a folder that only the hub's user may read, each under a key of its own that
// lies in the store and goes with the upload. What is read is decrypted into memory without a place in the file system, so that
// nothing of a file lies on the disk in the clear.
//
// Thread-safe, except that one file is written by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace relief::server::intake {

enum class FilePart { kContent, kRejectedRows };

// A file in memory, by a path that lives as long as this object.
class PlainFile {
 public:
  static absl::StatusOr<PlainFile> Make();
  PlainFile(PlainFile&& other) noexcept;
  PlainFile& operator=(PlainFile&&) = delete;
  ~PlainFile();

  std::string path() const;
  absl::Status Append(std::string_view bytes) const;
  absl::StatusOr<std::string> ReadAll() const;

 private:
  explicit PlainFile(int file) : file_(file) {}
  int file_;
};

class UploadFiles {
 public:
  // Makes the folder where it is not there. UNAVAILABLE: it cannot be made or is open to others.
  static absl::StatusOr<UploadFiles> Open(const std::string& folder);

  // 48 random bytes: key and iv.
  static absl::StatusOr<std::string> NewKey();

  // Durable when it returns. Parts of one file need not come in order, and may come again with the same bytes.
  absl::Status Write(const std::string& id, FilePart part, const std::string& key, int64_t offset,
                     std::string_view bytes) const;
  // Whether the disk has room for so many more bytes, and there are fewer files than that.
  bool HasRoomFor(int64_t bytes, int files) const;
  // Bytes that were written; 0 where there is none.
  int64_t Size(const std::string& id, FilePart part) const;
  absl::StatusOr<PlainFile> Read(const std::string& id, FilePart part, const std::string& key) const;
  void Remove(const std::string& id) const;
  void RemovePart(const std::string& id, FilePart part) const;
  // Removes the files of uploads that `keep` says no to: left behind by a crash.
  void Sweep(const std::function<bool(const std::string& id)>& keep) const;

 private:
  explicit UploadFiles(std::string folder) : folder_(std::move(folder)) {}
  std::string PathOf(const std::string& id, FilePart part) const;

  std::string folder_;
};

}  // namespace relief::server::intake
