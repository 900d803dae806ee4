#include "matcher/model/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace relief::matcher {
namespace {

std::string Shipped() {
  std::ifstream file(RELIEF_MODEL_FILE);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string With(const std::string& from, const std::string& to) {
  std::string text = Shipped();
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Model, TheShippedFileLoads) {
  const auto model = Model::Load(RELIEF_MODEL_FILE);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_GT((*model)->link_threshold(), (*model)->review_threshold());
  EXPECT_NE((*model)->version().find("zh-"), std::string::npos);
  EXPECT_GT((*model)->SurnameBits(U"尉迟"), (*model)->SurnameBits(U"王")) << "a rare surname says more";
  EXPECT_GT((*model)->GivenCharacterBits(U'曌'), (*model)->GivenCharacterBits(U'伟'));
  EXPECT_LT((*model)->bits(Level::kNameDifferent), 0);
  EXPECT_GT((*model)->bits(Level::kIdExact), (*model)->link_threshold())
      << "one's own number is proof enough";
}

TEST(Model, AMissingFileIsNotFound) { EXPECT_TRUE(absl::IsNotFound(Model::Load("/nowhere/model").status())); }

TEST(Model, WeightsAreWhole64ths) {
  const auto model = Model::Parse(Shipped());
  for (int i = 0; i < static_cast<int>(Level::kCount); ++i) {
    const float scaled = (*model)->bits(static_cast<Level>(i)) * 64;
    EXPECT_EQ(scaled, std::round(scaled)) << NameOf(static_cast<Level>(i));
  }
}

TEST(Model, TheVersionChangesWithTheContent) {
  EXPECT_NE((*Model::Parse(Shipped()))->version(), (*Model::Parse(Shipped() + "# a word\n"))->version());
}

TEST(Model, RefusesWhatIsNotAModelAndSaysWhere) {
  struct Case {
    std::string text, complaint;
  };
  const Case cases[] = {
      {"name: \"x\"\nlink_threshold_bits: twenty", "line 2"},
      {"nonsense: 1", "line 1"},
      {With("name: \"zh", "# name: \"zh"), "name: required"},
      {With("link_threshold_bits: 20", "link_threshold_bits: 7"), "threshold"},
      {With("block_limit: 300", "block_limit: 1"), "block_limit"},
      {With("name: \"SAME_READING\"", "name: \"SAME_SOUND\""), "no such level"},
      {With("name: \"VARIANT\"", "name: \"SAME_READING\""), "twice"},
      {With("m: 0.990  u: 0.512", "m: 1.0  u: 0.512"), "between 0 and 1"},
      {With("m: 0.990  u: 0.512", "m: 0.990  u: 0"), "between 0 and 1"},
      {With("levels { name: \"SAME\"      m: 0.990  u: 0.512 }", ""), "missing"},
      {With("equal_character_m: 0.955", ""), "equal_character_m"},
      {"", "name: required"},
  };
  for (const Case& one : cases) {
    const auto model = Model::Parse(one.text);
    EXPECT_TRUE(absl::IsInvalidArgument(model.status())) << one.complaint;
    EXPECT_NE(std::string(model.status().message()).find(one.complaint), std::string::npos)
        << "wanted: " << one.complaint << "\ngot: " << model.status();
  }
}

}  // namespace
}  // namespace relief::matcher
