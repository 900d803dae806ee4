// How right a resolution is, against the truth, and what can be said of it without one.
//
// Pure functions; callable from any thread. Ratios of nothing to nothing are 1.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace relief::matcher {

struct Ratio {
  double precision = 1, recall = 1;
  double f1() const { return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0; }
};

struct Accuracy {
  int64_t rows = 0;
  int64_t true_pairs = 0, found_pairs = 0, right_pairs = 0;
  Ratio pairwise;
  Ratio b_cubed;  // Bagga and Baldwin 1998: the mean over rows
  // Over clusters that are exactly a true one.
  int64_t true_clusters = 0, found_clusters = 0, exact_clusters = 0;
  Ratio clusters;
  int64_t mixed_clusters = 0;  // found clusters that hold rows of two people: false merges
};

// `truth` and `found` give a label for each row; labels need not agree between the two.
Accuracy Measure(std::span<const uint32_t> truth, std::span<const uint32_t> found);

struct LabelledPair {
  float log_odds = 0;
  bool same = false;
};

struct CurvePoint {
  float log_odds = 0;  // links at or above this
  Ratio ratio;
};

// Precision and recall of pairs alone, before they are made into clusters, at each of `steps` thresholds
// spread evenly over the pairs that are there. `true_pairs` counts those that are no candidates, too.
std::vector<CurvePoint> PrecisionRecall(std::vector<LabelledPair> pairs, int64_t true_pairs, int steps);

// What the log odds themselves say, without any label: the share of false pairs among those in one cluster,
// and of the true pairs that were left apart. Good as far as the model's independence assumption holds: too
// bright where views depend on one another (Linkage::false_pairs knows better where it can).
struct Estimated {
  double false_matches = 0;   // 1 - precision
  double missed_matches = 0;  // 1 - recall
};
Estimated EstimateErrors(std::span<const float> together, std::span<const float> apart);

}  // namespace relief::matcher
