// The rows that were rejected, as a workbook that can be corrected and loaded again: the file's own columns, and the reason behind
// each row. Holds personal data.
//
// Callable from one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace relief::server::intake {

class RejectedRows {
 public:
  static constexpr size_t kMost = 5'000;

  void Add(const std::vector<std::string>& header, std::vector<std::string> cells, const std::string& field,
           const std::string& why);
  bool empty() const { return count_ == 0; }

  // A sheet for each header.
  absl::StatusOr<std::string> Workbook() const;

 private:
  size_t count_ = 0;
  std::map<std::vector<std::string>, std::vector<std::vector<std::string>>> rows_;
};

}  // namespace relief::server::intake
