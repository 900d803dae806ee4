#include "adapters/cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "adapters/cli/text.h"

namespace relief::adapters {
namespace {

TEST(Table, CountsChineseAsTwoColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("救助a"), 5);
  EXPECT_EQ(DisplayWidth("（）"), 4);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1);
}

TEST(Table, LinesUpColumnsOfMixedText) {
  Table table({{"文件"}, {"n", true}, {"x"}});
  table.Add({"a.csv", "7", "z"});
  table.Add({"低保导出", "1234", "z"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "文件         n  x\n"
            "a.csv        7  z\n"
            "低保导出  1234  z\n");
}

TEST(Text, FillsInTurn) {
  UseLanguage(Language::kEnglish);
  EXPECT_EQ(Fill(Say::kSkippedUnknown, {"a{}b", "why"}), "skipped a{}b: why");
  UseLanguage(Language::kChinese);
  EXPECT_EQ(Text(Say::kRejected), "拒绝");
  UseLanguage(Language::kEnglish);
}

TEST(Text, HasAsManyPlacesInBothLanguages) {
  const auto places = [](const std::string& text) {
    int count = 0;
    for (size_t at = 0; (at = text.find("{}", at)) != std::string::npos; at += 2) ++count;
    return count;
  };
#define RELIEF_TEXT(id, zh, en) EXPECT_EQ(places(zh), places(en)) << en;
#include "adapters/cli/text.inc"
#undef RELIEF_TEXT
}

}  // namespace
}  // namespace relief::adapters
