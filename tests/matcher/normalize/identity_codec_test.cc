#include "matcher/normalize/identity_codec.h"

#include <gtest/gtest.h>

#include <random>

#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

Identity Sample() {
  return Normalize(RawIdentity{.name = "欧阳明月",
                               .former_names = {"阿卜杜拉·买买提"},
                               .id_number = "11010519491231002X",
                               .birth_date = CivilDate{1949, 12, 31},
                               .sex = Sex::kFemale,
                               .phones = {"13812345678", "05398123456"},
                               .address = "城关镇12号",
                               .region_code = "371302",
                               .domicile_code = "371311",
                               .household = "s/H1"});
}

std::string Hex(const std::string& bytes) {
  std::string hex;
  for (unsigned char byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

// The stored form of version 1. If this test fails, what customers have stored cannot be read: add a version
// instead.
TEST(EncodeIdentity, WritesVersionOneForEver) {
  EXPECT_EQ(Hex(EncodeIdentity(Sample())),
            "010202010ce6aca7e998b3e6988ee69c88"                  // 欧阳明月, compound surname
            "00020ce998bfe58d9ce69d9ce68b8909e4b9b0e4b9b0e68f90"  // 阿卜杜拉·买买提
            "2900123131303130353139343931323331303032589ff73c"    // valid, female, 1949-12-31
            "059ff73c"                                            // stated: female, 1949-12-31
            "020b31333831323334353637380b3035333938313233343536"  // phones
            "0ee59f8ee585b3e995873132e58fb7"                      // address
            "0633373133303206333731333131"                        // regions
            "04732f4831");
  EXPECT_EQ(Hex(EncodeIdentity(Identity{})), "0100000000000000000000");
}

TEST(DecodeIdentity, GivesBackWhatWasEncoded) {
  std::vector<Identity> identities = {Identity{}, Sample()};
  identities.push_back(Normalize(
      RawIdentity{.name = "王?", .id_number = "110105491231002", .birth_date = CivilDate{2015, 6, 1}}));
  identities.push_back(
      Normalize(RawIdentity{.name = "李𠮷", .document = DocumentKind::kOther, .id_number = "abc-1"}));
  for (int kind = 0; kind <= 6; ++kind) {
    identities.push_back(Normalize(RawIdentity{.document = static_cast<DocumentKind>(kind),
                                               .id_number = "11010519491231002X43",
                                               .sex = Sex::kMale}));
  }
  for (const Identity& identity : identities) EXPECT_EQ(DecodeIdentity(EncodeIdentity(identity)), identity);
}

TEST(DecodeIdentity, RefusesEveryTruncationAndEverythingAfterTheEnd) {
  const std::string bytes = EncodeIdentity(Sample());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(DecodeIdentity(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(DecodeIdentity(bytes + '\0'));
}

TEST(DecodeIdentity, RefusesOtherVersions) {
  std::string bytes = EncodeIdentity(Sample());
  for (int version = 0; version < 256; ++version) {
    bytes[0] = static_cast<char>(version);
    EXPECT_EQ(DecodeIdentity(bytes).has_value(), version == 1);
  }
}

// What can be decoded after damage is at least an identity that has this very form.
TEST(DecodeIdentity, TakesDamagedBytesOnlyIfTheyAreTheFormOfSomething) {
  const std::string bytes = EncodeIdentity(Sample());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(value);
      const auto decoded = DecodeIdentity(damaged);
      if (decoded) {
        ASSERT_EQ(EncodeIdentity(*decoded), damaged) << at << " " << value;
      }
    }
  }
  std::mt19937 random(3);
  for (int i = 0; i < 100000; ++i) {
    std::string noise = i % 2 == 0 ? bytes : std::string(random() % 64, '\1');
    for (int k = 0; k < 4 && !noise.empty(); ++k)
      noise[random() % noise.size()] = static_cast<char>(random());
    const auto decoded = DecodeIdentity(noise);
    if (decoded) {
      ASSERT_EQ(EncodeIdentity(*decoded), noise);
    }
  }
}

}  // namespace
}  // namespace relief::matcher
