#include "matcher/normalize/civil_date.h"

#include <gtest/gtest.h>

namespace relief::matcher {
namespace {

TEST(ParseDate, ReadsTheStylesOfTheDepartments) {
  const CivilDate expected{2026, 1, 5};
  for (const char* text : {"2026-01-05", "2026-1-5", "2026/01/05", "2026/1/5", "2026.1.5", "20260105",
                           "2026年1月5日", "2026年01月05日", "２０２６－１－５", "２０２６年１月５日",
                           "  2026-01-05\t", "\u30002026-1-5", "\uFEFF20260105"}) {
    const auto date = ParseDate(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(*date, expected) << text;
  }
}

TEST(ParseDate, RefusesEverythingElse) {
  for (const char* text : {"",           " ",
                           "2026-02-30", "2025-02-29",
                           "2026-13-01", "2026-00-10",
                           "2026-1-0",   "2026-1-32",
                           "26-1-5",     "2026-1",
                           "202601",     "2026-1/5",
                           "2026年1-5",  "2026-1-5-6",
                           "-2026-1-5",  "2026--1-5",
                           "bad",        "2026-01-05 10:00",
                           "1799-12-31", "2201-01-01",
                           "99999-1-1",  "99999999999999999999",
                           "2026-001-5", "２０２６-２-３０",
                           "2026年1月5"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(ParseMonth, ReadsTheStylesOfTheDepartments) {
  for (const char* text :
       {"2026-10", "2026/10", "2026.10", "202610", "2026年10月", " 2026-10 ", "２０２６．１０"}) {
    const auto month = ParseMonth(text);
    ASSERT_TRUE(month) << text;
    EXPECT_EQ(*month, (CivilDate{2026, 10, 1})) << text;
  }
  EXPECT_EQ(ParseMonth("2026年1月"), (CivilDate{2026, 1, 1}));
}

TEST(ParseMonth, RefusesEverythingElse) {
  for (const char* text :
       {"", "2025-13", "2025-0", "2026", "20261031", "2026-10-31", "2026年", "2026-", "2026秋", "bad"}) {
    EXPECT_FALSE(ParseMonth(text)) << text;
  }
}

TEST(CivilDate, KnowsWhichDaysExist) {
  EXPECT_TRUE((CivilDate{2000, 2, 29}).valid());
  EXPECT_TRUE((CivilDate{2024, 2, 29}).valid());
  EXPECT_FALSE((CivilDate{1900, 2, 29}).valid());
  EXPECT_FALSE((CivilDate{2023, 2, 29}).valid());
  EXPECT_FALSE((CivilDate{2023, 4, 31}).valid());
  EXPECT_FALSE((CivilDate{}).valid());
  EXPECT_FALSE((CivilDate{2023, 0, 1}).valid());
  EXPECT_TRUE((CivilDate{1800, 1, 1}).valid());
  EXPECT_TRUE((CivilDate{2200, 12, 31}).valid());
}

TEST(CivilDate, CountsDaysThereAndBackWithoutAGap) {
  EXPECT_EQ((CivilDate{1970, 1, 1}).days(), 0);
  EXPECT_EQ((CivilDate{2000, 3, 1}).days(), 11017);
  EXPECT_EQ((CivilDate{1969, 12, 31}).days(), -1);
  CivilDate before = CivilDate::FromDays(CivilDate{1800, 1, 1}.days() - 1);
  EXPECT_EQ(before, (CivilDate{1799, 12, 31}));
  const int32_t last = CivilDate{2200, 12, 31}.days();
  for (int32_t day = CivilDate{1800, 1, 1}.days(); day <= last; ++day) {
    const CivilDate date = CivilDate::FromDays(day);
    ASSERT_TRUE(date.valid()) << day;
    ASSERT_EQ(date.days(), day);
    ASSERT_LT(before, date);
    before = date;
  }
}

TEST(CivilDate, IsWrittenAsIsoDoes) { EXPECT_EQ((CivilDate{1949, 10, 1}).ToString(), "1949-10-01"); }

}  // namespace
}  // namespace relief::matcher
