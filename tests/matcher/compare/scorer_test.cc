#include "matcher/compare/scorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "matcher/normalize/id_number.h"
#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

const Model& TheModel() {
  static const std::shared_ptr<const Model> model = *Model::Load(RELIEF_MODEL_FILE);
  return *model;
}

RawIdentity Clean() {
  RawIdentity raw;
  raw.name = "王秀兰";
  raw.id_number = std::string("37130219500314122") + ResidentIdCheckDigit("37130219500314122");
  raw.birth_date = CivilDate{1950, 3, 14};
  raw.sex = Sex::kFemale;
  raw.phones = {"13800001111"};
  raw.address = "城关镇12号";
  raw.region_code = "371302";
  raw.household = "ml/H1";
  return raw;
}

struct Compared {
  PairScore score;
  std::map<std::string, FieldEvidence> fields;
};

Compared Compare(const RawIdentity& a, const RawIdentity& b) {
  Compared compared;
  std::vector<FieldEvidence> evidence;
  compared.score = Score(TheModel(), Normalize(a), Normalize(b), &evidence);
  for (const FieldEvidence& field : evidence) compared.fields[std::string(field.field)] = field;
  return compared;
}

TEST(Score, TellsLevelAndSignOfEachField) {
  struct Case {
    const char* field;
    const char* level;  // empty: the field says nothing
    int sign;
    std::function<void(RawIdentity&)> change;
  };
  const Case cases[] = {
      {"name", "EXACT", 1, [](auto&) {}},
      {"name", "SAME_READING", 1, [](auto& r) { r.name = "王秀岚"; }},
      {"name", "WILDCARD", 1, [](auto& r) { r.name = "王秀?"; }},
      {"name", "SWAPPED", 1, [](auto& r) { r.name = "王兰秀"; }},
      {"name", "DROPPED", 1, [](auto& r) { r.name = "王秀"; }},
      {"name", "DIFFERENT", -1, [](auto& r) { r.name = "王桂芝", r.id_number = ""; }},
      {"name", "CHANGED_NAME", -1, [](auto& r) { r.name = "王桂芝"; }},
      {"name", "FORMER_NAME", 1, [](auto& r) { r.former_names = {"王秀兰"}, r.name = "王桂芝"; }},
      {"name", "", 0, [](auto& r) { r.name = ""; }},
      {"id_number", "EXACT", 1, [](auto&) {}},
      {"id_number", "EXACT", 1, [](auto& r) { r.id_number = "371302500314122"; }},
      {"id_number", "ONE_EDIT", 1, [](auto& r) { r.id_number[13] = '5', r.birth_date.reset(); }},
      {"id_number", "INVALID_DIFFERENT", -1,
       [](auto& r) { r.id_number = "371302195003158881", r.birth_date.reset(); }},
      {"id_number", "", 0, [](auto& r) { r.id_number = ""; }},
      {"birth_date", "CONFIRMS_ID", 0, [](auto&) {}},
      {"birth_date", "EXACT", 1, [](auto& r) { r.id_number = ""; }},
      {"birth_date", "FIRST_OF_JANUARY", 1,
       [](auto& r) {
         r.birth_date = CivilDate{1950, 1, 1}, r.id_number = "";
       }},
      {"birth_date", "YEAR_OFF", 1,
       [](auto& r) {
         r.birth_date = CivilDate{1951, 3, 14}, r.id_number = "";
       }},
      {"birth_date", "ONE_DIGIT", 1,
       [](auto& r) {
         r.birth_date = CivilDate{1950, 3, 15}, r.id_number = "";
       }},
      {"birth_date", "LUNAR", 1,
       [](auto& r) {
         r.birth_date = CivilDate{1950, 4, 30}, r.id_number = "";  // the 14th of the 3rd month
       }},
      {"birth_date", "SAME_YEAR", -1,
       [](auto& r) {
         r.birth_date = CivilDate{1950, 9, 27}, r.id_number = "";
       }},
      {"name", "SURNAME_DIFFERENT", 1, [](auto& r) { r.name = "李秀兰", r.id_number = ""; }},
      {"id_number", "HIDDEN_FITS", 1, [](auto& r) { r.id_number.replace(6, 8, "********"); }},
      {"id_number", "HIDDEN_DIFFERS", -1,
       [](auto& r) { r.id_number.replace(6, 8, "********")[15] = r.id_number[15] == '0' ? '1' : '0'; }},
      {"id_number", "", 0, [](auto& r) { r.id_number = "3713**************"; }},
      {"id_number", "", 0, [](auto& r) { r.id_number = "3.71302E+17"; }},
      {"birth_date", "YEAR_ALONE", 1,
       [](auto& r) { r.birth_date.reset(), r.birth_year = 1950, r.id_number = ""; }},
      {"birth_date", "DIFFERENT", -1,
       [](auto& r) { r.birth_date.reset(), r.birth_year = 1972, r.id_number = ""; }},
      {"birth_date", "DIFFERENT", -1,
       [](auto& r) {
         r.birth_date = CivilDate{1972, 9, 27}, r.id_number = "";
       }},
      {"sex", "SAME", 1, [](auto&) {}},
      {"sex", "DIFFERENT", -1, [](auto& r) { r.sex = Sex::kMale, r.id_number = ""; }},
      {"phone", "SAME", 1, [](auto&) {}},
      {"phone", "DIFFERENT", -1, [](auto& r) { r.phones = {"13900002222"}; }},
      {"phone", "", 0, [](auto& r) { r.phones.clear(); }},
      {"household", "SAME", 1, [](auto&) {}},
      {"household", "DIFFERENT", -1, [](auto& r) { r.household = "ml/H2"; }},
      {"household", "", 0, [](auto& r) { r.household = "housing/H1"; }},
      {"address", "SAME", 1, [](auto& r) { r.address = " 城关镇１２号"; }},
      {"address", "SAME_TOWN", 0, [](auto& r) { r.address = "城关镇90号"; }},
      {"address", "DIFFERENT", -1, [](auto& r) { r.address = "西河乡12号"; }},
      {"region", "SAME_COUNTY", 1, [](auto&) {}},
      {"region", "SAME_PREFECTURE", -1, [](auto& r) { r.region_code = "371311"; }},
      {"region", "DIFFERENT", -1, [](auto& r) { r.region_code = "110101"; }},
  };
  for (const Case& one : cases) {
    RawIdentity changed = Clean();
    one.change(changed);
    const Compared compared = Compare(Clean(), changed);
    const auto field = compared.fields.find(one.field);
    if (one.level[0] == '\0') {
      EXPECT_EQ(field, compared.fields.end()) << one.field;
      continue;
    }
    ASSERT_NE(field, compared.fields.end()) << one.field << " " << one.level;
    EXPECT_EQ(field->second.level, std::string_view(one.level)) << one.field;
    const float bits = field->second.bits;
    EXPECT_EQ((bits > 0) - (bits < 0), one.sign) << one.field << " " << one.level << " " << bits;
  }
}

TEST(Score, ThePartsAddUpToTheWhole) {
  std::vector<FieldEvidence> evidence;
  const PairScore score = Score(TheModel(), Normalize(Clean()), Normalize(Clean()), &evidence);
  float sum = 0;
  for (const FieldEvidence& field : evidence) sum += field.bits;
  EXPECT_EQ(sum, score.bits);
  EXPECT_EQ(Score(TheModel(), Normalize(Clean()), Normalize(Clean())).bits, score.bits)
      << "with or without explanation";
}

TEST(Score, WhatRelativesShareIsNoEvidence) {
  RawIdentity sister = Clean();
  sister.name = "王桂芝";
  sister.id_number = "";
  const Compared compared = Compare(Clean(), sister);
  EXPECT_LE(compared.fields.at("phone").bits, 0);
  EXPECT_LE(compared.fields.at("household").bits, 0);
  EXPECT_LE(compared.fields.at("address").bits, 0);
  EXPECT_LT(compared.score.bits, TheModel().review_threshold());
}

TEST(Score, VetoesTwoValidNumbersWhateverElseAgrees) {
  RawIdentity other = Clean();
  other.id_number = std::string("37130219500314124") + ResidentIdCheckDigit("37130219500314124");
  EXPECT_EQ(Compare(Clean(), other).score.vetoes, kTwoTrustedIds);
  other.id_number.back() = other.id_number.back() == '0' ? '1' : '0';
  EXPECT_EQ(Compare(Clean(), other).score.vetoes, kNoVeto) << "a broken number is no proof";
}

TEST(Score, VetoesOneNumberOnTwoPeople) {
  RawIdentity man = Clean();
  man.name = "赵建国";
  man.sex = Sex::kMale;
  EXPECT_EQ(Compare(Clean(), man).score.vetoes, kSharedId);
  RawIdentity unnamed = Clean();
  unnamed.name = "赵桂芝";
  unnamed.birth_date.reset();
  EXPECT_EQ(Compare(Clean(), unnamed).score.vetoes, kNoNameEvidence);
  unnamed.name = "";
  EXPECT_EQ(Compare(Clean(), unnamed).score.vetoes, kNoVeto);
}

TEST(Score, ANumberThatIsNotOnesOwnSaysNothing) {
  RawIdentity child = Clean();
  child.name = "王子涵";
  child.birth_date = CivilDate{2015, 10, 2};
  const Compared compared = Compare(Clean(), child);
  EXPECT_EQ(compared.fields.count("id_number"), 0u);
  EXPECT_EQ(compared.score.vetoes, kNoVeto);
  EXPECT_LT(compared.score.bits, TheModel().review_threshold());
}

RawIdentity Mutated(std::mt19937& random) {
  static const char* const kNames[] = {
      "王秀兰",      "王秀岚",      "王兰秀",          "王秀",   "王?兰",    "欧阳明月",
      "單國強",      "单国强",      "阿卜杜拉·买买提", "买买提", "阿卜杜拉", "阿卜杜拉买买提",
      "Maria Lopez", "lopez maria", "M. Lopes",        "王",     ""};
  RawIdentity raw = Clean();
  const auto pick = [&](size_t n) { return random() % n; };
  raw.name = kNames[pick(std::size(kNames))];
  if (pick(3) == 0) raw.former_names = {kNames[pick(std::size(kNames))]};
  if (pick(3) == 0) raw.id_number = "";
  if (pick(3) == 0 && !raw.id_number.empty()) raw.id_number[6 + pick(11)] = static_cast<char>('0' + pick(10));
  if (pick(3) == 0) raw.birth_date.reset();
  if (pick(3) == 0)
    raw.birth_date = CivilDate{static_cast<int16_t>(1949 + pick(3)), static_cast<uint8_t>(1 + pick(12)),
                               static_cast<uint8_t>(1 + pick(28))};
  if (pick(3) == 0) raw.sex = pick(2) ? Sex::kMale : Sex::kUnknown;
  if (pick(3) == 0) raw.phones.push_back("13900002222");
  if (pick(3) == 0) raw.phones.erase(raw.phones.begin());
  if (pick(3) == 0) raw.household = pick(2) ? "ml/H2" : "";
  if (pick(3) == 0) raw.address = pick(2) ? "西河乡3号" : "";
  if (pick(3) == 0) raw.region_code = pick(2) ? "371311" : "";
  return raw;
}

TEST(Score, IsSymmetricToTheLastBit) {
  std::mt19937 random(20261124);
  for (int i = 0; i < 5000; ++i) {
    const Identity a = Normalize(Mutated(random)), b = Normalize(Mutated(random));
    std::vector<FieldEvidence> one, other;
    const PairScore there = Score(TheModel(), a, b, &one), back = Score(TheModel(), b, a, &other);
    ASSERT_EQ(there.bits, back.bits) << "pair " << i;
    ASSERT_EQ(there.vetoes, back.vetoes) << "pair " << i;
    ASSERT_EQ(one.size(), other.size());
    for (size_t f = 0; f < one.size(); ++f) {
      ASSERT_EQ(one[f].field, other[f].field);
      ASSERT_EQ(one[f].bits, other[f].bits) << "pair " << i << " " << one[f].field;
    }
    ASSERT_EQ(there.bits * 64, std::round(there.bits * 64));
  }
}

TEST(Score, ANumberThatIsSoundOnOneSideOnlyIsProofOnNeither) {
  RawIdentity permit = Clean();
  permit.document = DocumentKind::kResidencePermit;  // whose numbers begin with 81 to 83
  const Compared there = Compare(Clean(), permit), back = Compare(permit, Clean());
  EXPECT_EQ(there.fields.at("id_number").level, "EXACT_INVALID");
  EXPECT_EQ(back.fields.at("id_number").level, "EXACT_INVALID");
  EXPECT_EQ(there.score.bits, back.score.bits);
}

TEST(Score, OneValidNumberAndOneNameAreOnePersonWhateverTheRowSaysElse) {
  RawIdentity man = Clean();
  man.sex = Sex::kMale;
  man.birth_date = CivilDate{1987, 11, 2};
  const Compared compared = Compare(Clean(), man);
  EXPECT_EQ(compared.score.vetoes, kNoVeto);
  EXPECT_GE(compared.score.bits, TheModel().link_threshold());
  EXPECT_EQ(compared.fields.at("sex").bits, 0);
}

TEST(Score, ABirthDateIsNotOutweighedByNamePhoneAndPlace) {
  RawIdentity a = Clean(), b = Clean();
  a.id_number = b.id_number = "";
  b.birth_date = CivilDate{1972, 9, 27};
  EXPECT_EQ(Compare(a, b).score.vetoes, kBirthContradicts);
  b.birth_date.reset();
  b.birth_year = 1972;
  EXPECT_EQ(Compare(a, b).score.vetoes, kBirthContradicts);
}

TEST(Score, NameSexAndPlaceAloneLinkNobody) {
  for (const char* name : {"王秀兰", "瓦热斯", "曲比木基"}) {
    RawIdentity a;
    a.name = name;
    a.sex = Sex::kMale;
    a.region_code = "371302";
    a.address = "城关镇龙潭村";
    EXPECT_LT(Compare(a, a).score.bits, TheModel().link_threshold() + 20);
    if (Compare(a, a).score.bits >= TheModel().review_threshold()) {
      EXPECT_EQ(Compare(a, a).score.vetoes, kNameAlone) << name;
    }
    a.phones = {"13800001111"};
    EXPECT_EQ(Compare(a, a).score.vetoes, kNoVeto) << name;
  }
}

TEST(Score, ANumberInsideACertificateIsTheNumber) {
  RawIdentity certificate = Clean();
  certificate.id_number += "42";
  EXPECT_EQ(Compare(Clean(), certificate).fields.at("id_number").level, "EXACT");
  certificate.document = DocumentKind::kDisabilityCertificate;
  EXPECT_EQ(Compare(Clean(), certificate).fields.at("id_number").level, "EXACT");
}

TEST(VetoNames, NameEachFlag) {
  EXPECT_TRUE(VetoNames(kNoVeto).empty());
  EXPECT_EQ(
      VetoNames(kTwoTrustedIds | kSharedId | kNoNameEvidence | kBirthContradicts | kNamesDiffer | kNameAlone),
      (std::vector<std::string_view>{"TWO_TRUSTED_IDS", "SHARED_ID", "NO_NAME_EVIDENCE", "BIRTH_DATES_DIFFER",
                                     "NAMES_DIFFER", "NAME_ALONE"}));
}

}  // namespace
}  // namespace relief::matcher
