// --purpose and --case: every look-up says why.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/registry_service.pb.h"

namespace relief::adapters {

class PurposeFlags {
 public:
  explicit PurposeFlags(std::string kind) : kind_(std::move(kind)) {}
  void Add(CLI::App& command);
  absl::StatusOr<v1::Purpose> Purpose() const;

 private:
  std::string kind_, case_number_;
};

}  // namespace relief::adapters
