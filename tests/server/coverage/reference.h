// The shipped rules once more: slow, plain, and written from the catalogue of rules without a look at the
// evaluators. All months and days are counted one by one, every pair of records is tried. It knows the
// shipped parameters, and no regions.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "relief/v1/record.pb.h"

namespace relief::coverage {

// "D01: a b" for each finding, with every rule on. Records have ids of their own.
std::set<std::string> ReferenceFindings(const std::vector<v1::Record>& records, int year, int month, int day);
std::set<std::string> ReferenceHouseholdFindings(const std::vector<std::vector<v1::Record>>& members,
                                                 int year, int month, int day);

// Numbers of nobody that the reference knows: of a man born on 1980-12-31, of a woman born on 1949-12-31, and
// one that cannot be.
inline constexpr char kHisNumber[] = "110105198012310014", kHerNumber[] = "11010519491231002X",
                      kBrokenNumber[] = "110105198012310018";

}  // namespace relief::coverage
