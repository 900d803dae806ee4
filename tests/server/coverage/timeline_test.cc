#include "server/coverage/timeline.h"

#include <gtest/gtest.h>

namespace relief::coverage {
namespace {

TEST(MonthIndex, CountsAcrossYears) {
  const MonthIndex december = MonthIndex::Of(2025, 12);
  EXPECT_EQ((december + 1).year(), 2026);
  EXPECT_EQ((december + 1).month(), 1);
  EXPECT_EQ((MonthIndex::Of(2026, 1) - 1), december);
  EXPECT_EQ((december + 13).ToProto().month(), 1);
}

TEST(MonthSpan, SharesBothEnds) {
  const MonthSpan a{MonthIndex::Of(2025, 11), MonthIndex::Of(2026, 2)};
  const MonthSpan b{MonthIndex::Of(2026, 2), MonthIndex::Of(2026, 5)};
  EXPECT_EQ(a.count(), 4);
  EXPECT_EQ(Intersect(a, b).count(), 1);
  EXPECT_EQ(a.Months().front().month(), 11);
  EXPECT_EQ(a.Months().back().month(), 2);
  EXPECT_TRUE(Intersect(a, {MonthIndex::Of(2026, 3), MonthIndex::Of(2026, 5)}).empty());
  EXPECT_TRUE(MonthSpan().empty());
}

TEST(BenefitMonths, StopsAtTheMonthOfJudgement) {
  v1::Benefit benefit;
  const MonthIndex now = MonthIndex::Of(2026, 10);
  EXPECT_TRUE(BenefitMonths(benefit, now).empty());
  benefit.mutable_start_month()->set_year(2026);
  benefit.mutable_start_month()->set_month(9);
  EXPECT_EQ(BenefitMonths(benefit, now).count(), 2);
  benefit.mutable_end_month()->set_year(2027);
  benefit.mutable_end_month()->set_month(9);
  EXPECT_EQ(BenefitMonths(benefit, now).count(), 2);
}

TEST(TermOf, FollowsTheSchoolYear) {
  EXPECT_EQ(TermOf(MonthIndex::Of(2026, 1)), "2025秋");
  EXPECT_EQ(TermOf(MonthIndex::Of(2026, 2)), "2026春");
  EXPECT_EQ(TermOf(MonthIndex::Of(2026, 8)), "2026春");
  EXPECT_EQ(TermOf(MonthIndex::Of(2026, 9)), "2026秋");
  EXPECT_EQ(TermOf(MonthIndex::Of(2026, 12)), "2026秋");
}

}  // namespace
}  // namespace relief::coverage
