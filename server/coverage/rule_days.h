// The days that a rule counts in. Private to server/coverage.
#pragma once

#include <vector>

#include "server/coverage/rule.pb.h"

namespace relief::coverage {

// Values of every parameter whose name ends in "_days", sorted, each once.
std::vector<int> DayParameters(const RuleSpec& rule);

}  // namespace relief::coverage
