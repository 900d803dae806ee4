// Reads rule files: protobuf text format, checked until every rule in the result can be evaluated as it
// stands.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/coverage/rule.pb.h"

namespace relief::coverage {

// A rule and where it stands, for errors about two rules.
struct PlacedRule {
  RuleSpec spec;
  std::string place;  // "duplicates.textproto:12:3"
};

// The rules of one text. INVALID_ARGUMENT: the first error, as "name:line:column: what is wrong".
absl::StatusOr<std::vector<PlacedRule>> ParseRules(const std::string& name, const std::string& text);

// INVALID_ARGUMENT if two rules of one id are in force on one day, or share a version. (One id may have
// several versions that follow each other in time.)
absl::Status CheckDistinct(const std::vector<PlacedRule>& rules);

}  // namespace relief::coverage
