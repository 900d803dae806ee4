#include "server/base/region_names.h"

#include <algorithm>
#include <iterator>

namespace relief::server {
namespace {

struct Named {
  std::string_view code, name;
};
// Sorted by code.
constexpr Named kNames[] = {
#include "region_names.inc"
};

}  // namespace

std::string RegionName(std::string_view code) {
  const auto found =
      std::lower_bound(std::begin(kNames), std::end(kNames), code,
                       [](const Named& one, std::string_view wanted) { return one.code < wanted; });
  return std::string(found != std::end(kNames) && found->code == code ? found->name : code);
}

}  // namespace relief::server
