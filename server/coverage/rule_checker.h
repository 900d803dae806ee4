// Whether a rule can be evaluated as it stands. Private to server/coverage; rule_file.h is the face.
#pragma once

#include <google/protobuf/text_format.h>

#include <string>

#include "server/coverage/rule.pb.h"

namespace relief::coverage {

struct CheckedRule {
  std::string place;  // "duplicates.textproto:12:3"
  std::string error;  // the first complaint, after its own place; empty: the rule is well formed
};

CheckedRule CheckRule(const std::string& file_name, const RuleFile& file, int index,
                      const google::protobuf::TextFormat::ParseInfoTree& tree);

}  // namespace relief::coverage
