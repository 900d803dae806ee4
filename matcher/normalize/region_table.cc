#include "matcher/normalize/region_table.h"

#include <algorithm>
#include <utility>

namespace relief::matcher {
namespace {

// Sorted by the old code.
constexpr std::pair<std::string_view, std::string_view> kSuccessors[] = {
#include "region_successors.inc"
};

}  // namespace

std::string CurrentRegion(std::string_view code) {
  const auto found =
      std::lower_bound(std::begin(kSuccessors), std::end(kSuccessors), code,
                       [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return std::string(found != std::end(kSuccessors) && found->first == code ? found->second : code);
}

}  // namespace relief::matcher
