#include "matcher/normalize/han.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

bool Reads(char32_t c, std::string_view syllable) {
  const auto readings = Readings(c);
  return std::find(readings.begin(), readings.end(), SyllableOf(syllable)) != readings.end();
}

TEST(Readings, PutTheMostCommonFirstAndHoldSurnames) {
  EXPECT_EQ(SyllableText(Readings(U'单')[0]), "dan");
  const struct {
    const char32_t* surname;
    std::vector<const char*> readings;
  } cases[] = {
      {U"单", {"shan"}},         {U"解", {"xie"}},  {U"仇", {"qiu"}},        {U"区", {"ou"}},
      {U"查", {"zha"}},          {U"朴", {"piao"}}, {U"缪", {"miao"}},       {U"覃", {"qin"}},
      {U"洗", {"xian"}},         {U"么", {"yao"}},  {U"黑", {"he"}},         {U"曾", {"zeng"}},
      {U"翟", {"zhai"}},         {U"哈", {"ha"}},   {U"万俟", {"mo", "qi"}}, {U"尉迟", {"yu", "chi"}},
      {U"令狐", {"ling", "hu"}}, {U"王", {"wang"}}, {U"吕", {"lv"}},         {U"䶮", {"yan"}},
      {U"㛃", {"jie"}},          {U"𠮷", {"ji"}},   {U"劉", {"liu"}}};
  for (const auto& one : cases) {
    for (size_t i = 0; i < one.readings.size(); ++i) {
      EXPECT_TRUE(Reads(one.surname[i], one.readings[i])) << one.readings[i];
    }
  }
}

TEST(Readings, CoverTheWholeStandardListAndNothingForeign) {
  int standard = 0, polyphones = 0;
  std::set<int> levels;
  int of_level[4] = {};
  for (char32_t c = 0; c < 0x110000; ++c) {
    const auto readings = Readings(c);
    ASSERT_LE(readings.size(), 6u);
    const std::set<Syllable> distinct(readings.begin(), readings.end());
    ASSERT_EQ(distinct.size(), readings.size());
    ASSERT_FALSE(distinct.count(0));
    ++of_level[StandardLevel(c)];
    if (StandardLevel(c) == 0) continue;
    ++standard;
    ASSERT_FALSE(readings.empty()) << static_cast<uint32_t>(c);
    polyphones += readings.size() > 1;
  }
  EXPECT_EQ(standard, 8105);
  EXPECT_EQ(of_level[1], 3500);
  EXPECT_EQ(of_level[2], 3000);
  EXPECT_EQ(of_level[3], 1605);
  EXPECT_GT(polyphones, 334);
  for (char32_t c : std::u32string(U"aß가あ\U0001F600\uFFFD")) EXPECT_TRUE(Readings(c).empty());
}

TEST(Syllables, GoThereAndBack) {
  int count = 0;
  for (Syllable id = 1; !SyllableText(id).empty(); ++id, ++count) EXPECT_EQ(SyllableOf(SyllableText(id)), id);
  EXPECT_GT(count, 400);
  EXPECT_EQ(SyllableOf("lue"), SyllableOf("lve"));
  EXPECT_EQ(SyllableOf("lyu"), SyllableOf("lv"));
  for (const char* text : {"", "q", "wangg", "Wang", "zzz", "zhuangg", "王"})
    EXPECT_EQ(SyllableOf(text), 0) << text;
  EXPECT_TRUE(SyllableText(0).empty());
  EXPECT_TRUE(SyllableText(65535).empty());
}

TEST(FoldDialect, MakesAlikeWhatIsConfusedAndNothingElse) {
  const char* alike[][2] = {{"zhang", "zang"}, {"chen", "cheng"},  {"shi", "si"},     {"lan", "nan"},
                            {"ran", "lan"},    {"fei", "hui"},     {"huang", "fang"}, {"hu", "fu"},
                            {"lin", "ling"},   {"zhuang", "zuan"}, {"niu", "liu"},    {"nv", "lv"}};
  for (const auto& pair : alike) {
    ASSERT_NE(SyllableOf(pair[0]), 0) << pair[0];
    EXPECT_EQ(FoldDialect(SyllableOf(pair[0])), FoldDialect(SyllableOf(pair[1])))
        << pair[0] << " " << pair[1];
  }
  const char* apart[][2] = {{"wang", "huang"}, {"li", "lv"}, {"zhang", "jiang"},
                            {"chen", "shen"},  {"ma", "na"}, {"gao", "guo"}};
  for (const auto& pair : apart) {
    EXPECT_NE(FoldDialect(SyllableOf(pair[0])), FoldDialect(SyllableOf(pair[1])))
        << pair[0] << " " << pair[1];
  }
  for (Syllable id = 1; !SyllableText(id).empty(); ++id)
    EXPECT_EQ(FoldDialect(FoldDialect(id)), FoldDialect(id));
  EXPECT_EQ(FoldDialect(0), 0);
  EXPECT_EQ(FoldDialect(65535), 0);
}

TEST(StandardForm, FoldsTraditionalCompatibilityAndRadicalForms) {
  const char32_t* pairs[] = {U"劉刘", U"張张", U"陳陈",     U"龍龙",     U"國国",     U"寧宁",     U"峯峰",
                             U"嶽岳", U"𠮷吉", U"\uF979凉", U"\u2E85亻", U"\uE863䶮", U"\uE81E龴", U"蕭萧",
                             U"鳳凤", U"蘭兰", U"開开",     U"願愿",     U"餘余"};
  for (const char32_t* pair : pairs)
    EXPECT_EQ(StandardForm(pair[0]), pair[1]) << EncodeUtf8(std::u32string_view(pair, 1));
}

TEST(StandardForm, NeverChangesAStandardCharacterAndIsReachedInOneStep) {
  int folded = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    const char32_t standard = StandardForm(c);
    if (StandardLevel(c) > 0) {
      ASSERT_EQ(standard, c);
    }
    ASSERT_EQ(StandardForm(standard), standard) << static_cast<uint32_t>(c);
    folded += standard != c;
  }
  EXPECT_GT(folded, 2696);
}

TEST(StandardForm, LeavesWhatHasSeveralStandardForms) {
  for (char32_t c : std::u32string(U"乾昇於徵著鍾線蘋堃喆戠")) EXPECT_EQ(StandardForm(c), c);
  for (char32_t c : std::u32string(U"aZ9·?가\uFFFD")) EXPECT_EQ(StandardForm(c), c);
}

TEST(AreVariants, IsSymmetricAndKnowsTheRegistersPairs) {
  const char32_t* pairs[] = {U"堃坤", U"乾干", U"喆哲", U"犇奔", U"鍾钟", U"餘余", U"肖萧", U"付傅",
                             U"闫阎", U"戴代", U"於于", U"昇升", U"劉刘", U"寧宁", U"甯宁"};
  for (const char32_t* pair : pairs) {
    EXPECT_TRUE(AreVariants(pair[0], pair[1])) << EncodeUtf8(std::u32string_view(pair, 2));
    EXPECT_TRUE(AreVariants(pair[1], pair[0])) << EncodeUtf8(std::u32string_view(pair, 2));
  }
  for (const char32_t* pair : {U"王李", U"未末", U"张章", U"ab", U"王王"})
    EXPECT_FALSE(AreVariants(pair[0], pair[1]));
}

TEST(ShapeSimilarity, TellsLookAlikesFromChance) {
  const char32_t* alike[] = {U"未末", U"己已", U"土士", U"王玉", U"刘到", U"陈阵", U"倩情",
                             U"婷停", U"洋详", U"晴睛", U"辉挥", U"萍苹", U"田由", U"甲申",
                             U"大太", U"日曰", U"千干", U"天夭", U"人入", U"洁结", U"帅师",
                             U"娟捐", U"伟纬", U"杨扬", U"徐涂", U"凯剀", U"梅悔", U"桂佳"};
  int found = 0;
  for (const char32_t* pair : alike) {
    const double similarity = ShapeSimilarity(pair[0], pair[1]);
    EXPECT_EQ(similarity, ShapeSimilarity(pair[1], pair[0]));
    EXPECT_GE(similarity, 0.5) << EncodeUtf8(std::u32string_view(pair, 2));
    found += similarity >= 0.66;
  }
  EXPECT_GE(found, 22) << "of " << std::size(alike);

  std::vector<char32_t> common;
  for (char32_t c = 0x4E00; c <= 0x9FFF; ++c) {
    if (StandardLevel(c) == 1 || StandardLevel(c) == 2) common.push_back(c);
  }
  std::mt19937 random(3);
  int by_chance = 0;
  constexpr int kPairs = 200000;
  for (int i = 0; i < kPairs; ++i) {
    const char32_t a = common[random() % common.size()];
    const char32_t b = common[random() % common.size()];
    const double similarity = ShapeSimilarity(a, b);
    ASSERT_GE(similarity, 0);
    ASSERT_LE(similarity, 1);
    by_chance += a != b && similarity >= 0.66;
  }
  EXPECT_LT(by_chance, kPairs / 100);
}

TEST(ShapeSimilarity, IsWholeForTheSameAndNothingForTheUnknown) {
  EXPECT_EQ(ShapeSimilarity(U'王', U'王'), 1);
  EXPECT_EQ(ShapeSimilarity(U'a', U'b'), 0);
  EXPECT_EQ(ShapeSimilarity(U'王', U'a'), 0);
  EXPECT_EQ(ShapeSimilarity(char32_t{0x10FFFF}, char32_t{0xFFFFFFFF}), 0);
}

TEST(IsHan, HoldsForEveryCharacterOfTheList) {
  for (char32_t c = 0; c < 0x33000; ++c) {
    if (StandardLevel(c) > 0) {
      ASSERT_TRUE(IsHan(c));
    }
  }
  EXPECT_TRUE(IsHan(U'〇'));
  for (char32_t c : std::u32string(U"a1·?가あ\uFFFD\uE863")) EXPECT_FALSE(IsHan(c));
}

}  // namespace
}  // namespace relief::matcher
