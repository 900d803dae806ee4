// Cases drawn from public reports of people who load departments' files: tests/adapters/cases/public, each with expect.md. What
// is said there of cells, headers and files is held here; what is said of matching belongs to the matcher.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/adapters/read_file.h"

namespace relief::adapters {
namespace {

const std::string kPublic = std::string(RELIEF_SOURCE_DIRECTORY) + "/tests/adapters/cases/public/";

const v1::Record* ById(const ReadRecords& read, const std::string& id) {
  for (const v1::Record& record : read.records)
    if (record.record_id() == id) return &record;
  return nullptr;
}

int64_t Amount(const ReadRecords& read, const std::string& id) {
  const v1::Record* record = ById(read, id);
  return record == nullptr ? -1 : record->benefit().amount_fen();
}

std::string Start(const ReadRecords& read, const std::string& id) {
  const v1::Record* record = ById(read, id);
  if (record == nullptr) return "rejected";
  return std::to_string(record->benefit().start_month().year()) + "-" +
         std::to_string(record->benefit().start_month().month());
}

bool Rejected(const ReadRecords& read, const std::string& text) {
  return std::any_of(read.rejections.begin(), read.rejections.end(),
                     [&](const std::string& one) { return one.find(text) != std::string::npos; });
}

TEST(PublicCases, ANumberInExponentFormIsNoNumberAndIsTold) {
  const ReadRecords read = ReadAll(kPublic + "01-sci-notation-id/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 4u) << Show(read);
  for (const v1::Record& record : read.records) EXPECT_EQ(record.person().id_number(), "");
  EXPECT_EQ(Start(read, "DBS1"), "2026-1");
  EXPECT_EQ(Amount(read, "DBS1"), 40000);
  EXPECT_EQ(read.Notes(Repair::kDestroyedNumber), 4);
}

TEST(PublicCases, AMaskedNumberIsKeptAndCounted) {
  const ReadRecords read = ReadAll(kPublic + "04-masked-id/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 4u);
  EXPECT_EQ(ById(read, "DBM1")->person().id_number(), "371302********5699");
  EXPECT_EQ(read.Notes(Repair::kMasked), 4);
}

TEST(PublicCases, TitlesTotalsAndSignaturesAreNoPeople) {
  const ReadRecords read = ReadAll(kPublic + "05-title-rows/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 2u) << Show(read);
  EXPECT_TRUE(read.unread.empty()) << "the lines above are no part of the header";
  EXPECT_NE(ById(read, "DBT1"), nullptr);
  EXPECT_EQ(ById(read, "DBT2")->person().name(), "高明霞之母");
  EXPECT_EQ(read.rows.totals, 1);
  EXPECT_EQ(read.rows.notes, 1);
  EXPECT_TRUE(read.rejections.empty()) << Show(read);
}

TEST(PublicCases, AHeaderInTheSecondRowIsFoundAndAnUnknownProgrammeIsAskedFor) {
  for (const char* file : {"津贴对象.xlsx", "津贴对象.csv"}) {
    const std::string path = kPublic + "06-header-in-row-2-xlsx/" + file;
    const ReadRecords read = ReadAll(path);
    EXPECT_TRUE(read.status.ok() && read.blocked) << Show(read);
    v1::Month period;
    period.set_year(2026);
    period.set_month(10);
    const ReadRecords told = ReadAll(path, {{"programme", "MINIMUM_LIVING"}}, period);
    ASSERT_EQ(told.records.size(), 2u) << Show(told);
    EXPECT_EQ(told.records[0].person().id_number(), "37130219400815551X");
    EXPECT_EQ(told.records[0].benefit().amount_fen(), 10000);
    EXPECT_FALSE(told.records[0].record_id().empty());
  }
}

TEST(PublicCases, ColumnsUnderGroupsAreToldApart) {
  const ReadRecords read = ReadAll(kPublic + "07-two-tier-header/城保名册.csv");
  ASSERT_EQ(read.records.size(), 2u) << Show(read);
  EXPECT_EQ(read.Named("贺美兰")->benefit().amount_fen(), 109600);
  EXPECT_EQ(read.Named("汤国平")->benefit().amount_fen(), 65300);
  EXPECT_EQ(read.Named("贺美兰")->benefit().pay_date().month(), 3);
  EXPECT_EQ(read.Named("贺美兰")->benefit().pay_date().day(), 15);
  EXPECT_EQ(read.rows.totals, 1);
}

TEST(PublicCases, AHeadingThatStandsTwiceIsRefusedWithBothPlaces) {
  for (const char* file : {"minimum_living.csv", "holder_first_minimum_living.csv"}) {
    const ReadRecords read = ReadAll(kPublic + "09-duplicate-columns/" + file);
    EXPECT_FALSE(read.status.ok());
    EXPECT_NE(std::string(read.status.message()).find("姓名 (columns "), std::string::npos) << read.status;
  }
}

TEST(PublicCases, AHeadingInOtherBracketsOrWordsLosesNothing) {
  const ReadRecords read = ReadAll(kPublic + "11-fullwidth-unit-in-heading/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 1u) << Show(read);
  EXPECT_EQ(read.records[0].benefit().amount_fen(), 51250);
  EXPECT_EQ(read.records[0].benefit().end_month().month(), 3);
  EXPECT_EQ(read.records[0].person().phones(0), "19900000485");
  EXPECT_EQ(ReadAll(kPublic + "11-fullwidth-unit-in-heading/extreme_poverty.csv").records.size(), 1u);
}

TEST(PublicCases, AnHtmlTableIsReadWhateverItsName) {
  for (const char* file : {"minimum_living.xls", "minimum_living.csv"}) {
    const ReadRecords read = ReadAll(kPublic + "13-html-saved-as-xls/" + file);
    ASSERT_EQ(read.records.size(), 1u) << Show(read);
    EXPECT_EQ(read.records[0].record_id(), "DBX1");
  }
}

TEST(PublicCases, AHouseholdsAmountIsGivenOnce) {
  const ReadRecords read = ReadAll(kPublic + "15-real-person-export/农村低保人员查询_20261009.csv");
  ASSERT_EQ(read.records.size(), 2u) << Show(read);
  const v1::Record *head = read.Named("苗建设"), *child = read.Named("苗雨桐");
  EXPECT_EQ(head->benefit().amount_fen(), 82000);
  EXPECT_EQ(child->benefit().amount_fen(), 0) << "not a second award";
  EXPECT_EQ(head->benefit().start_month().year(), 2019);
  EXPECT_EQ(head->household().household_id(), child->household().household_id());
  EXPECT_EQ(head->benefit().payee_account(), "6223190000000001111");
}

TEST(PublicCases, SeveralPeopleInOneCellAreSplit) {
  const ReadRecords read = ReadAll(kPublic + "16-real-household-export/农村低保家庭查询_20261009.csv");
  ASSERT_EQ(read.records.size(), 4u) << Show(read);
  int64_t sum = 0;
  for (const v1::Record& record : read.records) {
    sum += record.benefit().amount_fen();
    EXPECT_EQ(record.household().household_id(), read.records[0].household().household_id());
  }
  EXPECT_EQ(sum, 156000);
  EXPECT_EQ(read.Named("熊志远")->person().id_number(), "37130220010505361X");
}

TEST(PublicCases, DatesInNumeralsAndWithWordsAreRead) {
  const ReadRecords read = ReadAll(kPublic + "17-chinese-numeral-dates/minimum_living.csv");
  for (const char* id : {"DBC1", "DBC2", "DBC3", "DBC4", "DBC6", "DBC7", "DBC8"})
    EXPECT_EQ(Start(read, id), "2026-3") << id << Show(read);
  EXPECT_EQ(Start(read, "DBC5"), "2026-10");
  for (const char* id : {"DBC1", "DBC2", "DBC6"})
    EXPECT_EQ(ById(read, id)->person().birth_date().day(), 15) << id;
  EXPECT_EQ(ById(read, "DBC5")->person().birth_date().day(), 21);
  EXPECT_FALSE(ById(read, "DBC7")->benefit().has_end_month());
}

TEST(PublicCases, DayNumbersAreTheDaysThatTheyAre) {
  const ReadRecords read = ReadAll(kPublic + "19-serial-days/minimum_living.csv");
  EXPECT_EQ(Start(read, "DBP1"), "2026-3") << Show(read);
  EXPECT_EQ(ById(read, "DBP1")->person().birth_date().ShortDebugString(), "year: 1955 month: 9 day: 10");
  EXPECT_EQ(ById(read, "DBP2")->benefit().decision_date().ShortDebugString(), "year: 2026 month: 3 day: 15");
  const ReadRecords paid = ReadAll(kPublic + "19-serial-days/temporary.csv");
  EXPECT_EQ(ById(paid, "LSP1")->benefit().pay_date().ShortDebugString(), "year: 2026 month: 4 day: 1")
      << Show(paid);
  EXPECT_EQ(ById(paid, "LSP1")->benefit().event_date().ShortDebugString(), "year: 2026 month: 3 day: 19");
}

TEST(PublicCases, TheYear9999IsNoEnd) {
  const ReadRecords read = ReadAll(kPublic + "21-open-end-9999/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 2u) << Show(read);
  for (const v1::Record& record : read.records) EXPECT_FALSE(record.benefit().has_end_month());
  const ReadRecords facts = ReadAll(kPublic + "21-open-end-9999/facts.csv");
  ASSERT_EQ(facts.records.size(), 3u) << Show(facts);
  for (const v1::Record& record : facts.records) EXPECT_FALSE(record.fact().has_end_date());
  EXPECT_EQ(facts.Notes(Repair::kOpenEnd), 3);
}

TEST(PublicCases, ADisabilityCertificateCarriesTheNumber) {
  const ReadRecords read = ReadAll(kPublic + "24-disability-certificate-in-id-column/facts.csv");
  ASSERT_EQ(read.records.size(), 3u) << Show(read);
  EXPECT_EQ(ById(read, "FAI1")->person().id_number(), "37130219610127175X");
  EXPECT_EQ(ById(read, "FAI2")->person().id_number(), ById(read, "FAI3")->person().id_number());
}

TEST(PublicCases, WordsForNothingAreEmpty) {
  const ReadRecords read = ReadAll(kPublic + "31-null-words/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 9u) << Show(read);
  for (const char* id : {"DBJ1", "DBJ2", "DBJ3", "DBJ4", "DBJ5"}) {
    const v1::Record* record = ById(read, id);
    EXPECT_EQ(record->household().household_id(), "") << id;
    EXPECT_EQ(record->benefit().payee_account(), "") << id;
    EXPECT_EQ(record->person().address(), "") << id;
    EXPECT_EQ(record->person().phones_size(), 0) << id;
  }
  for (const char* id : {"DBJ6", "DBJ7", "DBJ8", "DBJ9"}) {
    EXPECT_FALSE(ById(read, id)->benefit().has_end_month()) << id;
    EXPECT_EQ(ById(read, id)->benefit().amount_fen(), 0) << id;
    EXPECT_EQ(ById(read, id)->benefit().marks_size(), 0) << id;
  }
  const ReadRecords medical = ReadAll(kPublic + "31-null-words/medical.csv");
  ASSERT_EQ(medical.records.size(), 3u) << Show(medical);
  for (const v1::Record& record : medical.records) EXPECT_EQ(record.person().id_number(), "");
}

TEST(PublicCases, AnAccountInExponentFormIsNoAccount) {
  const ReadRecords read = ReadAll(kPublic + "32-accounts-in-exponent-form/minimum_living.csv");
  ASSERT_EQ(read.records.size(), 5u);
  for (const v1::Record& record : read.records) EXPECT_EQ(record.benefit().payee_account(), "");
  EXPECT_EQ(read.Notes(Repair::kDestroyedAccount), 5);
}

TEST(PublicCases, ThousandsWithoutQuotesShiftTheRow) {
  const ReadRecords read = ReadAll(kPublic + "34-unquoted-thousands/minimum_living.csv");
  EXPECT_EQ(ById(read, "DBH1"), nullptr);
  EXPECT_TRUE(Rejected(read, "the row has 19 cells, the header 18")) << Show(read);
  EXPECT_EQ(Amount(read, "DBH2"), 98000);
}

TEST(PublicCases, NoAmountIsAnotherThanTheOneWritten) {
  const ReadRecords read = ReadAll(kPublic + "36-money-as-written/minimum_living.csv");
  EXPECT_EQ(Amount(read, "DBM01"), 1200000) << Show(read);
  EXPECT_EQ(Amount(read, "DBM02"), 50000);
  EXPECT_EQ(Amount(read, "DBM03"), 102000);
  EXPECT_EQ(Amount(read, "DBM04"), 102000);
  EXPECT_EQ(Amount(read, "DBM05"), 120000);
  EXPECT_EQ(Amount(read, "DBM06"), 102000);
  EXPECT_EQ(Amount(read, "DBM07"), -1);
  EXPECT_EQ(Amount(read, "DBM08"), -1);
  EXPECT_EQ(Amount(read, "DBM09"), -1);
  EXPECT_EQ(Amount(read, "DBM10"), 0);
}

TEST(PublicCases, NamesAreKeptAsTheyAreWritten) {
  const ReadRecords rare = ReadAll(kPublic + "28-rare-characters/minimum_living.csv");
  EXPECT_EQ(ById(rare, "DBY1")->person().name(), "王䶮") << Show(rare);
  EXPECT_EQ(ReadAll(kPublic + "28-rare-characters/temporary.csv").records.size(), 4u);
  EXPECT_EQ(ReadAll(kPublic + "37-masked-names/temporary.csv").records.size(), 7u);
  EXPECT_EQ(ReadAll(kPublic + "26-county-renamed/minimum_living.csv").records.size(), 4u);
}

}  // namespace
}  // namespace relief::adapters
