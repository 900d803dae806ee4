// Which groups of a report are withheld under DISCLOSURE_PROTECTED.
//
// Decided from the country down, level by level, so that a region's table agrees with what the table above it
// withheld, and every way of drilling meets the same decisions.
//
// Pure; callable from any thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "server/reports/gap_table.h"

namespace relief::server::reports {

struct Withheld {
  std::map<std::string, std::set<GapColumn>> cells;  // by region
  std::set<std::string> region_totals;
  std::set<GapColumn> totals;  // of the region that the report is about
  bool total = false;
};

// Of the table of `prefix` by `region_digits`. The cube is of the whole country, as fine as CubeDigits says.
Withheld Protect(const GapCube& cube, const std::string& prefix, int region_digits);
// At least one level below the region that is asked for: its own sums are decided together with what they are
// made of.
int CubeDigits(const std::string& prefix, int region_digits, bool is_protected);

// Whether a region, or a part of it, leaves few of those above it that are not its own: where findings of two regions
// count in each, the others' figures do not say how many. `all_below`: what the regions below count together.
bool LeavesFew(const GapGroup& above, const GapGroup& below, int64_t all_below);

// A table of the region in the filter, and what of it is withheld.
struct GapSums {
  GapTable table;
  Withheld withheld;
};

// The figures that are not withheld but rounded.
int64_t Rounded(int64_t count);
void Round(v1::Movement* movement);

// The levels of regions, in digits.
inline constexpr int kRegionLevels[] = {2, 4, 6, 9, 12};

}  // namespace relief::server::reports
