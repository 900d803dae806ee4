#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "matcher/normalize/han.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

using enum Repair;

std::string Text(const Name& name) {
  std::string text;
  for (const auto& token : name.tokens) {
    if (!text.empty()) text += "·";
    for (char32_t c : token) text += c == kWildcard ? "?" : EncodeUtf8(std::u32string_view(&c, 1));
  }
  return text;
}

struct NameCase {
  std::string written;
  std::string expected;  // parts joined by a dot, '?' for the wildcard
  int surname_length;
  std::vector<Repair> repairs;
};

class Names : public testing::TestWithParam<NameCase> {};

TEST_P(Names, AreBroughtToTheirCanonicalForm) {
  const NameCase& one = GetParam();
  std::vector<Repair> repairs;
  const Name name = NormalizeName(one.written, &repairs);
  EXPECT_EQ(Text(name), one.expected) << one.written;
  EXPECT_EQ(name.surname_length, one.surname_length) << one.written;
  EXPECT_EQ(repairs, one.repairs) << one.written;
}

INSTANTIATE_TEST_SUITE_P(Plain, Names,
                         testing::Values(NameCase{"王伟", "王伟", 1, {}}, NameCase{"王小明", "王小明", 1, {}},
                                         NameCase{"张王小明", "张王小明", 1, {}}, NameCase{"", "", 0, {}},
                                         NameCase{"王", "王", 1, {}}, NameCase{"李昇於", "李昇於", 1, {}},
                                         NameCase{"李𠮷", "李吉", 1, {kNameVariant}},
                                         NameCase{"王㛃", "王㛃", 1, {}}));

INSTANTIATE_TEST_SUITE_P(
    CompoundSurnames, Names,
    testing::Values(NameCase{"欧阳明月", "欧阳明月", 2, {}}, NameCase{"司马光", "司马光", 2, {}},
                    NameCase{"诸葛孔明", "诸葛孔明", 2, {}}, NameCase{"尉迟敬德", "尉迟敬德", 2, {}},
                    NameCase{"歐陽明", "欧阳明", 2, {kNameVariant}}, NameCase{"欧阳", "欧阳", 1, {}},
                    NameCase{"欧阳 明月", "欧阳明月", 2, {kNameSpaces}},
                    NameCase{"上官婉儿", "上官婉儿", 2, {}}));

INSTANTIATE_TEST_SUITE_P(Spaces, Names,
                         testing::Values(NameCase{"王 小明", "王小明", 1, {kNameSpaces}},
                                         NameCase{" 王伟 ", "王伟", 1, {kNameSpaces}},
                                         NameCase{"王\u3000伟", "王伟", 1, {kNameSpaces, kNameWidth}},
                                         NameCase{"\uFEFF王伟", "王伟", 1, {kNameSpaces}},
                                         NameCase{"王\u200B伟", "王伟", 1, {kNameSpaces}},
                                         NameCase{"王\t伟\r\n", "王伟", 1, {kNameSpaces}},
                                         NameCase{"张 三 丰", "张三丰", 1, {kNameSpaces}}));

INSTANTIATE_TEST_SUITE_P(Characters, Names,
                         testing::Values(NameCase{"張偉", "张伟", 1, {kNameVariant}},
                                         NameCase{"劉麗華", "刘丽华", 1, {kNameVariant}},
                                         NameCase{"王\uF979", "王凉", 1, {kNameWidth}},
                                         NameCase{"\u2F00凡", "一凡", 1, {kNameWidth}},
                                         NameCase{"王\uE863", "王䶮", 1, {kNameVariant}},
                                         NameCase{"王\uFE00伟", "王伟", 1, {kNameSpaces}}));

INSTANTIATE_TEST_SUITE_P(Unreadable, Names,
                         testing::Values(NameCase{"王?", "王?", 1, {kNameUnreadable}},
                                         NameCase{"?伟", "?伟", 1, {kNameUnreadable}},
                                         NameCase{"王？明", "王?明", 1, {kNameWidth, kNameUnreadable}},
                                         NameCase{"王□", "王?", 1, {kNameUnreadable}},
                                         NameCase{"王\uFFFD", "王?", 1, {kNameUnreadable}},
                                         NameCase{"王\uE000伟", "王?伟", 1, {kNameUnreadable}},
                                         NameCase{"王*", "王?", 1, {kNameUnreadable}},
                                         NameCase{"王⿰王莹", "王?", 1, {kNameUnreadable}},
                                         NameCase{"王⿱艹⿰王莹明", "王?明", 1, {kNameUnreadable}},
                                         NameCase{"王(王莹)", "王?", 1, {kNameUnreadable}},
                                         NameCase{"王小（王+莹）", "王小?", 1, {kNameWidth, kNameUnreadable}},
                                         NameCase{"王\xC3\x28", "王?", 1, {kNameUnreadable, kNameRemark}},
                                         NameCase{"???", "", 0, {kNameUnreadable}},
                                         NameCase{"无名氏", "", 0, {kNameUnreadable}},
                                         NameCase{"不详", "", 0, {kNameUnreadable}},
                                         NameCase{"NULL", "", 0, {kNameUnreadable}}));

INSTANTIATE_TEST_SUITE_P(
    Remarks, Names,
    testing::Values(
        NameCase{"王伟(户主)", "王伟", 1, {kNameRemark}},
        NameCase{"王伟（曾用名王卫）", "王伟", 1, {kNameWidth, kNameRemark}},
        NameCase{"王(户主)", "王", 1, {kNameRemark}}, NameCase{"王伟【离异】", "王伟", 1, {kNameRemark}},
        NameCase{"王伟(已故", "王伟", 1, {kNameRemark}}, NameCase{"(王伟)", "王伟", 1, {kNameRemark}},
        NameCase{"王伟先生", "王伟", 1, {kNameRemark}}, NameCase{"王先生", "王", 1, {kNameRemark}},
        NameCase{"李娟女士", "李娟", 1, {kNameRemark}},
        NameCase{"李小娟同學", "李小娟", 1, {kNameVariant, kNameRemark}},
        NameCase{"'王伟", "王伟", 1, {kNameRemark}}, NameCase{"“王伟”", "王伟", 1, {kNameRemark}},
        NameCase{"姓名：王伟", "王伟", 1, {kNameWidth, kNameRemark}},
        NameCase{"王伟2", "王伟", 1, {kNameRemark}}, NameCase{"王伟、李强", "王伟", 1, {kNameRemark}},
        NameCase{"王伟，李强", "王伟", 1, {kNameWidth, kNameRemark}},
        NameCase{"王伟曾用名王卫", "王伟", 1, {kNameRemark}},
        NameCase{"王伟 原名:王卫", "王伟", 1, {kNameSpaces, kNameRemark}},
        NameCase{"-", "", 0, {kNameRemark}}, NameCase{"王伟。", "王伟", 1, {kNameRemark}}));

INSTANTIATE_TEST_SUITE_P(
    Dots, Names,
    testing::Values(NameCase{"阿卜杜拉·买买提", "阿卜杜拉·买买提", 0, {}},
                    NameCase{"阿卜杜拉•买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉‧买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉・买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉･买买提", "阿卜杜拉·买买提", 0, {kNameWidth, kNameDot}},
                    NameCase{"阿卜杜拉．买买提", "阿卜杜拉·买买提", 0, {kNameWidth, kNameDot}},
                    NameCase{"阿卜杜拉.买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉⋅买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉∙买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉●买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉․买买提", "阿卜杜拉·买买提", 0, {kNameWidth, kNameDot}},
                    NameCase{"阿卜杜拉。买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉｡买买提", "阿卜杜拉·买买提", 0, {kNameWidth, kNameDot}},
                    NameCase{"阿卜杜拉··买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉 · 买买提", "阿卜杜拉·买买提", 0, {}},
                    NameCase{"阿卜杜拉 买买提", "阿卜杜拉·买买提", 0, {kNameDot}},
                    NameCase{"阿卜杜拉买买提", "阿卜杜拉买买提", 0, {}},
                    NameCase{"艾力·吐尔逊·玉素甫", "艾力·吐尔逊·玉素甫", 0, {}},
                    NameCase{"阿卜杜拉", "阿卜杜拉", 1, {}}, NameCase{"·王伟·", "王伟", 1, {kNameRemark}}));

INSTANTIATE_TEST_SUITE_P(Latin, Names,
                         testing::Values(NameCase{"Zhang San", "zhang·san", 0, {}},
                                         NameCase{"ＺＨＡＮＧ　ＳＡＮ", "zhang·san", 0, {kNameWidth}},
                                         NameCase{"J. Smith", "j·smith", 0, {kNameDot}},
                                         NameCase{"张WEI", "张wei", 1, {}},
                                         NameCase{"张 wei", "张wei", 1, {kNameSpaces}},
                                         NameCase{"O'Brien", "obrien", 0, {kNameRemark}},
                                         NameCase{"José", "josé", 0, {}}));

TEST(NameTable, LeavesFormerNamesToNormalize) {
  const RawIdentity raw{.name = "王伟（曾用名：王卫、王玮）", .former_names = {"王薇,王卫", " "}};
  const Identity identity = Normalize(raw);
  std::vector<std::string> names;
  for (const Name& name : identity.names) names.push_back(Text(name));
  EXPECT_EQ(names, (std::vector<std::string>{"王伟", "王卫", "王玮", "王薇"}));
}

// The canonical form, written as text, is its own canonical form.
TEST(NameProperty, NormalisingTwiceChangesNothing) {
  const std::u32string alphabet =
      U"王李欧阳司马伟强明月劉張麗峯𠮷䶮㛃阿卜杜拉买提先生女士曾用名原又无不详某空 "
      U"\u3000\t\u200B\uFEFF·•‧・･．.。｡●?？□*()（）[]【】+:：、,，'\"“”"
      U"aBcZéİß\u0301\u0308가\u1100\u1161\u0915\u093F０９5\uE863\uE000\uE81E\uFFFD\uF979\u2F00\u2E85⿰⿱㈱①"
      U"\u2167ﬁ\u0130\uFE0F\U000E0100";
  const auto seed = std::random_device()();
  std::mt19937 random(seed);
  for (int i = 0; i < 200000; ++i) {
    std::u32string written;
    const size_t length = random() % 14;
    for (size_t k = 0; k < length; ++k) {
      written += random() % 40 == 0 ? static_cast<char32_t>(random() % 0x110000)
                                    : alphabet[random() % alphabet.size()];
    }
    const Name once = NormalizeName(EncodeUtf8(written));
    std::u32string canonical;
    for (const auto& token : once.tokens) {
      ASSERT_FALSE(token.empty());
      if (!canonical.empty()) canonical += U'\u00B7';
      canonical += token;
    }
    ASSERT_EQ(NormalizeName(EncodeUtf8(canonical)), once)
        << "seed " << seed << ": " << EncodeUtf8(written) << " -> " << EncodeUtf8(canonical);
    if (!once.empty()) {
      ASSERT_LE(once.surname_length, once.tokens[0].size());
    }
  }
}

TEST(NameProperty, AnyBytesAreTaken) {
  std::mt19937 random(5);
  for (int i = 0; i < 50000; ++i) {
    std::string bytes(random() % 24, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const Name name = NormalizeName(bytes);
    for (const auto& token : name.tokens) ASSERT_FALSE(token.empty());
  }
}

}  // namespace
}  // namespace relief::matcher
