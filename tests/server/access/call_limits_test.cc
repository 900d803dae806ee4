#include "server/access/call_limits.h"

#include <gtest/gtest.h>

namespace relief::server::access {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(CallLimits, LetsABurstThroughAndThenTheRate) {
  CallLimits limits;
  const Rate rate{60, 3};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limits.Take("a", READ, rate, 0));
  EXPECT_FALSE(limits.Take("a", READ, rate, 0));
  EXPECT_TRUE(limits.Take("a", READ, rate, kSecond)) << "one a second";
  EXPECT_FALSE(limits.Take("a", READ, rate, kSecond));
  EXPECT_TRUE(limits.Take("a", READ, rate, 100 * kSecond));
}

TEST(CallLimits, CallersAndClassesDoNotCostOneAnother) {
  CallLimits limits;
  const Rate rate{60, 1};
  EXPECT_TRUE(limits.Take("a", READ, rate, 0));
  EXPECT_FALSE(limits.Take("a", READ, rate, 0));
  EXPECT_TRUE(limits.Take("b", READ, rate, 0));
  EXPECT_TRUE(limits.Take("a", CHANGE, rate, 0));
}

TEST(LookUpWatch, RefusesMoreDifferentPersonsThanAllowedAndForgetsWithTime) {
  LookUpWatch watch;
  LookUpLimit limit;
  limit.set_distinct_persons(2);
  limit.set_seconds(60);
  using enum LookUpWatch::Answer;
  EXPECT_EQ(watch.Look("a", {1}, limit, 0), kAllowed);
  EXPECT_EQ(watch.Look("a", {2}, limit, 0), kAllowed);
  EXPECT_EQ(watch.Look("a", {1, 2}, limit, kSecond), kAllowed) << "the same persons again";
  EXPECT_EQ(watch.Look("a", {3}, limit, 2 * kSecond), kFirstRefusal);
  EXPECT_EQ(watch.Look("a", {4}, limit, 3 * kSecond), kRefused) << "one alarm a window";
  EXPECT_EQ(watch.Look("b", {3}, limit, 3 * kSecond), kAllowed) << "another caller";
  EXPECT_EQ(watch.Look("a", {1}, limit, 3 * kSecond), kAllowed) << "whom it named already";
  EXPECT_EQ(watch.Look("a", {3}, limit, 100 * kSecond), kAllowed);
}

}  // namespace
}  // namespace relief::server::access
