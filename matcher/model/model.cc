#include "matcher/model/model.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "matcher/model/model.pb.h"
#include "matcher/normalize/han.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

struct LevelText {
  const char* field;
  const char* name;
};

constexpr LevelText kLevels[] = {
    {"name", "SAME_READING"},
    {"name", "VARIANT"},
    {"name", "LOOK_ALIKE"},
    {"name", "FUZZY_READING"},
    {"name", "WILDCARD"},
    {"name", "DIFFERENT"},
    {"name", "SWAPPED"},
    {"name", "DROPPED"},
    {"name", "FORMER_NAME"},
    {"name", "CHANGED_NAME"},
    {"name", "TOKEN_EQUAL"},
    {"name", "TOKEN_MISSING"},
    {"name", "LATIN_CLOSE"},
    {"name", "TRANSLITERATION"},
    {"id_number", "EXACT"},
    {"id_number", "EXACT_INVALID"},
    {"id_number", "ONE_EDIT"},
    {"id_number", "ONE_EDIT_SEQUENCE"},
    {"id_number", "INVALID_DIFFERENT"},
    {"id_number", "DIFFERENT"},
    {"id_number", "SHARED"},
    {"id_number", "OTHER_DOCUMENT"},
    {"id_number", "HIDDEN_FITS"},
    {"id_number", "HIDDEN_DIFFERS"},
    {"birth_date", "EXACT"},
    {"birth_date", "CONFIRMS_ID"},
    {"birth_date", "FIRST_OF_JANUARY"},
    {"birth_date", "BOTH_FIRST_OF_JANUARY"},
    {"birth_date", "YEAR_OFF"},
    {"birth_date", "MONTH_DAY_SWAPPED"},
    {"birth_date", "ONE_DIGIT"},
    {"birth_date", "LUNAR"},
    {"birth_date", "SAME_MONTH"},
    {"birth_date", "SAME_YEAR"},
    {"birth_date", "YEAR_ALONE"},
    {"birth_date", "DIFFERENT"},
    {"sex", "SAME"},
    {"sex", "DIFFERENT"},
    {"phone", "SAME"},
    {"phone", "DIFFERENT"},
    {"household", "SAME"},
    {"household", "DIFFERENT"},
    {"address", "SAME"},
    {"address", "MOST_PARTS"},
    {"address", "SAME_TOWN"},
    {"address", "DIFFERENT"},
    {"region", "SAME_COUNTY"},
    {"region", "SAME_PREFECTURE"},
    {"region", "DIFFERENT"},
};
constexpr size_t kLevelCount = static_cast<size_t>(Level::kCount);
static_assert(std::size(kLevels) == kLevelCount);

class Errors final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!text.empty()) return;  // the first one is the cause
    text = "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + message;
  }
  std::string text;
};

float Round(double bits) { return static_cast<float>(std::lround(bits * 64)) / 64.0f; }

bool Probability(double p) { return p > 0 && p < 1; }

std::string ShortHash(const std::string& text) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  std::string hex;
  for (int i = 0; i < 4; ++i) {
    char byte[3];
    std::snprintf(byte, sizeof byte, "%02x", hash[i]);
    hex += byte;
  }
  return hex;
}

absl::Status Invalid(const std::string& what) { return absl::InvalidArgumentError("model: " + what); }

// Weights of all levels; every level must be there once, and nothing else.
absl::StatusOr<std::array<float, kLevelCount>> Weights(
    const ModelSpec& spec, const google::protobuf::TextFormat::ParseInfoTree& lines) {
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < kLevelCount; ++i) index[std::string(kLevels[i].field) + "/" + kLevels[i].name] = i;
  std::array<float, kLevelCount> weights{};
  std::array<bool, kLevelCount> seen{};
  for (int c = 0; c < spec.comparisons_size(); ++c) {
    const ComparisonSpec& comparison = spec.comparisons(c);
    const auto* tree = lines.GetTreeForNested(ModelSpec::descriptor()->FindFieldByName("comparisons"), c);
    for (int l = 0; l < comparison.levels_size(); ++l) {
      const auto& level = comparison.levels(l);
      const auto at = tree->GetLocation(ComparisonSpec::descriptor()->FindFieldByName("levels"), l);
      const std::string where = "line " + std::to_string(at.line + 1) + ": ";
      const auto found = index.find(comparison.field() + "/" + level.name());
      if (found == index.end()) return Invalid(where + "no such level");
      if (seen[found->second]) return Invalid(where + "the level is there twice");
      if (!Probability(level.m()) || !Probability(level.u()))
        return Invalid(where + "m and u are between 0 and 1");
      seen[found->second] = true;
      weights[found->second] = Round(std::log2(level.m() / level.u()));
    }
  }
  for (size_t i = 0; i < kLevelCount; ++i)
    if (!seen[i])
      return Invalid(std::string("level ") + kLevels[i].name + " of " + kLevels[i].field + " is missing");
  return weights;
}

}  // namespace

std::string_view FieldOf(Level level) { return kLevels[static_cast<size_t>(level)].field; }
std::string_view NameOf(Level level) { return kLevels[static_cast<size_t>(level)].name; }

absl::StatusOr<std::shared_ptr<const Model>> Model::Parse(const std::string& text) {
  ModelSpec spec;
  Errors errors;
  google::protobuf::TextFormat::ParseInfoTree lines;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(&lines);
  if (!parser.ParseFromString(text, &spec)) return Invalid(errors.text);

  if (spec.name().empty()) return Invalid("name: required");
  if (!(spec.link_threshold_bits() > spec.review_threshold_bits()) || !(spec.review_threshold_bits() > 0))
    return Invalid("the link threshold is above the review threshold, and that above 0");
  if (spec.ambiguity_margin_bits() < 0) return Invalid("ambiguity_margin_bits: not negative");
  if (spec.block_limit() < 2 || spec.block_limit() > 10'000) return Invalid("block_limit: 2 to 10000");
  if (spec.phone_limit() != 0 && (spec.phone_limit() < 2 || spec.phone_limit() > spec.block_limit()))
    return Invalid("phone_limit: 2 to block_limit");
  auto weights = Weights(spec, lines);
  if (!weights.ok()) return weights.status();
  const NameFrequencies& names = spec.names();
  if (!Probability(names.equal_character_m()) || !Probability(names.other_surname_share()) ||
      !Probability(names.full_name_share()) || names.given_share_by_level_size() != 4)
    return Invalid(
        "names: equal_character_m, other_surname_share, full_name_share and four given_share_by_level are "
        "required");

  if (!(names.dropped_name_bits() > 0)) return Invalid("names.dropped_name_bits: above 0");
  auto model = std::make_shared<Model>();
  model->link_threshold_ = Round(spec.link_threshold_bits());
  model->review_threshold_ = Round(spec.review_threshold_bits());
  model->doubtful_review_threshold_ =
      Round(std::max(spec.review_threshold_bits(), spec.doubtful_review_threshold_bits()));
  model->ambiguity_margin_ = Round(spec.ambiguity_margin_bits());
  model->block_limit_ = spec.block_limit();
  model->phone_limit_ = spec.phone_limit() > 0 ? spec.phone_limit() : spec.block_limit();
  model->version_ = spec.name() + " (sha256:" + ShortHash(text) + ")";
  model->bits_ = *weights;
  const auto agree = [&](double share) { return Round(std::log2(names.equal_character_m() / share)); };
  for (const auto& group : names.surnames()) {
    if (!Probability(group.share())) return Invalid("names.surnames: a share is between 0 and 1");
    std::istringstream words(group.names());
    for (std::string word; words >> word;) model->surnames_[DecodeUtf8(word)] = agree(group.share());
  }
  model->other_surname_ = agree(names.other_surname_share());
  for (const auto& group : names.given_characters()) {
    if (!Probability(group.share())) return Invalid("names.given_characters: a share is between 0 and 1");
    for (char32_t c : DecodeUtf8(group.names()))
      if (c != U' ') model->given_[c] = agree(group.share());
  }
  for (int i = 0; i < 4; ++i) {
    if (!Probability(names.given_share_by_level(i)))
      return Invalid("names.given_share_by_level: between 0 and 1");
    model->given_by_level_[static_cast<size_t>(i)] = agree(names.given_share_by_level(i));
  }
  model->full_name_cap_ = agree(names.full_name_share());
  model->dropped_name_bits_ = Round(names.dropped_name_bits());
  return std::shared_ptr<const Model>(std::move(model));
}

absl::StatusOr<std::shared_ptr<const Model>> Model::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot read the model file " + path);
  std::stringstream text;
  text << file.rdbuf();
  auto model = Parse(text.str());
  if (!model.ok()) return absl::InvalidArgumentError(path + ": " + std::string(model.status().message()));
  return model;
}

float Model::SurnameBits(std::u32string_view surname) const {
  const auto found = surnames_.find(std::u32string(surname));
  return found == surnames_.end() ? other_surname_ : found->second;
}

float Model::GivenCharacterBits(char32_t c) const {
  const auto found = given_.find(c);
  return found == given_.end() ? given_by_level_[static_cast<size_t>(StandardLevel(c))] : found->second;
}

}  // namespace relief::matcher
