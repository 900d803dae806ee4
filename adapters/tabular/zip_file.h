// The files inside a .xlsx or .ods, unpacked piece by piece. What they may unpack to is bounded in size and
// in relation to their packed size, whatever their directory promises.
//
// One object is used by one thread; one entry is open at a time for each ZipEntry.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace relief::adapters {

class ZipEntry {
 public:
  ~ZipEntry();
  ZipEntry(const ZipEntry&) = delete;
  ZipEntry& operator=(const ZipEntry&) = delete;

  // The next piece; empty at the end. Valid until the next call. DATA_LOSS: damaged, or too large unpacked.
  absl::StatusOr<std::string_view> Next();

  int64_t bytes_unpacked() const;
  int64_t bytes_total() const;  // as the directory says

 private:
  friend class ZipFile;
  struct State;
  explicit ZipEntry(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class ZipFile {
 public:
  static absl::StatusOr<std::unique_ptr<ZipFile>> Open(const std::string& path);
  ~ZipFile();
  ZipFile(const ZipFile&) = delete;
  ZipFile& operator=(const ZipFile&) = delete;

  bool Has(const std::string& name) const;
  // NOT_FOUND if there is none.
  absl::StatusOr<std::unique_ptr<ZipEntry>> Read(const std::string& name) const;
  // A whole small file, e.g. a list of relationships.
  absl::StatusOr<std::string> ReadAll(const std::string& name, size_t most_bytes) const;

 private:
  struct State;
  explicit ZipFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace relief::adapters
