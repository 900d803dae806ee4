#include "adapters/intake/title_month.h"

#include <gtest/gtest.h>

namespace relief::adapters {
namespace {

std::string Month(const std::vector<std::string>& texts) {
  const auto month = MonthNamedIn(texts);
  return month ? std::to_string(month->year()) + "-" + std::to_string(month->month()) : "";
}

TEST(TitleMonth, IsWhatTheTitlesSay) {
  EXPECT_EQ(Month({"双溪街道2026年9月份城市低保资金发放公示表"}), "2026-9");
  EXPECT_EQ(Month({"二〇二六年十月低保名册"}), "2026-10");
  EXPECT_EQ(Month({"低保名册", "dibao-202610"}), "2026-10");
  EXPECT_EQ(Month({"2026-09低保"}), "2026-9");
  EXPECT_EQ(Month({"2026年第三季度租赁补贴"}), "2026-7");
  EXPECT_EQ(Month({"2026年上半年公益性岗位"}), "2026-1");
  EXPECT_EQ(Month({"2026年9月", "2026.9低保"}), "2026-9") << "the same twice";
}

TEST(TitleMonth, IsNothingWhereNobodyCanSay) {
  EXPECT_EQ(Month({"低保名册"}), "");
  EXPECT_EQ(Month({"制表日期：2026年10月15日"}), "") << "a day is when it was made";
  EXPECT_EQ(Month({"导出20261009"}), "");
  EXPECT_EQ(Month({"2026年9月", "2026年10月"}), "") << "two months";
  EXPECT_EQ(Month({"2025-2026年度冬春救助"}), "");
  EXPECT_EQ(Month({"13912345678"}), "");
}

TEST(TitleTerm, IsWhatTheTitlesSay) {
  EXPECT_EQ(TermNamedIn({"柳林一中2026年春季学期国家助学金名单"}).value_or(""), "2026春");
  EXPECT_EQ(TermNamedIn({"2026-2027学年第一学期受助学生"}).value_or(""), "2026秋");
  EXPECT_FALSE(TermNamedIn({"2026年受助学生"}).has_value());
}

}  // namespace
}  // namespace relief::adapters
