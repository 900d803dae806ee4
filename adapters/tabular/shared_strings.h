// The texts that a workbook's cells refer to by number. They are as many as the workbook likes, so beyond
// some megabytes they go to a file without a name, which is gone when the object is: memory does not grow
// with them.
//
// One object is used by one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace relief::adapters {

class SharedStrings {
 public:
  SharedStrings() = default;
  ~SharedStrings();
  SharedStrings(const SharedStrings&) = delete;
  SharedStrings& operator=(const SharedStrings&) = delete;

  absl::Status Add(const std::string& text);
  // The text with this number, in the order of adding. False if there is none.
  absl::StatusOr<bool> Find(uint64_t number, std::string* text);
  uint64_t size() const { return count_; }

 private:
  static constexpr uint64_t kStride = 32;
  absl::Status Read(uint64_t at, size_t size, char* to);
  absl::StatusOr<const std::string*> Block(uint64_t number);

  std::string tail_;              // not yet written
  std::vector<uint64_t> starts_;  // where every kStride-th text begins
  std::FILE* file_ = nullptr;
  uint64_t written_ = 0, count_ = 0;
  std::list<std::pair<uint64_t, std::string>> blocks_;  // of the file, the newest used first
  std::unordered_map<uint64_t, std::list<std::pair<uint64_t, std::string>>::iterator> by_number_;
};

}  // namespace relief::adapters
