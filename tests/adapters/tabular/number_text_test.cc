#include "adapters/tabular/number_text.h"

#include <gtest/gtest.h>

namespace relief::adapters {
namespace {

std::string Shown(const char* number, const char* format, bool system_of_1904 = false) {
  bool date = false;
  return FormatNumber(number, ReadNumberFormat(format), system_of_1904, &date);
}

TEST(NumberText, ShowsNumbersAsTheirCellsDo) {
  const std::pair<const char*, const char*> cases[] = {
      {"1020.5", "1020.5"},
      {"0.30000000000000004", "0.3"},
      {"612.4000000000001", "612.4"},
      {"3.7132219771023299E+17", "371322197710233000"},
      {"371302199001010029", "371302199001010029"},  // whole in the file, whatever a program would make of it
      {"1E-3", "0.001"},
      {"-12.50", "-12.5"},
      {"1.2E+3", "1200"},
      {"0", "0"},
      {"x", "x"}};
  for (const auto& [written, shown] : cases) EXPECT_EQ(Shown(written, "General"), shown) << written;
  EXPECT_EQ(Shown("7", "000000"), "000007");
  EXPECT_EQ(Shown("1020", "#,##0.00"), "1020");
}

TEST(NumberText, ShowsDayNumbersAsTheDaysTheyAre) {
  EXPECT_EQ(Shown("46082", "yyyy-mm-dd"), "2026-03-01");
  EXPECT_EQ(Shown("20342", "yyyy/m/d"), "1955-09-10");
  EXPECT_EQ(Shown("46082", "yyyy\"年\"m\"月\""), "2026-03");
  EXPECT_EQ(Shown("46096", "[$-804]yyyy\"年\"m\"月\"d\"日\";@"), "2026-03-15");
  EXPECT_EQ(Shown("46096", "m\"月\"d\"日\""), "2026-03-15") << "the year is known, though not shown";
  EXPECT_EQ(Shown("46100.5", "yyyy-mm-dd hh:mm"), "2026-03-19 12:00:00");
  EXPECT_EQ(Shown("46100.5", "yyyy-mm-dd"), "2026-03-19");
  EXPECT_EQ(Shown("0.75", "h:mm"), "18:00:00");
  EXPECT_EQ(Shown("1", "yyyy-mm-dd"), "1900-01-01");
  EXPECT_EQ(Shown("59", "yyyy-mm-dd"), "1900-02-28");
  EXPECT_EQ(Shown("61", "yyyy-mm-dd"), "1900-03-01");
  EXPECT_EQ(Shown("60", "yyyy-mm-dd"), "60") << "a day that never was";
  EXPECT_EQ(Shown("-5", "yyyy-mm-dd"), "-5");
  EXPECT_EQ(Shown("44620", "yyyy-mm-dd", true), "2026-03-01");
  EXPECT_EQ(Shown("0", "yyyy-mm-dd", true), "1904-01-01");
}

TEST(NumberText, TellsFormatsOfDatesFromOthers) {
  for (const char* code : {"General", "0.00", "#,##0.00_);[Red](#,##0.00)", "0.00E+00", "@", "\"第\"0\"号\"",
                           "¥#,##0.00", "\"day\"0"})
    EXPECT_FALSE(ReadNumberFormat(code).date()) << code;
  for (const char* code : {"yyyy-mm-dd", "m/d/yy", "[DBNum1][$-804]yyyy\"年\"m\"月\"", "yyyy.mm", "d-mmm-yy"})
    EXPECT_TRUE(ReadNumberFormat(code).date()) << code;
  EXPECT_TRUE(BuiltInFormat(14).day);
  EXPECT_FALSE(BuiltInFormat(57).day) << "2026年3月";
  EXPECT_FALSE(BuiltInFormat(49).date());
}

}  // namespace
}  // namespace relief::adapters
