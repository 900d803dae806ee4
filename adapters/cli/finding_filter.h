// --rule --kind --region --person --state --programme: which findings are meant.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"

namespace relief::adapters {

class FindingFilterFlags {
 public:
  void Add(CLI::App& command);           // all of them
  void AddForReport(CLI::App& command);  // without the state
  absl::StatusOr<v1::FindingFilter> Filter() const;

 private:
  std::vector<std::string> rules_, kinds_, programmes_;
  std::string region_, person_, state_ = "open";
};

}  // namespace relief::adapters
