#include "matcher/evaluate/metrics.h"

#include <gtest/gtest.h>

namespace relief::matcher {
namespace {

TEST(MetricsTest, CountsPairsAndClusters) {
  // People {0, 1, 2}, {3, 4}, {5}; found {0, 1}, {2, 3, 4}, {5}.
  const std::vector<uint32_t> truth = {7, 7, 7, 8, 8, 9}, found = {0, 0, 2, 2, 2, 5};
  const Accuracy accuracy = Measure(truth, found);
  EXPECT_EQ(accuracy.true_pairs, 4);
  EXPECT_EQ(accuracy.found_pairs, 4);
  EXPECT_EQ(accuracy.right_pairs, 2);
  EXPECT_DOUBLE_EQ(accuracy.pairwise.precision, 0.5);
  EXPECT_DOUBLE_EQ(accuracy.pairwise.recall, 0.5);
  // Rows: 1, 1, 1/3, 2/3, 2/3, 1 and 2/3, 2/3, 1/3, 1, 1, 1.
  EXPECT_DOUBLE_EQ(accuracy.b_cubed.precision, (1 + 1 + 1 / 3.0 + 2 / 3.0 + 2 / 3.0 + 1) / 6);
  EXPECT_DOUBLE_EQ(accuracy.b_cubed.recall, (2 / 3.0 + 2 / 3.0 + 1 / 3.0 + 1 + 1 + 1) / 6);
  EXPECT_EQ(accuracy.exact_clusters, 1);
  EXPECT_EQ(accuracy.mixed_clusters, 1);
  EXPECT_DOUBLE_EQ(accuracy.clusters.precision, 1 / 3.0);
}

TEST(MetricsTest, NothingFoundIsNothingWrong) {
  const Accuracy accuracy = Measure(std::vector<uint32_t>{1, 1}, std::vector<uint32_t>{1, 2});
  EXPECT_DOUBLE_EQ(accuracy.pairwise.precision, 1);
  EXPECT_DOUBLE_EQ(accuracy.pairwise.recall, 0);
  EXPECT_DOUBLE_EQ(accuracy.pairwise.f1(), 0);
}

TEST(MetricsTest, TheCurveFallsFromTheSurePairsToTheDoubtfulOnes) {
  const auto curve = PrecisionRecall({{1, false}, {9, true}, {5, true}, {0, false}}, 4, 4);
  ASSERT_EQ(curve.size(), 4u);
  EXPECT_FLOAT_EQ(curve[0].log_odds, 9);
  EXPECT_DOUBLE_EQ(curve[0].ratio.precision, 1);
  EXPECT_DOUBLE_EQ(curve[0].ratio.recall, 0.25);
  EXPECT_DOUBLE_EQ(curve[3].ratio.precision, 0.5);
  EXPECT_DOUBLE_EQ(curve[3].ratio.recall, 0.5);  // two true pairs were no candidates
}

TEST(MetricsTest, EstimatesErrorsFromTheOddsAlone) {
  const std::vector<float> together = {0, 0}, apart = {0};
  const Estimated estimated = EstimateErrors(together, apart);
  EXPECT_DOUBLE_EQ(estimated.false_matches, 0.5);
  EXPECT_DOUBLE_EQ(estimated.missed_matches, 1 / 3.0);
}

}  // namespace
}  // namespace relief::matcher
