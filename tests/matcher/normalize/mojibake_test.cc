#include "matcher/normalize/mojibake.h"

#include <gtest/gtest.h>

#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

TEST(Mojibake, ReadsBackWhatWasReadWrongly) {
  EXPECT_EQ(RepairMojibake(U"寮犱紵"), U"张伟");
  EXPECT_EQ(RepairMojibake(U"鐜嬬鍏"), std::nullopt) << "a byte is lost: it is not guessed";
  EXPECT_EQ(RepairMojibake(U"娆ч槼鏄庢湀"), U"欧阳明月");
}

TEST(Mojibake, LeavesRealNamesAlone) {
  for (const char32_t* name :
       {U"张伟", U"王秀兰", U"欧阳明月", U"阿卜杜拉", U"李㛃", U"王?", U"", U"Li Wei", U"龙䶮龘"})
    EXPECT_EQ(RepairMojibake(name), std::nullopt);
}

TEST(Mojibake, TheNameIsReadBothWays) {
  RawIdentity raw;
  raw.name = "寮犱紵";
  std::vector<Repair> repairs;
  const Identity identity = Normalize(raw, &repairs);
  ASSERT_EQ(identity.names.size(), 2u);
  EXPECT_EQ(identity.names[0].tokens[0], U"张伟");
  EXPECT_EQ(identity.names[1].tokens[0].size(), 3u) << "a proposal, not a correction";
  EXPECT_NE(std::find(repairs.begin(), repairs.end(), Repair::kNameMojibake), repairs.end());
}

}  // namespace
}  // namespace relief::matcher
