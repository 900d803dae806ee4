#include "matcher/evaluate/metrics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

namespace relief::matcher {
namespace {

int64_t PairsOf(int64_t n) { return n * (n - 1) / 2; }

double Share(double part, double whole) { return whole > 0 ? part / whole : 1; }

double Probability(float log_odds) { return 1 / (1 + std::exp2(-static_cast<double>(log_odds))); }

}  // namespace

Accuracy Measure(std::span<const uint32_t> truth, std::span<const uint32_t> found) {
  Accuracy accuracy;
  accuracy.rows = static_cast<int64_t>(truth.size());
  std::unordered_map<uint32_t, int64_t> true_size, found_size;
  std::map<std::pair<uint32_t, uint32_t>, int64_t> joint;  // (found, truth)
  for (size_t row = 0; row < truth.size(); ++row) {
    ++true_size[truth[row]];
    ++found_size[found[row]];
    ++joint[{found[row], truth[row]}];
  }
  for (const auto& [label, n] : true_size) accuracy.true_pairs += PairsOf(n);
  for (const auto& [label, n] : found_size) accuracy.found_pairs += PairsOf(n);
  double b_precision = 0, b_recall = 0;
  std::unordered_map<uint32_t, int> people_in;
  for (const auto& [labels, n] : joint) {
    accuracy.right_pairs += PairsOf(n);
    const auto square = static_cast<double>(n * n);
    b_precision += square / static_cast<double>(found_size[labels.first]);
    b_recall += square / static_cast<double>(true_size[labels.second]);
    accuracy.exact_clusters += n == found_size[labels.first] && n == true_size[labels.second];
    accuracy.mixed_clusters += ++people_in[labels.first] == 2;
  }
  accuracy.pairwise = {
      Share(static_cast<double>(accuracy.right_pairs), static_cast<double>(accuracy.found_pairs)),
      Share(static_cast<double>(accuracy.right_pairs), static_cast<double>(accuracy.true_pairs))};
  accuracy.b_cubed = {Share(b_precision, static_cast<double>(accuracy.rows)),
                      Share(b_recall, static_cast<double>(accuracy.rows))};
  accuracy.true_clusters = static_cast<int64_t>(true_size.size());
  accuracy.found_clusters = static_cast<int64_t>(found_size.size());
  accuracy.clusters = {
      Share(static_cast<double>(accuracy.exact_clusters), static_cast<double>(accuracy.found_clusters)),
      Share(static_cast<double>(accuracy.exact_clusters), static_cast<double>(accuracy.true_clusters))};
  return accuracy;
}

std::vector<CurvePoint> PrecisionRecall(std::vector<LabelledPair> pairs, int64_t true_pairs, int steps) {
  std::sort(pairs.begin(), pairs.end(),
            [](const LabelledPair& l, const LabelledPair& r) { return l.log_odds > r.log_odds; });
  std::vector<CurvePoint> curve;
  int64_t right = 0;
  size_t taken = 0;
  for (int step = 1; step <= steps; ++step) {
    const size_t until = pairs.size() * static_cast<size_t>(step) / static_cast<size_t>(steps);
    if (until == 0 || until <= taken) continue;
    const float threshold = pairs[until - 1].log_odds;
    while (taken < pairs.size() && pairs[taken].log_odds >= threshold) right += pairs[taken++].same;
    curve.push_back({threshold,
                     {static_cast<double>(right) / static_cast<double>(taken),
                      Share(static_cast<double>(right), static_cast<double>(true_pairs))}});
  }
  return curve;
}

Estimated EstimateErrors(std::span<const float> together, std::span<const float> apart) {
  double right = 0, missed = 0;
  for (float log_odds : together) right += Probability(log_odds);
  for (float log_odds : apart) missed += Probability(log_odds);
  const auto found = static_cast<double>(together.size());
  return {found > 0 ? 1 - right / found : 0, right + missed > 0 ? missed / (right + missed) : 0};
}

}  // namespace relief::matcher
