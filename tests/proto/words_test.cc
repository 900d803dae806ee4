#include "proto/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include "matcher/compare/scorer.h"
#include "matcher/model/model.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/registry_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "relief/v1/words.pb.h"

namespace relief {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

void CollectEnums(const Descriptor* message, std::vector<const EnumDescriptor*>* enums) {
  for (int i = 0; i < message->enum_type_count(); ++i) enums->push_back(message->enum_type(i));
  for (int i = 0; i < message->nested_type_count(); ++i) CollectEnums(message->nested_type(i), enums);
}

// Every enum of every file of the contract.
std::vector<const EnumDescriptor*> EnumsOfTheContract() {
  std::vector<const EnumDescriptor*> enums;
  const std::filesystem::path root = RELIEF_PROTO_DIRECTORY;
  for (const auto& entry : std::filesystem::directory_iterator(root / "relief" / "v1")) {
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) {
      ADD_FAILURE() << name << " is not built";
      continue;
    }
    for (int i = 0; i < file->enum_type_count(); ++i) enums.push_back(file->enum_type(i));
    for (int i = 0; i < file->message_type_count(); ++i) CollectEnums(file->message_type(i), &enums);
  }
  return enums;
}

bool HasHan(const std::string& text) {
  // Han in UTF-8 begins with E3 to E9.
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0xE3 && c <= 0xE9; });
}

TEST(Words, EveryValueOfTheContractHasThemInBothLanguages) {
  const auto enums = EnumsOfTheContract();
  EXPECT_GT(enums.size(), 40u);
  for (const EnumDescriptor* type : enums) {
    for (int i = 0; i < type->value_count(); ++i) {
      const EnumValueDescriptor& value = *type->value(i);
      const v1::Words& words = value.options().GetExtension(v1::words);
      const bool may_be_silent = value.number() == 0;
      if (may_be_silent) {
        EXPECT_EQ(words.zh().empty(), words.en().empty()) << value.full_name();
        continue;
      }
      EXPECT_FALSE(words.zh().empty()) << value.full_name();
      EXPECT_FALSE(words.en().empty()) << value.full_name();
      EXPECT_TRUE(HasHan(words.zh()) || words.zh() == words.en()) << value.full_name();
      EXPECT_FALSE(HasHan(words.en() + words.clause_en())) << value.full_name();
    }
  }
}

// Otherwise nobody who reads the word knows which of them it is. Levels of different fields do not meet.
TEST(Words, NoTwoValuesOfAnEnumShareOne) {
  for (const EnumDescriptor* type : EnumsOfTheContract()) {
    if (type == v1::FieldEvidence::Level_descriptor()) continue;
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      std::map<std::string, int> seen;
      for (int i = 0; i < type->value_count(); ++i) {
        const EnumValueDescriptor& value = *type->value(i);
        if (value.number() == 0) continue;
        EXPECT_TRUE(seen.emplace(WordOf(type, value.number(), language), i).second) << value.full_name();
      }
    }
  }
}

TEST(Words, AreTheOfficialTerms) {
  EXPECT_EQ(Word(v1::OFFSET, Language::kChinese), "应补差");
  EXPECT_EQ(Word(v1::OFFSET, Language::kEnglish), "to be topped up");
  EXPECT_EQ(Word(v1::DUPLICATE, Language::kChinese), "重复救助");
  EXPECT_EQ(Word(v1::MISSING, Language::kChinese), "遗漏救助");
}

TEST(Words, TheUnspecifiedValueSaysNothingUnlessItsAbsenceMeansSomething) {
  EXPECT_EQ(Word(v1::PROGRAMME_UNSPECIFIED, Language::kChinese), "");
  EXPECT_EQ(Word(v1::ID_TYPE_UNSPECIFIED, Language::kChinese), "居民身份证");
}

TEST(Words, AValueOfANewerContractIsItsNumber) {
  EXPECT_EQ(Word(static_cast<v1::FindingKind>(77), Language::kChinese), "77");
}

TEST(Words, ACodeIsReadInEitherCaseAndAnUnknownOneIsItsOwnWord) {
  const auto* fields = v1::FieldEvidence::Field_descriptor();
  EXPECT_EQ(WordOfCode(fields, "id_number", Language::kChinese), "证件号码");
  EXPECT_EQ(WordOfCode(fields, "ID_NUMBER", Language::kEnglish), "ID number");
  EXPECT_EQ(WordOfCode(fields, "iris", Language::kChinese), "iris");
}

TEST(Words, ALevelSaysSomethingOfAFieldWithinASentence) {
  const auto* levels = v1::FieldEvidence::Level_descriptor();
  EXPECT_EQ(ClauseOfCode(levels, "SAME_READING", "姓名", Language::kChinese), "姓名同音不同字");
  EXPECT_EQ(ClauseOfCode(levels, "SAME_READING", "name", Language::kEnglish), "the name sounds the same");
  EXPECT_EQ(ClauseOfCode(levels, "SAME_TOWN", "住址", Language::kChinese), "住址在同一乡镇");
  EXPECT_EQ(ClauseOfCode(levels, "SAME_COUNTY", "region", Language::kEnglish), "the county is the same");
  EXPECT_EQ(ClauseOfCode(levels, "OF_A_NEWER_MODEL", "姓名", Language::kChinese), "姓名");
}

TEST(Words, WhateverTheMatcherSaysIsInTheContract) {
  for (int i = 0; i < static_cast<int>(matcher::Level::kCount); ++i) {
    const auto level = static_cast<matcher::Level>(i);
    const std::string field(matcher::FieldOf(level)), name(matcher::NameOf(level));
    EXPECT_NE(WordOfCode(v1::FieldEvidence::Field_descriptor(), field, Language::kEnglish), "") << field;
    EXPECT_NE(WordOfCode(v1::FieldEvidence::Field_descriptor(), field, Language::kChinese), field);
    EXPECT_NE(WordOfCode(v1::FieldEvidence::Level_descriptor(), name, Language::kChinese), name) << field;
  }
  for (const std::string_view veto : matcher::VetoNames(~0u))
    EXPECT_NE(WordOfCode(v1::MatchExplanation::Veto_descriptor(), veto, Language::kChinese), veto);
}

TEST(Words, BeginALineWithACapital) {
  EXPECT_EQ(Capitalised("to be topped up"), "To be topped up");
  EXPECT_EQ(Capitalised("应补差"), "应补差");
  EXPECT_EQ(Capitalised(""), "");
}

}  // namespace
}  // namespace relief
