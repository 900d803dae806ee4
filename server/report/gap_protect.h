// Which groups of a report are withheld under DISCLOSURE_PROTECTED.
//
// Decided from the country down, level by level, so that a region's table agrees with what the table above it withheld, and
// every way of drilling meets the same decisions.
//
// Pure; callable from any thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "server/report/gap_table.h"

namespace relief::server {

struct Withheld {
  std::map<std::string, std::set<GapColumn>> cells;  // by region
  std::set<std::string> region_totals;
  std::set<GapColumn> totals;  // of the region that the report is about
  bool total = false;
};

// The report's filter names a region or none; `reading` is of the whole country, in the tier that region_digits needs.
Withheld Protect(const TallyReading& reading, const GapQuery& query);

// The figures that are not withheld but rounded.
int64_t Rounded(int64_t count);
void Round(v1::Movement* movement);

// The levels of regions, in digits.
inline constexpr int kRegionLevels[] = {2, 4, 6, 9, 12};

}  // namespace relief::server
