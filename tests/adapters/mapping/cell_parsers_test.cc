#include "adapters/mapping/cell_parsers.h"

#include <gtest/gtest.h>

namespace relief::adapters {
namespace {

std::string Show(const absl::StatusOr<v1::Date>& date) {
  if (!date.ok()) return "error";
  return std::to_string(date->year()) + "-" + std::to_string(date->month()) + "-" +
         std::to_string(date->day());
}

std::string Show(const absl::StatusOr<v1::Month>& month) {
  if (!month.ok()) return "error";
  return std::to_string(month->year()) + "-" + std::to_string(month->month());
}

TEST(CellParsers, ReadDatesInEveryStyleOfTheDepartments) {
  for (const char* cell :
       {"2026-07-02", "2026/07/02", "2026.7.2", "2026年7月2日", "20260702", "２０２６－０７－０２",
        " 2026-7-2 ", "2026-07-02 00:00:00", "2026/7/2 0:00", "'20260702", "2026-07-02T00:00:00",
        "2026-07-02\u300000:00", "２０２６－０７－０２　０：００"}) {
    EXPECT_EQ(Show(ParseDate(cell)), "2026-7-2") << cell;
  }
}

TEST(CellParsers, RefuseDatesThatAreNone) {
  for (const char* cell :
       {"2025-02-30", "2025-13-01", "2025-00-10", "2023-02-29", "20250230", "2025-02", "bad", "2025-2-",
        "2025-02-01-01", "0000-01-01", "45000", "2025-02-01 12:30", "-2025-01-01", "99999-01-01",
        // Times of day whose digits must not become digits of the day.
        "2025-02-1 20:00", "2025-02-01 10:00", "2025-02-01 20:00:00", "2025-2-1T10:00:00",
        "2025-02-01 00:00:01"}) {
    EXPECT_EQ(Show(ParseDate(cell)), "error") << cell;
  }
  EXPECT_EQ(Show(ParseDate("2024-02-29")), "2024-2-29");
}

TEST(CellParsers, ReadMonthsInEveryStyleOfTheDepartments) {
  for (const char* cell : {"2026-07", "2026-7", "2026/07", "2026.7", "2026年7月", "202607", "2026-07-01"}) {
    EXPECT_EQ(Show(ParseMonth(cell)), "2026-7") << cell;
  }
  for (const char* cell : {"2025-13", "2025年0月", "202513", "2025", "bad", "2026-07-15"}) {
    EXPECT_EQ(Show(ParseMonth(cell)), "error") << cell;
  }
}

TEST(CellParsers, ReadMoneyInFenWithoutRounding) {
  const std::pair<const char*, int64_t> cases[] = {
      {"398", 39800}, {"0.00", 0},       {"1,234.50", 123450}, {"-12000.07", -1200007},
      {"12.5", 1250}, {"12.5000", 1250}, {"￥398元", 39800},   {"３９８", 39800},
      {"+1", 100},    {"12.", 1200},
  };
  for (const auto& [cell, fen] : cases) {
    auto parsed = ParseMoneyYuan(cell);
    ASSERT_TRUE(parsed.ok()) << cell;
    EXPECT_EQ(*parsed, fen) << cell;
  }
  for (const char* cell : {"12.345", "abc", "1e3", "--1", "1.2.3", ".5", "9999999999999"})
    EXPECT_FALSE(ParseMoneyYuan(cell).ok()) << cell;
}

TEST(CellParsers, ReadTermsAndTheirFirstMonth) {
  EXPECT_EQ(ParseTerm("2026秋").value(), "2026秋");
  EXPECT_EQ(ParseTerm(" ２０２６ 春 ").value(), "2026春");
  EXPECT_EQ(Show(ParseTermStart("2026秋")), "2026-9");
  EXPECT_EQ(Show(ParseTermStart("2026春")), "2026-3");
  for (const char* cell : {"bad", "2026", "2026夏", "26秋", "秋2026", ""})
    EXPECT_FALSE(ParseTerm(cell).ok()) << cell;
}

TEST(CellParsers, ReadSexesRegionsAndNumbers) {
  for (const char* cell : {"男", "男性", "1"}) EXPECT_EQ(ParseSex(cell).value(), v1::MALE);
  for (const char* cell : {"女", "女性", "2"}) EXPECT_EQ(ParseSex(cell).value(), v1::FEMALE);
  for (const char* cell : {"0", "9", "未知"}) EXPECT_EQ(ParseSex(cell).value(), v1::SEX_UNSPECIFIED);
  EXPECT_FALSE(ParseSex("其他").ok());
  EXPECT_EQ(ParseRegion("371302").value(), "371302");
  EXPECT_EQ(ParseRegion("371302001002").value(), "371302");
  for (const char* cell : {"3713", "37130a", "兰山区"}) EXPECT_FALSE(ParseRegion(cell).ok()) << cell;
  EXPECT_EQ(ParseInteger("-12").value(), -12);
  for (const char* cell : {"1.5", "x", "-", "9999999999999999999"})
    EXPECT_FALSE(ParseInteger(cell).ok()) << cell;
}

TEST(CellParsers, NeverRepeatTheCellInTheReason) {
  const std::string cell = "13800000001";
  for (const absl::Status& status :
       {ParseDate(cell).status(), ParseMonth(cell).status(), ParseSex(cell).status(),
        ParseRegion(cell).status(), ParseTerm(cell).status()}) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(std::string(status.message()).find(cell), std::string::npos);
  }
}

TEST(CellParsers, TrimTakesAwayBlanksOfBothWidths) {
  EXPECT_EQ(Trim("　 王 芳 \t　"), "王 芳");
  EXPECT_EQ(Trim("　"), "");
}

}  // namespace
}  // namespace relief::adapters
