// A column for each month, with what was paid in it: a record a month, of that month alone.
#include <gtest/gtest.h>

#include "adapters/mapping/heading.h"
#include "tests/adapters/files.h"
#include "tests/adapters/read_file.h"

namespace relief::adapters {
namespace {

const std::string kNumber = "371322195201286239", kOther = "37132219850826146X";

ReadRecords Read(const std::string& text, v1::Month period = {}) {
  const TemporaryDirectory directory;
  directory.Write("明细.csv", text);
  return ReadAll(directory.Path("明细.csv"), {}, period);
}

v1::Month Of(int year, int month) {
  v1::Month made;
  made.set_year(year);
  made.set_month(month);
  return made;
}

std::string Months(const ReadRecords& read) {
  std::string all;
  for (const v1::Record& record : read.records) {
    const v1::Benefit& benefit = record.benefit();
    EXPECT_EQ(benefit.start_month().SerializeAsString(), benefit.end_month().SerializeAsString());
    all += std::to_string(benefit.start_month().year()) + "-" +
           std::to_string(benefit.start_month().month()) + ":" + std::to_string(benefit.amount_fen() / 100) +
           " ";
  }
  return all;
}

TEST(MonthColumns, AreARecordAMonth) {
  const ReadRecords read = Read("2026年农村低保金发放明细\n姓名,身份证号,一月,二月,三月,合计\n王秀兰," +
                                kNumber + ",650,660,,1310\n李伟," + kOther + ",0,-,700,700\n");
  EXPECT_EQ(Months(read), "2026-1:650 2026-2:660 2026-3:700 ") << Show(read);
  EXPECT_NE(read.records[0].record_id(), read.records[1].record_id());
  EXPECT_TRUE(read.rejections.empty()) << Show(read);
  EXPECT_EQ(read.mappings[0].reading(), PAYMENTS);
}

TEST(MonthColumns, MaySayTheirYear) {
  const ReadRecords read =
      Read("低保发放\n姓名,身份证号,2025年12月,2026-01,2026.02\n王秀兰," + kNumber + ",650,660,670\n");
  EXPECT_EQ(Months(read), "2025-12:650 2026-1:660 2026-2:670 ") << Show(read);
}

TEST(MonthColumns, OfNoYearAreAskedAbout) {
  const std::string text = "低保发放明细\n姓名,身份证号,1月,2月\n王秀兰," + kNumber + ",650,660\n";
  EXPECT_TRUE(Read(text).blocked);
  EXPECT_EQ(Months(Read(text, Of(2026, 2))), "2026-1:650 2026-2:660 ");
}

TEST(MonthColumns, NameARecordAsAListOfPaymentsOfTheMonthDoes) {
  const ReadRecords wide = Read("2026年低保发放\n姓名,身份证号,1月,2月\n王秀兰," + kNumber + ",650,660\n");
  const TemporaryDirectory directory;
  directory.Write("a.csv", "低保发放\n姓名,身份证号,金额\n王秀兰," + kNumber + ",660\n");
  static const auto& known = *new MappingSet(MappingSet::BuiltIn().value());
  static const auto& words = *new WordsOfColumns(WordsOfColumns::BuiltIn().value());
  IntakeOptions options;
  options.known = &known;
  options.words = &words;
  options.period = Of(2026, 2);
  options.version = 1;
  auto file = IntakeFile::Open(directory.Path("a.csv"), options);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto groups = (*file)->Groups();
  groups[0]->SetPayments();
  std::vector<MappedRow> rows;
  int64_t line = 0;
  ASSERT_TRUE(*groups[0]->Next(&rows, &line));
  ASSERT_EQ(wide.records.size(), 2u) << Show(wide);
  EXPECT_EQ(rows[0].record.record_id(), wide.records[1].record_id());
}

TEST(MonthColumns, ARowWithoutAnyAmountIsRejectedAndTold) {
  const ReadRecords read =
      Read("2026年低保发放\n姓名,身份证号,1月,2月\n王秀兰," + kNumber + ",,\n李伟," + kOther + ",1,2\n");
  EXPECT_EQ(read.records.size(), 2u) << Show(read);
  ASSERT_EQ(read.rejections.size(), 1u) << Show(read);
  EXPECT_NE(read.rejections[0].find("none of the months"), std::string::npos);
}

TEST(MonthColumns, OfTicksAreNoAmounts) {
  const ReadRecords read =
      Read("2026年10月低保名册\n姓名,身份证号,月保障金,1月,2月\n王秀兰," + kNumber + ",650,√,√\n");
  ASSERT_EQ(read.records.size(), 1u) << Show(read);
  EXPECT_EQ(read.records[0].benefit().amount_fen(), 65000);
}

TEST(MonthColumns, OfFactsAreADayEach) {
  const ReadRecords read =
      Read("2026年重度残疾人护理补贴\n姓名,身份证号,7月,8月\n王秀兰," + kNumber + ",120,120\n");
  ASSERT_EQ(read.records.size(), 2u) << Show(read);
  EXPECT_EQ(read.records[1].fact().date().month(), 8);
  EXPECT_NE(read.records[0].record_id(), read.records[1].record_id());
}

TEST(MonthColumns, AreKnownByTheirHeadings) {
  EXPECT_EQ(MonthOfHeading("十二月")->month(), 12);
  EXPECT_EQ(MonthOfHeading("发放金额/3月份")->month(), 3);
  EXPECT_EQ(MonthOfHeading("2026.01")->year(), 2026);
  EXPECT_EQ(MonthOfHeading("202603")->month(), 3);
  EXPECT_EQ(MonthOfHeading("10月金额（元）")->month(), 10);
  for (const char* other : {"月份", "13月", "3", "10月起", "月保障金", "2026年", "1月补贴天数", "20260103"})
    EXPECT_FALSE(MonthOfHeading(other).has_value()) << other;
}

}  // namespace
}  // namespace relief::adapters
