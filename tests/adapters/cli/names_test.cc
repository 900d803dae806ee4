#include "adapters/cli/names.h"

#include <gtest/gtest.h>

#include "relief/v1/finding_service.pb.h"
#include "relief/v1/referral_service.pb.h"
#include "relief/v1/review_service.pb.h"

namespace relief::adapters {
namespace {

class NamesTest : public ::testing::Test {
 protected:
  void TearDown() override { UseLanguage(Language::kEnglish); }
};

TEST_F(NamesTest, AWordIsInTheLanguageOfTheRun) {
  UseLanguage(Language::kChinese);
  EXPECT_EQ(Word(v1::OFFSET), "应补差");
  EXPECT_EQ(CodeWord(v1::FieldEvidence::Level_descriptor(), "ONE_EDIT"), "差一位");
  UseLanguage(Language::kEnglish);
  EXPECT_EQ(Word(v1::OFFSET), "to be topped up");
}

TEST_F(NamesTest, OfEqualNamesEachHasItsOwnWord) {
  UseLanguage(Language::kChinese);
  EXPECT_EQ(Word(v1::Finding::OPEN), "未结");
  EXPECT_EQ(Word(v1::Referral::OPEN), "已受理");
  EXPECT_EQ(Word(v1::Decision::SAME), "同一人");
  EXPECT_EQ(CodeWord(v1::FieldEvidence::Level_descriptor(), "SAME"), "相同");
}

TEST_F(NamesTest, WhatMayBeGivenIsTheNameAndInChineseTheWordBesideIt) {
  EXPECT_EQ(ChoicesOf(v1::Decision::Verdict_descriptor()), "same, different, unsure");
  EXPECT_EQ(ChoicesOf(v1::Need_descriptor(), {v1::NEED_LIVING, v1::NEED_CARE}, "NEED_"), "living, care");
  UseLanguage(Language::kChinese);
  EXPECT_EQ(ChoicesOf(v1::Decision::Verdict_descriptor()), "same 同一人, different 不同的人, unsure 不确定");
}

}  // namespace
}  // namespace relief::adapters
