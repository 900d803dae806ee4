#include "matcher/compare/similarity.h"

#include <gtest/gtest.h>

namespace relief::matcher {
namespace {

TEST(SimilarityTest, JaroWinklerAsPublished) {  // Winkler 1990, table of examples
  EXPECT_NEAR(JaroWinkler(U"martha", U"marhta"), 0.961, 0.001);
  EXPECT_NEAR(JaroWinkler(U"dwayne", U"duane"), 0.840, 0.001);
  EXPECT_NEAR(JaroWinkler(U"dixon", U"dicksonx"), 0.813, 0.001);
  EXPECT_EQ(JaroWinkler(U"", U"a"), 0);
  EXPECT_EQ(JaroWinkler(U"abc", U"abc"), 1);
  EXPECT_EQ(JaroWinkler(U"abc", U"xyz"), 0);
}

TEST(SimilarityTest, CountsEditsUpToTheLimit) {
  EXPECT_EQ(EditDistance(U"1980", U"1980", 2), 0);
  EXPECT_EQ(EditDistance(U"1980", U"1908", 2), 1);  // neighbours exchanged
  EXPECT_EQ(EditDistance(U"kitten", U"sitting", 5), 3);
  EXPECT_EQ(EditDistance(U"kitten", U"sitting", 2), 3);  // "more than two"
  EXPECT_EQ(EditDistance(U"", U"abc", 5), 3);
  EXPECT_EQ(EditDistance(U"a", U"abcdef", 2), 3);
  for (const auto& [a, b] : {std::pair(U"abcd", U"bad"), std::pair(U"xyz", U"zyxw")})
    EXPECT_EQ(EditDistance(a, b, 9), EditDistance(b, a, 9));
}

}  // namespace
}  // namespace relief::matcher
