// The container of .xls and of protected workbooks (MS-CFB): named streams in sectors. Reads one stream
// whole.
//
// Pure functions over a file; every chain of sectors is bounded by the file's size.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace relief::adapters {

inline constexpr std::string_view kCompoundFileSignature = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

class CompoundFile {
 public:
  // DATA_LOSS if it is damaged. The file is held in memory: a .xls has at most 65,536 rows a sheet.
  static absl::StatusOr<CompoundFile> Open(const std::string& path);

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  absl::StatusOr<std::string> Read(std::string_view name) const;

 private:
  struct Entry {
    std::string name;  // ASCII; other characters as '?'
    uint8_t type = 0;
    uint32_t first = 0;
    uint64_t size = 0;
  };

  absl::Status ReadStructure();
  const Entry* Find(std::string_view name) const;
  std::string_view Sector(uint32_t number) const;
  absl::StatusOr<std::string> Chain(uint32_t first, uint64_t size) const;

  std::string bytes_;
  size_t sector_size_ = 512;
  uint32_t mini_cutoff_ = 4096;
  std::vector<uint32_t> fat_, mini_fat_;
  std::string mini_stream_;
  std::vector<Entry> entries_;
};

}  // namespace relief::adapters
