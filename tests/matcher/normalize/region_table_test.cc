#include "matcher/normalize/region_table.h"

#include <gtest/gtest.h>

#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

TEST(RegionTable, AbolishedCodesLeadToThePlaceOfToday) {
  EXPECT_EQ(CurrentRegion("371302"), "371302");  // in use
  EXPECT_EQ(CurrentRegion("370125"), "370115");  // 济阳县 -> 济阳区
  EXPECT_EQ(CurrentRegion("370284"), "370211");  // 胶南市 -> 黄岛区
  EXPECT_EQ(CurrentRegion("340721"), "340706");  // 铜陵县 -> 义安区
  EXPECT_EQ(CurrentRegion("652201"), "650502");  // 哈密市 -> 伊州区
  EXPECT_EQ(CurrentRegion("330521"), "330521");
  EXPECT_EQ(CurrentRegion(""), "");
  EXPECT_EQ(CurrentRegion("999999"), "999999");
}

TEST(RegionTable, ASuccessorIsItselfInUse) {
  for (const char* code : {"370125", "110229", "320125", "440183"}) {
    const std::string now = CurrentRegion(code);
    EXPECT_NE(now, code);
    EXPECT_EQ(CurrentRegion(now), now);
  }
}

TEST(RegionTable, OldAndNewCodeAreOnePlaceInAnIdentity) {
  RawIdentity old_code, new_code;
  old_code.region_code = "370125";
  new_code.region_code = "370115";
  EXPECT_EQ(Normalize(old_code).region, Normalize(new_code).region);
}

}  // namespace
}  // namespace relief::matcher
