// The names of regions by their GB/T 2260 codes, for documents.
//
// From region_names.txt, built in. Callable from any thread.
#pragma once

#include <string>
#include <string_view>

namespace relief::server {

// "37" 山东省, "3713" 临沂市, "371302" 兰山区. A code that is not in the table stays as it is: townships, codes out
// of use.
std::string RegionName(std::string_view code);

}  // namespace relief::server
