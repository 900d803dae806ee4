// Files for tests: written in any encoding into a directory that goes away with the test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unicode/ucnv.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace relief::adapters {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "relief-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string Path(const std::string& name) const { return (path_ / name).string(); }

  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

 private:
  std::filesystem::path path_;
};

inline std::string InGb18030(const std::string& utf8) {
  UErrorCode error = U_ZERO_ERROR;
  std::vector<char> out(utf8.size() * 2 + 16);
  const int32_t size = ucnv_convert("gb18030", "UTF-8", out.data(), static_cast<int32_t>(out.size()),
                                    utf8.data(), static_cast<int32_t>(utf8.size()), &error);
  EXPECT_TRUE(U_SUCCESS(error));
  return std::string(out.data(), size);
}

inline std::string WithMark(const std::string& utf8) { return "\xEF\xBB\xBF" + utf8; }

}  // namespace relief::adapters
