#include "storage/key_encoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

namespace relief::storage {
namespace {

using namespace std::string_literals;

TEST(KeyEncoding, WritesTheBytesThatAreOnDisk) {
  EXPECT_EQ(KeyWriter("hn").Text("sub").Number(int64_t{258}).Take(), "hnsub\0\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(KeyWriter("x").Bytes("ab").Byte(7).Number(-1).Take(), "xab\x07\xff\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(KeyWriter("x").Number(~uint64_t{0}).Take(), "x\xff\xff\xff\xff\xff\xff\xff\xff"s);
}

TEST(KeyEncoding, ReadsBackWhatItWrote) {
  const std::string key =
      KeyWriter("hn").Text("sub").Number(int64_t{-5}).Number(uint64_t{9}).Byte(200).Bytes("tail").Take();
  KeyReader reader(key);
  ASSERT_TRUE(reader.Skip("hn"));
  EXPECT_EQ(reader.Text(), "sub");
  EXPECT_EQ(reader.Number(), -5);
  EXPECT_EQ(reader.Unsigned(), 9u);
  EXPECT_EQ(reader.Byte(), 200);
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_EQ(reader.Bytes(4), "tail");
  EXPECT_TRUE(reader.AtEnd());
}

TEST(KeyEncoding, TellsAKeyThatEndsTooEarly) {
  KeyReader reader("ab");
  EXPECT_FALSE(reader.Skip("b"));
  EXPECT_EQ(reader.Text(), std::nullopt);
  EXPECT_EQ(reader.Number(), std::nullopt);
  EXPECT_EQ(reader.Bytes(3), std::nullopt);
  EXPECT_EQ(reader.rest(), "ab") << "a failed reading leaves the position";
  EXPECT_EQ(reader.Byte(), 'a');
}

TEST(KeyEncoding, OrdersKeysLikeTheirParts) {
  std::mt19937_64 random(1);
  std::vector<std::tuple<std::string, uint64_t>> parts;
  for (int i = 0; i < 2000; ++i)
    parts.emplace_back(std::string(random() % 3, static_cast<char>('a' + random() % 3)),
                       random() >> (random() % 64));
  std::sort(parts.begin(), parts.end());
  std::vector<std::string> keys;
  for (const auto& [text, number] : parts) keys.push_back(KeyWriter("p").Text(text).Number(number).Take());
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(KeyEncoding, KnowsTheNextKeyAndTheEndOfAPrefix) {
  EXPECT_EQ(NextKey("a"), "a\0"s);
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff"), "") << "nothing is behind it";
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace relief::storage
