#include "server/records/number_finder.h"

#include <gtest/gtest.h>

namespace relief::server::records {
namespace {

std::string Written(const std::string& text) { return MaskNumbersWithin(text, Text::kWritten); }
std::string Reference(const std::string& text) { return MaskNumbersWithin(text, Text::kReference); }

TEST(NumbersWithin, AreFoundHoweverTheyAreWritten) {
  EXPECT_EQ(Written("证号371302195003140022。"), "证号371***************。");
  EXPECT_EQ(Written("11010519491231002X"), "110***************");
  EXPECT_EQ(Written("11010519491231002x"), "110***************");
  EXPECT_EQ(Written("１１０１０５１９４９１２３１００２Ｘ"), "１１０***************");
  EXPECT_EQ(Written("371302 19500314 0022"), "371*** ******** ****");
  EXPECT_EQ(Written("371302-1950-0314-0022"), "371***-****-****-****");
  EXPECT_EQ(Written("110105 19491231 002X"), "110*** ******** ****");
  EXPECT_EQ(Written("371302500314002"), "371************");
}

TEST(NumbersWithin, TelephonesKeepWhatMakesThemKnownToTheirOwner) {
  EXPECT_EQ(Written("电话13905390001"), "电话139******01");
  EXPECT_EQ(Written("+8613905390001"), "+86139******01");
  EXPECT_EQ(Written("139 0539 0001"), "139 **** **01");
  EXPECT_EQ(Written("139-0539-0001，0539-8123456"), "139-****-**01，053*-*****56");
}

TEST(NumbersWithin, TwoNumbersBesideEachOtherAreBothFound) {
  EXPECT_EQ(Written("13905390001 371302195003140022"), "139******01 371***************");
  EXPECT_EQ(Written("371302195003140022/371302195003140022"), "371***************/371***************");
  EXPECT_EQ(Reference("DB371302195003140022001"), "DB371***************001")
      << "a number and a running number";
}

TEST(NumbersWithin, WhatIsNoNumberOfAPersonStays) {
  for (const char* text : {"", "DB000017", "兰民字〔2026〕第0314号", "2026-03-14", "100000.00", "3713022026",
                           "火灾", "990000200001010000", "371302195013400022", "2026031413905390001000"})
    EXPECT_EQ(Reference(text), text);
  EXPECT_EQ(Reference("371302202603140001"), "371302202603140001") << "a decision by region and day";
  EXPECT_EQ(MaskNumbersWithin("13905390001", Text::kRecordId), "13905390001")
      << "a record has to be asked for";
  EXPECT_EQ(MaskNumbersWithin("371302195003140022", Text::kRecordId), "371***************");
}

TEST(NumbersWithin, WhatIsMaskedIsNotMaskedAgain) {
  for (const char* text :
       {"证号371302195003140022。", "139-0539-0001", "１１０１０５１９４９１２３１００２Ｘ"})
    EXPECT_EQ(Written(Written(text)), Written(text));
}

}  // namespace
}  // namespace relief::server::records
