#include "matcher/record_key.h"

#include <gtest/gtest.h>

#include <random>

namespace relief::matcher {
namespace {

TEST(RecordKey, IsTheSameForTheSameIdsInEveryRelease) {
  // printf '\0\0\0\7dibao-1DB000001' | sha256sum, the first ten bytes.
  EXPECT_EQ(RecordKey::Of("dibao-1", "DB000001").ToString(), "G5FR43BPJ1ZS47NG");
}

TEST(RecordKey, KeepsIdsApartWhoseJoinedTextIsTheSame) {
  EXPECT_NE(RecordKey::Of("ab", "c"), RecordKey::Of("a", "bc"));
  EXPECT_NE(RecordKey::Of("", "abc"), RecordKey::Of("abc", ""));
}

TEST(RecordKey, TextGoesThereAndBack) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    RecordKey key;
    for (uint8_t& byte : key.bytes) byte = static_cast<uint8_t>(random());
    const std::string text = key.ToString();
    ASSERT_EQ(text.size(), 16u);
    ASSERT_EQ(RecordKey::Parse(text), key);
    ASSERT_EQ(RecordKey::FromBytes(key.view().data()), key);
  }
}

TEST(RecordKey, TextSortsAsTheKeysDo) {
  std::mt19937 random(2);
  for (int i = 0; i < 1000; ++i) {
    const RecordKey a = RecordKey::Of("s", std::to_string(random()));
    const RecordKey b = RecordKey::Of("s", std::to_string(random()));
    ASSERT_EQ(a < b, a.ToString() < b.ToString());
    ASSERT_EQ(a < b, a.view() < b.view());
  }
}

TEST(RecordKey, ReadsWhatPeopleCopyByHand) {
  const auto exact = RecordKey::Parse("0123456789ABCDEF");
  ASSERT_TRUE(exact);
  EXPECT_EQ(RecordKey::Parse("oI23456789abcdef"), exact);
  EXPECT_EQ(RecordKey::Parse("Ol23456789ABCDEF"), exact);
}

TEST(RecordKey, RefusesWhatIsNoKey) {
  for (const char* text : {"", "0123456789ABCDE", "0123456789ABCDEF0", "0123456789ABCDEU", "0123456789ABCDE-",
                           "P-0123456789ABCDEF"}) {
    EXPECT_FALSE(RecordKey::Parse(text)) << text;
  }
}

TEST(PersonId, IsTheAnchorsTextBehindALetter) {
  const PersonId person{RecordKey::Of("dibao-1", "DB000001")};
  EXPECT_EQ(person.ToString(), "P-" + person.anchor.ToString());
  EXPECT_EQ(PersonId::Parse(person.ToString()), person);
  for (const char* text : {"", "P-", "P0123456789ABCDEF", "Q-0123456789ABCDEF", "0123456789ABCDEF"}) {
    EXPECT_FALSE(PersonId::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace relief::matcher
