// County codes of GB/T 2260 through time: what a code that is no longer in use stands for today.
//
// From region_successors.txt, built in. Callable from any thread.
#pragma once

#include <string>
#include <string_view>

namespace relief::matcher {

// The code of the same place today; the code itself where it is in use, is not known, or the place was
// divided.
std::string CurrentRegion(std::string_view code);

}  // namespace relief::matcher
