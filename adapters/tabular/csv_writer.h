// Writes rows of comma-separated values (RFC 4180, but with LF), quoting only where it is needed.
#pragma once

#include <string>
#include <vector>

namespace relief::adapters {

// One row with its line break. A cell that a spreadsheet would run as a formula (= + - @ at its start, unless
// it is a number) is not altered here: the callers write only codes, ids and messages of our own.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace relief::adapters
