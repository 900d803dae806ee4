// The sixteen rules once more, as plainly as their written semantics read: every pair, every month, no index.
// Slow and obvious, to hold the evaluators against.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "relief/v1/record.pb.h"

namespace relief::coverage {

// "D01: a b" for each finding of a person on the last day of a month. Ids, not keys; facts all have dates.
std::set<std::string> ReferenceFindings(const std::vector<v1::Record>& records, int year, int month, int day);

}  // namespace relief::coverage
