#include "matcher/normalize/id_number.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

using enum Repair;

TEST(ResidentIdCheckDigit, FollowsTheExamplesOfTheStandard) {
  EXPECT_EQ(ResidentIdCheckDigit("11010519491231002"), 'X');
  EXPECT_EQ(ResidentIdCheckDigit("44052418800101001"), '4');
}

TEST(ResidentIdCheckDigit, CatchesEverySubstitutionAndTransposition) {
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    std::string digits = "371302";
    for (int k = 0; k < 11; ++k) digits += static_cast<char>('0' + random() % 10);
    const char check = ResidentIdCheckDigit(digits);
    for (size_t at = 0; at < digits.size(); ++at) {
      for (char c = '0'; c <= '9'; ++c) {
        std::string other = digits;
        other[at] = c;
        ASSERT_EQ(ResidentIdCheckDigit(other) == check, other == digits);
      }
      if (at + 1 < digits.size()) {
        std::string other = digits;
        std::swap(other[at], other[at + 1]);
        ASSERT_EQ(ResidentIdCheckDigit(other) == check, other == digits);
      }
    }
  }
}

struct IdCase {
  std::string written;
  std::string text;
  bool valid;
  std::optional<CivilDate> birth;
  Sex sex;
  std::vector<Repair> repairs;
  DocumentKind kind = DocumentKind::kResidentId;
};

constexpr CivilDate k1949{1949, 12, 31};

class Ids : public testing::TestWithParam<IdCase> {};

TEST_P(Ids, AreRead) {
  const IdCase& one = GetParam();
  std::vector<Repair> repairs;
  const IdNumber id = NormalizeIdNumber(one.kind, one.written, &repairs);
  EXPECT_EQ(id.text, one.text);
  EXPECT_EQ(id.valid, one.valid);
  EXPECT_EQ(id.birth_date, one.birth);
  EXPECT_EQ(id.sex, one.sex);
  EXPECT_EQ(id.kind, one.kind);
  EXPECT_EQ(repairs, one.repairs);
  EXPECT_FALSE(id.not_own);
  // The canonical form is its own canonical form.
  const IdNumber again = NormalizeIdNumber(one.kind, id.text);
  EXPECT_EQ(again.text, id.text);
  EXPECT_EQ(again.valid, id.valid);
}

INSTANTIATE_TEST_SUITE_P(
    Writing, Ids,
    testing::Values(
        IdCase{"11010519491231002X", "11010519491231002X", true, k1949, Sex::kFemale, {}},
        IdCase{"11010519491231002x", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"１１０１０５１９４９１２３１００２Ｘ",
               "11010519491231002X",
               true,
               k1949,
               Sex::kFemale,
               {kIdWidth}},
        IdCase{" 110105 19491231002X", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"110105-19491231-002X", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"'11010519491231002X", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"’11010519491231002X\t", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"=\"11010519491231002X\"", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"\uFEFF11010519491231002×", "11010519491231002X", true, k1949, Sex::kFemale, {kIdWidth}},
        IdCase{"", "", false, std::nullopt, Sex::kUnknown, {}},
        IdCase{"  ", "", false, std::nullopt, Sex::kUnknown, {}},
        IdCase{"无", "", false, std::nullopt, Sex::kUnknown, {kIdInvalid}},
        IdCase{"000000000000000000", "", false, std::nullopt, Sex::kUnknown, {kIdInvalid}}));

INSTANTIATE_TEST_SUITE_P(
    Faults, Ids,
    testing::Values(
        IdCase{
            "110105194912310021", "110105194912310021", false, k1949, Sex::kFemale, {kIdInvalid}},  // check
                                                                                                    // digit
        IdCase{"11010519491331002X",
               "11010519491331002X",
               false,
               std::nullopt,
               Sex::kFemale,
               {kIdInvalid}},  // month 13
        IdCase{"99010519491231002X", "99010519491231002X", false, k1949, Sex::kFemale, {kIdInvalid}}));

INSTANTIATE_TEST_SUITE_P(
    Others, Ids,
    testing::Values(
        IdCase{
            " e 1234567", "E1234567", true, std::nullopt, Sex::kUnknown, {kIdWidth}, DocumentKind::kPassport},
        IdCase{"T350123456",
               "T350123456",
               true,
               std::nullopt,
               Sex::kUnknown,
               {},
               DocumentKind::kBirthCertificate},
        IdCase{"usa110012345678",
               "USA110012345678",
               true,
               std::nullopt,
               Sex::kUnknown,
               {kIdWidth},
               DocumentKind::kForeignResident},
        IdCase{"11010519491231002X43",
               "11010519491231002X43",
               true,
               k1949,
               Sex::kFemale,
               {},
               DocumentKind::kDisabilityCertificate},
        IdCase{"11010519491231002X43B1",
               "11010519491231002X43B1",
               true,
               k1949,
               Sex::kFemale,
               {},
               DocumentKind::kDisabilityCertificate},
        IdCase{"11010519491231002X95",
               "11010519491231002X95",
               false,
               k1949,
               Sex::kFemale,
               {kIdInvalid},
               DocumentKind::kDisabilityCertificate},
        IdCase{"11010519491231002X",
               "11010519491231002X",
               false,
               std::nullopt,
               Sex::kUnknown,
               {kIdInvalid},
               DocumentKind::kDisabilityCertificate},
        IdCase{"11010519491231002X",
               "11010519491231002X",
               false,
               k1949,
               Sex::kFemale,
               {kIdInvalid},
               DocumentKind::kResidencePermit}));

// Numbers are made here, so that each case shows which part is wrong.
std::string With18(const std::string& seventeen) { return seventeen + ResidentIdCheckDigit(seventeen); }

TEST(IdForms, FifteenDigitsGetTheirCenturyAndCheckDigit) {
  std::vector<Repair> repairs;
  const IdNumber id = NormalizeIdNumber(DocumentKind::kResidentId, "110105491231002", &repairs);
  EXPECT_EQ(id.text, "11010519491231002X");
  EXPECT_TRUE(id.valid);
  EXPECT_TRUE(id.from_15_digits);
  EXPECT_EQ(id.birth_date, k1949);
  EXPECT_EQ(repairs, std::vector<Repair>{kId15To18});
  const IdNumber centenarian = NormalizeIdNumber(DocumentKind::kResidentId, "110105981231997");
  EXPECT_EQ(centenarian.text, With18("11010518981231997"));
  EXPECT_EQ(centenarian.birth_date, (CivilDate{1898, 12, 31}));
  const IdNumber impossible = NormalizeIdNumber(DocumentKind::kResidentId, "110105491331002", &repairs);
  EXPECT_FALSE(impossible.valid);
  EXPECT_TRUE(impossible.from_15_digits);
}

TEST(IdForms, MustHaveARealProvinceAndADayThatExists) {
  for (const char* place :
       {"110105", "150102", "371302", "540102", "650102", "710000", "810000", "820000", "830000", "910000"}) {
    EXPECT_TRUE(
        NormalizeIdNumber(DocumentKind::kResidentId, With18(std::string(place) + "19491231002")).valid)
        << place;
  }
  for (const char* place :
       {"160105", "000000", "200105", "380000", "470000", "550000", "660000", "700000", "840000", "990000"}) {
    const IdNumber id =
        NormalizeIdNumber(DocumentKind::kResidentId, With18(std::string(place) + "19491231002"));
    EXPECT_FALSE(id.valid) << place;
    EXPECT_EQ(id.birth_date, k1949);
  }
  for (const char* day : {"19490229", "19491301", "19490001", "19490431", "17991231", "22010101"}) {
    const IdNumber id =
        NormalizeIdNumber(DocumentKind::kResidentId, With18("110105" + std::string(day) + "002"));
    EXPECT_FALSE(id.valid) << day;
    EXPECT_FALSE(id.birth_date) << day;
  }
  EXPECT_TRUE(NormalizeIdNumber(DocumentKind::kResidentId, With18("44052418800101001")).valid);
  for (const char* text : {"11010519491231002", "11010519491231002X1", "1101054912310021",
                           "11010519491X31002X", "1101**********002X"}) {
    std::vector<Repair> repairs;
    const IdNumber id = NormalizeIdNumber(DocumentKind::kResidentId, text, &repairs);
    EXPECT_FALSE(id.valid) << text;
    EXPECT_FALSE(id.text.empty()) << text;
    EXPECT_FALSE(id.birth_date) << text;
    EXPECT_EQ(repairs.back(), kIdInvalid) << text;
  }
}

TEST(IdForms, ResidencePermitsAreOfThreePlaces) {
  for (const char* place : {"810000", "820000", "830000"}) {
    EXPECT_TRUE(
        NormalizeIdNumber(DocumentKind::kResidencePermit, With18(std::string(place) + "19880703001")).valid);
  }
  const IdNumber foreign = NormalizeIdNumber(DocumentKind::kForeignResident, With18("91113619880703001"));
  EXPECT_TRUE(foreign.valid);
  EXPECT_EQ(foreign.birth_date, (CivilDate{1988, 7, 3}));
}

TEST(IdForms, TheResidentNumberStandsOnOtherDocumentsToo) {
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kDisabilityCertificate, "11010519491231002X43").resident_number(),
            "11010519491231002X");
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kResidentId, "110105491231002").resident_number(),
            "11010519491231002X");
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kPassport, "E1234567").resident_number(), "");
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kResidentId, "").resident_number(), "");
}

// ---- whose number it is ----

struct OwnerCase {
  const char* what;
  std::optional<CivilDate> stated;
  Sex sex;
  bool not_own;
};

class Owners : public testing::TestWithParam<OwnerCase> {};

// The number says: a woman, born 1968-03-12.
TEST_P(Owners, AreToldByTheStatedDateAndSex) {
  const OwnerCase& one = GetParam();
  std::vector<Repair> repairs;
  const RawIdentity raw{
      .name = "王芳", .id_number = With18("37130219680312002"), .birth_date = one.stated, .sex = one.sex};
  const Identity identity = Normalize(raw, &repairs);
  EXPECT_TRUE(identity.id.valid);
  EXPECT_EQ(identity.id.not_own, one.not_own) << one.what;
  EXPECT_EQ(identity.id.trusted(), !one.not_own) << one.what;
  EXPECT_EQ(repairs, one.not_own ? std::vector<Repair>{kIdNotOwn} : std::vector<Repair>{}) << one.what;
}

INSTANTIATE_TEST_SUITE_P(
    Slips, Owners,
    testing::Values(OwnerCase{"the same day", CivilDate{1968, 3, 12}, Sex::kFemale, false},
                    OwnerCase{"the same day, a slip of the sex", CivilDate{1968, 3, 12}, Sex::kMale, false},
                    OwnerCase{"nothing stated", std::nullopt, Sex::kUnknown, false},
                    OwnerCase{"only the sex stated", std::nullopt, Sex::kFemale, false},
                    OwnerCase{"month and day changed places", CivilDate{1968, 12, 3}, Sex::kFemale, false},
                    OwnerCase{"only the year known", CivilDate{1968, 1, 1}, Sex::kFemale, false},
                    OwnerCase{"a year off", CivilDate{1967, 3, 12}, Sex::kFemale, false},
                    OwnerCase{"two years off", CivilDate{1970, 3, 12}, Sex::kFemale, false},
                    OwnerCase{"one digit wrong", CivilDate{1968, 3, 18}, Sex::kUnknown, false},
                    OwnerCase{"a digit of the decade wrong", CivilDate{1958, 3, 12}, Sex::kFemale, false},
                    OwnerCase{"neighbouring digits changed places", CivilDate{1986, 3, 12}, Sex::kFemale,
                              false},
                    OwnerCase{"the lunar date", CivilDate{1968, 2, 14}, Sex::kFemale, false},
                    OwnerCase{"the lunar date the other way", CivilDate{1968, 4, 20}, Sex::kFemale, false}));

TEST(NormalizeIdNumber, KeepsWhatAMaskShowsAndNothingMore) {
  for (const char* written :
       {"371302********5699", "371302＊＊＊＊＊＊＊＊5699", "371302****5699", "371302xxxxxxxx5699"}) {
    const IdNumber id = NormalizeIdNumber(DocumentKind::kResidentId, written);
    EXPECT_EQ(id.text, "371302********5699") << written;
    EXPECT_TRUE(id.masked());
    EXPECT_FALSE(id.valid);
    EXPECT_EQ(NormalizeIdNumber(DocumentKind::kResidentId, id.text), id);
  }
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kResidentId, "37130219680719****").birth_date,
            (CivilDate{1968, 7, 19}));
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kResidentId, "371302196807195000").text, "371302196807195***")
      << "a spreadsheet keeps 15 digits";
}

TEST(NormalizeIdNumber, ExponentFormIsNoNumber) {
  for (const char* written : {"3.71302E+17", "3.71E17", "3.71302195103087e+17"})
    EXPECT_TRUE(NormalizeIdNumber(DocumentKind::kResidentId, written).empty()) << written;
  EXPECT_EQ(NormalizeIdNumber(DocumentKind::kPassport, "E12345678").text, "E12345678");
}

TEST(NormalizeIdNumber, FindsTheNumberInsideACertificate) {
  const std::string number = "11010519491231002X";
  for (const char* suffix : {"43", "61B1"}) {
    const IdNumber id = NormalizeIdNumber(DocumentKind::kResidentId, number + suffix);
    EXPECT_EQ(id.text, number) << suffix;
    EXPECT_TRUE(id.valid);
  }
  EXPECT_FALSE(NormalizeIdNumber(DocumentKind::kResidentId, number + "99").valid);
}

INSTANTIATE_TEST_SUITE_P(
    Strangers, Owners,
    testing::Values(OwnerCase{"a child with a guardian's number", CivilDate{1994, 7, 25}, Sex::kFemale, true},
                    OwnerCase{"a child of the other sex", CivilDate{1994, 7, 25}, Sex::kMale, true},
                    OwnerCase{"a sister, two years younger", CivilDate{1970, 8, 25}, Sex::kFemale, true},
                    OwnerCase{"the husband's number, no date stated", std::nullopt, Sex::kMale, true},
                    OwnerCase{"a slip, and the other sex", CivilDate{1968, 12, 3}, Sex::kMale, true}));

TEST(OwnerOfNumber, AStrangersNumberSaysNothingAboutTheRecord) {
  const RawIdentity raw{.name = "王芳", .id_number = With18("37130219680312002"), .sex = Sex::kMale};
  const Identity identity = Normalize(raw);
  EXPECT_FALSE(identity.best_birth_date());
  EXPECT_EQ(identity.best_sex(), Sex::kMale);
}

}  // namespace
}  // namespace relief::matcher
