#include "matcher/normalize/lunar.h"

#include <gtest/gtest.h>

namespace relief::matcher {
namespace {

TEST(LunarTest, NewYearsDaysAreKnown) {
  EXPECT_EQ(LunarToCivil(1950, 1, 1, false), (CivilDate{1950, 2, 17}));
  EXPECT_EQ(LunarToCivil(1984, 1, 1, false), (CivilDate{1984, 2, 2}));
  EXPECT_EQ(LunarToCivil(2000, 1, 1, false), (CivilDate{2000, 2, 5}));
  EXPECT_EQ(LunarToCivil(1949, 8, 15, false), (CivilDate{1949, 10, 6}));  // mid-autumn
}

TEST(LunarTest, LeapMonthsAreOnlyWhereTheyAre) {
  EXPECT_EQ(LunarToCivil(2020, 4, 1, true), (CivilDate{2020, 5, 23}));
  EXPECT_EQ(LunarToCivil(2020, 5, 1, true), std::nullopt);
  EXPECT_EQ(LunarToCivil(2021, 4, 1, true), std::nullopt);
}

TEST(LunarTest, ADayThatTheMonthDoesNotHaveIsNone) {
  EXPECT_EQ(LunarToCivil(2000, 1, 31, false), std::nullopt);
  EXPECT_EQ(LunarToCivil(2000, 13, 1, false), std::nullopt);
}

TEST(LunarTest, TellsALunarDateFromOneThatIsMerelyNear) {
  EXPECT_TRUE(SameDayInLunarCalendar({1949, 8, 15}, {1949, 10, 6}));
  EXPECT_TRUE(SameDayInLunarCalendar({1949, 10, 6}, {1949, 8, 15}));
  EXPECT_FALSE(SameDayInLunarCalendar({1949, 8, 15}, {1949, 10, 7}));
  EXPECT_FALSE(SameDayInLunarCalendar({1949, 8, 15}, {1949, 8, 15}));
  EXPECT_TRUE(SameDayInLunarCalendar({1950, 12, 20}, {1951, 1, 27}));  // across the year
}

}  // namespace
}  // namespace relief::matcher
