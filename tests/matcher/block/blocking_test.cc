#include "matcher/block/blocking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "matcher/normalize/id_number.h"
#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

RawIdentity Clean() {
  RawIdentity raw;
  raw.name = "单秀兰";
  raw.id_number = std::string("37130219500314122") + ResidentIdCheckDigit("37130219500314122");
  raw.birth_date = CivilDate{1950, 3, 14};
  raw.sex = Sex::kFemale;
  raw.phones = {"13800001111"};
  raw.region_code = "371302";
  raw.household = "ml/H1";
  return raw;
}

std::vector<BlockKey> Keys(const RawIdentity& raw) { return BlockingKeys(Normalize(raw)); }

bool Meet(const RawIdentity& a, const RawIdentity& b) {
  std::vector<BlockKey> common;
  const auto x = Keys(a), y = Keys(b);
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(common));
  return !common.empty();
}

TEST(BlockingKeys, AreSortedEachOnceAndFew) {
  const auto keys = Keys(Clean());
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
  EXPECT_GE(keys.size(), 8u);
  EXPECT_LE(keys.size(), 40u);
}

// As `openssl mac -macopt hexkey:0{32} -macopt size:8 SIPHASH` has them, little-endian.
TEST(BlockingKeys, StandOnDiskAndNeverChange) {
  RawIdentity raw;
  raw.phones = {"13800001111"};
  EXPECT_EQ(Keys(raw), std::vector<BlockKey>{2577588575098768539u});
  raw = {};
  raw.household = "ml/H1";
  EXPECT_EQ(Keys(raw), std::vector<BlockKey>{4974955796533691215u});
}

TEST(BlockingKeys, AreOfOneSecret) {
  const Identity identity = Normalize(Clean());
  const auto mine = BlockingKeys(identity, {1}), theirs = BlockingKeys(identity, {2});
  EXPECT_EQ(mine.size(), theirs.size());
  std::vector<BlockKey> common;
  std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(common));
  EXPECT_TRUE(common.empty());
  EXPECT_EQ(mine, BlockingKeys(identity, {1}));
  EXPECT_TRUE(std::binary_search(mine.begin(), mine.end(), HouseholdBlock("ml/H1", {1})));
}

TEST(BlockingKeys, EveryFaultStillMeetsTheCleanRecord) {
  struct Case {
    const char* fault;
    std::function<void(RawIdentity&)> make;
  };
  const Case cases[] = {
      {"no number", [](auto& r) { r.id_number = ""; }},
      {"15 digits", [](auto& r) { r.id_number = "371302500314122"; }},
      {"wrong check digit", [](auto& r) { r.id_number.back() = r.id_number.back() == '0' ? '1' : '0'; }},
      {"digit typo", [](auto& r) { r.id_number[12] = '9'; }},
      {"homophone", [](auto& r) { r.name = "单绣岚"; }},
      {"surname read differently",
       [](auto& r) {
         r.name = "善秀兰";
         r.id_number = "";
       }},
      {"look-alike",
       [](auto& r) {
         r.name = "单秃兰";
         r.id_number = "";
       }},
      {"unreadable character",
       [](auto& r) {
         r.name = "单?兰";
         r.id_number = "";
       }},
      {"unreadable surname",
       [](auto& r) {
         r.name = "?秀兰";
         r.id_number = "";
       }},
      {"traditional",
       [](auto& r) {
         r.name = "單秀蘭";
         r.id_number = "";
       }},
      {"swapped",
       [](auto& r) {
         r.name = "单兰秀";
         r.id_number = "";
       }},
      {"dropped",
       [](auto& r) {
         r.name = "单秀";
         r.id_number = "";
       }},
      {"first of January",
       [](auto& r) {
         r.birth_date = CivilDate{1950, 1, 1};
         r.id_number = "";
       }},
      {"year off by one",
       [](auto& r) {
         r.birth_date = CivilDate{1951, 3, 14};
         r.id_number = "";
       }},
      {"no birth date",
       [](auto& r) {
         r.birth_date.reset();
         r.id_number = "";
       }},
      {"another name", [](auto& r) { r.name = "单桂芳"; }},
  };
  for (const Case& one : cases) {
    RawIdentity faulty = Clean(), clean = Clean();
    faulty.phones.clear();
    faulty.household.clear();
    one.make(faulty);
    EXPECT_TRUE(Meet(clean, faulty)) << one.fault;
  }
}

TEST(BlockingKeys, StrangersDoNotMeet) {
  RawIdentity other;
  other.name = "赵建国";
  other.birth_date = CivilDate{1975, 8, 2};
  other.phones = {"13900002222"};
  other.region_code = "371302";
  other.household = "ml/H2";
  EXPECT_FALSE(Meet(Clean(), other));
}

TEST(BlockingKeys, APartOfANameOfSeveralPartsIsEnough) {
  RawIdentity whole = Clean(), part = Clean();
  whole.name = "阿卜杜拉·买买提";
  part.name = "买买提";
  whole.id_number = part.id_number = "";
  part.phones.clear();
  part.household.clear();
  EXPECT_TRUE(Meet(whole, part));
  part.name = "阿卜杜拉买买提";
  EXPECT_TRUE(Meet(whole, part));
}

TEST(BlockingKeys, OtherDocumentsMeetByKindAndNumber) {
  RawIdentity a, b;
  a.document = b.document = DocumentKind::kPassport;
  a.id_number = "E12345678";
  b.id_number = "e1234 5678";
  EXPECT_TRUE(Meet(a, b));
  b.document = DocumentKind::kBirthCertificate;
  EXPECT_FALSE(Meet(a, b));
}

}  // namespace
}  // namespace relief::matcher
