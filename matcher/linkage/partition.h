// From scored pairs to persons, for a whole table at once: clusters are joined best pair of clusters first,
// by the mean log odds over ALL pairs of rows between them, so that one strong link between two groups that
// otherwise disagree joins nothing (no chaining).
//
// A function of the set of rows and pairs: ties are broken by row. Callable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "matcher/linkage/estimate.h"

namespace relief::matcher {

struct PartitionOptions {
  bool one_per_source = false;  // a cluster has at most one row of each source
  double threshold = 0;         // clusters are joined at or above this mean of log odds
  double absent_log_odds = -8;  // of a pair that was not scored
  double cap = 12;              // one pair counts for no more than this
};

// For each row, the first row of its cluster.
std::vector<uint32_t> Partition(const Table& table, std::span<const ScoredPair> pairs,
                                const PartitionOptions& options);

}  // namespace relief::matcher
