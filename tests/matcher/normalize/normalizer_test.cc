#include "matcher/normalize/normalizer.h"

#include <gtest/gtest.h>

#include <random>

#include "matcher/normalize/contact.h"
#include "matcher/normalize/id_number.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

using enum Repair;

TEST(NormalizePhone, LeavesTheDigitsThatAreDialled) {
  const struct {
    const char* written;
    const char* expected;
  } cases[] = {{"13812345678", "13812345678"},
               {"+86 138-1234-5678", "13812345678"},
               {"0086 13812345678", "13812345678"},
               {"8613812345678", "13812345678"},
               {"１３８１２３４５６７８", "13812345678"},
               {" 138 1234 5678 ", "13812345678"},
               {"013812345678", "13812345678"},
               {"0539-8123456", "05398123456"},
               {"(0539)8123456", "05398123456"},
               {"+86 539 8123456", "05398123456"},
               {"+86-0539-8123456", "05398123456"},
               {"010-62345678", "01062345678"},
               {"0539-8123456转801", "05398123456"},
               {"8123456", "8123456"},
               {"86123456", "86123456"},
               {"", ""},
               {"无", ""},
               {"123456", ""},
               {"11111111111", ""},
               {"00000000", ""},
               {"1.38123E+10", ""},
               {"138****5678", ""},
               {"1234567890123456", ""},
               {"+86", ""},
               {"85212345678", "85212345678"},
               {"0086 86 13812345678", "13812345678"},  // the prefix twice
               {"+86 0086 10 65123456", "01065123456"},
               {"+86 123456789012345", ""}};  // longer than a number can be, with its trunk 0
  for (const auto& one : cases) {
    EXPECT_EQ(NormalizePhone(one.written), one.expected) << one.written;
    EXPECT_EQ(NormalizePhone(one.expected), one.expected) << one.written;
  }
}

TEST(Normalize, ReadsAFaultlessRecordWithoutRepairs) {
  std::vector<Repair> repairs;
  const RawIdentity raw{.name = "王小芳",
                        .id_number = "11010519491231002X",
                        .birth_date = CivilDate{1949, 12, 31},
                        .sex = Sex::kFemale,
                        .phones = {"13812345678"},
                        .address = "城关镇12号",
                        .region_code = "371302",
                        .domicile_code = "371311",
                        .household = "dibao-1/H00001"};
  const Identity identity = Normalize(raw, &repairs);
  EXPECT_TRUE(repairs.empty());
  ASSERT_EQ(identity.names.size(), 1u);
  EXPECT_EQ(identity.names[0].surname(), U"王");
  EXPECT_EQ(identity.names[0].given(), U"小芳");
  EXPECT_TRUE(identity.id.trusted());
  EXPECT_EQ(identity.best_birth_date(), (CivilDate{1949, 12, 31}));
  EXPECT_EQ(identity.best_sex(), Sex::kFemale);
  EXPECT_EQ(identity.phones, std::vector<std::string>{"13812345678"});
  EXPECT_EQ(identity.address, U"城关镇12号");
  EXPECT_EQ(identity.region, "371302");
  EXPECT_EQ(identity.domicile, "371311");
  EXPECT_EQ(identity.household, "dibao-1/H00001");
}

TEST(Normalize, TakesAnEmptyRecord) {
  std::vector<Repair> repairs;
  EXPECT_EQ(Normalize(RawIdentity{}, &repairs), Identity{});
  EXPECT_TRUE(repairs.empty());
  EXPECT_EQ(Normalize(RawIdentity{}), Identity{});
}

TEST(Normalize, GivesEachRepairOnceAndInOrder) {
  std::vector<Repair> repairs;
  const RawIdentity raw{.name = "張 ？（户主）",
                        .former_names = {"李 四", "阿里•木江"},
                        .id_number = " 110105491331002",
                        .birth_date = CivilDate{1949, 13, 31},
                        .phones = {"12", "34"}};
  Normalize(raw, &repairs);
  EXPECT_EQ(repairs, (std::vector<Repair>{kNameSpaces, kNameWidth, kNameVariant, kNameDot, kNameUnreadable,
                                          kNameRemark, kIdWidth, kId15To18, kIdInvalid, kDateImplausible,
                                          kPhoneInvalid}));
}

TEST(Normalize, DropsDatesThatStandForNoDate) {
  for (const CivilDate date : {CivilDate{1900, 1, 1}, CivilDate{1899, 12, 30}, CivilDate{1799, 1, 1},
                               CivilDate{2023, 2, 29}, CivilDate{}}) {
    std::vector<Repair> repairs;
    EXPECT_FALSE(Normalize(RawIdentity{.birth_date = date}, &repairs).birth_date);
    EXPECT_EQ(repairs, std::vector<Repair>{kDateImplausible});
  }
  const std::string seventeen = "11010519000101002";
  const RawIdentity born_then{.id_number = seventeen + ResidentIdCheckDigit(seventeen),
                              .birth_date = CivilDate{1900, 1, 1}};
  EXPECT_EQ(Normalize(born_then).birth_date, (CivilDate{1900, 1, 1}));
}

TEST(Normalize, SplitsPhonesAndKeepsEachOnce) {
  std::vector<Repair> repairs;
  const RawIdentity raw{.phones = {"13812345678、13912345678", "+86 138 1234 5678", "", " "}};
  EXPECT_EQ(Normalize(raw, &repairs).phones, (std::vector<std::string>{"13812345678", "13912345678"}));
  EXPECT_TRUE(repairs.empty());
}

TEST(Normalize, ReadsRegionCodes) {
  const struct {
    const char* written;
    const char* expected;
  } cases[] = {{"371302", "371302"},
               {" 371302 ", "371302"},
               {"３７１３０２", "371302"},
               {"371302001", "371302"},
               {"371302001005", "371302"},
               {"3713", ""},
               {"37130", ""},
               {"3713021", ""},
               {"000000", ""},
               {"991302", ""},
               {"", ""},
               {"兰山区", ""},
               {"37130A", ""}};
  for (const auto& one : cases) {
    EXPECT_EQ(Normalize(RawIdentity{.region_code = one.written}).region, one.expected) << one.written;
    EXPECT_EQ(Normalize(RawIdentity{.domicile_code = one.written}).domicile, one.expected) << one.written;
  }
}

TEST(Normalize, BringsAddressesToOneForm) {
  for (const char* written : {"城关镇12号A座", "城關鎮 １２号ａ座", "城关镇-12号（A座）",
                              "城关镇、12号，A座。", "\uFEFF城关镇\u300012号A座"}) {
    EXPECT_EQ(Normalize(RawIdentity{.address = written}).address, U"城关镇12号a座") << written;
  }
}

TEST(Normalize, AddressesAreFixedPoints) {
  const std::u32string alphabet = U"城關镇12号ＡbÉ\u0301\u0308 ,（）-〇①㈱ﬁ\u2F00\u1100\u1161\uFFFD가\u200Bİ";
  std::mt19937 random(11);
  for (int i = 0; i < 20000; ++i) {
    std::u32string written;
    for (size_t k = random() % 12; k > 0; --k) written += alphabet[random() % alphabet.size()];
    const std::u32string once = Normalize(RawIdentity{.address = EncodeUtf8(written)}).address;
    ASSERT_EQ(Normalize(RawIdentity{.address = EncodeUtf8(once)}).address, once) << EncodeUtf8(written);
  }
}

// Every way in which a department's export was seen to write one and the same person.
TEST(Normalize, FindsTheSamePersonBehindEveryFault) {
  const RawIdentity clean{.name = "刘丽华",
                          .id_number = "11010519491231002X",
                          .birth_date = CivilDate{1949, 12, 31},
                          .sex = Sex::kFemale,
                          .phones = {"13812345678"},
                          .region_code = "371302"};
  const Identity expected = Normalize(clean);
  const struct {
    const char* what;
    RawIdentity written;
    std::vector<Repair> repairs;
  } faults[] = {
      {"traditional name",
       [&] {
         auto r = clean;
         r.name = "劉麗華";
         return r;
       }(),
       {kNameVariant}},
      {"space in the name",
       [&] {
         auto r = clean;
         r.name = "刘 丽华";
         return r;
       }(),
       {kNameSpaces}},
      {"lower-case x",
       [&] {
         auto r = clean;
         r.id_number = "11010519491231002x";
         return r;
       }(),
       {kIdWidth}},
      {"full-width number",
       [&] {
         auto r = clean;
         r.id_number = "１１０１０５１９４９１２３１００２Ｘ";
         return r;
       }(),
       {kIdWidth}},
      {"spaces in the number",
       [&] {
         auto r = clean;
         r.id_number = " 110105 19491231002X";
         return r;
       }(),
       {kIdWidth}},
      {"an apostrophe before the number",
       [&] {
         auto r = clean;
         r.id_number = "'11010519491231002X";
         return r;
       }(),
       {kIdWidth}},
      {"phone with country code",
       [&] {
         auto r = clean;
         r.phones = {"+8613812345678"};
         return r;
       }(),
       {}},
      {"village code",
       [&] {
         auto r = clean;
         r.region_code = "371302001005";
         return r;
       }(),
       {}},
  };
  for (const auto& fault : faults) {
    std::vector<Repair> repairs;
    EXPECT_EQ(Normalize(fault.written, &repairs), expected) << fault.what;
    EXPECT_EQ(repairs, fault.repairs) << fault.what;
  }

  auto old_number = clean;
  old_number.id_number = "110105491231002";
  Identity from_15 = expected;
  from_15.id.from_15_digits = true;
  EXPECT_EQ(Normalize(old_number), from_15);

  auto unreadable = clean;
  unreadable.name = "刘?华";
  EXPECT_EQ(Normalize(unreadable).names[0].tokens[0], (std::u32string{U'刘', kWildcard, U'华'}));

  auto mistyped = clean;
  mistyped.id_number = "11010519491231003X";
  EXPECT_FALSE(Normalize(mistyped).id.valid);
  EXPECT_FALSE(Normalize(mistyped).id.not_own);
  EXPECT_EQ(Normalize(mistyped).id.text, "11010519491231003X");

  auto guardian = clean;
  guardian.birth_date = CivilDate{2015, 6, 1};
  EXPECT_TRUE(Normalize(guardian).id.not_own);
}

}  // namespace
}  // namespace relief::matcher
