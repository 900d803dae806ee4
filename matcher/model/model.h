// The match model: comparison levels with their m and u probabilities, name frequencies, and thresholds.
// Data, read from a protobuf text file (model.proto) and validated at load with line-precise errors.
// Immutable afterwards; callable from any thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"

namespace relief::matcher {

// Every comparison level there is. The model file names them "FIELD/LEVEL".
enum class Level : uint8_t {
  kNameSameReading,
  kNameVariant,
  kNameLookAlike,
  kNameFuzzyReading,
  kNameWildcard,
  kNameDifferent,
  kNameSwapped,
  kNameDropped,
  kNameFormer,
  kNameChanged,
  kNameTokenEqual,
  kNameTokenMissing,
  kNameLatinClose,
  kNameTransliteration,
  kIdExact,
  kIdExactInvalid,
  kIdOneEdit,
  kIdOneEditSequence,
  kIdInvalidDifferent,
  kIdDifferent,
  kIdShared,
  kIdOtherDocument,
  kIdHiddenFits,  // for each visible digit of the sequence and the check
  kIdHiddenDiffers,
  kBirthExact,
  kBirthConfirmsId,
  kBirthFirstOfJanuary,
  kBirthBothFirstOfJanuary,  // the same day, and that one
  kBirthYearOff,
  kBirthMonthDaySwapped,
  kBirthOneDigit,
  kBirthLunar,
  kBirthSameMonth,
  kBirthSameYear,
  kBirthYearAlone,
  kBirthDifferent,
  kSexSame,
  kSexDifferent,
  kPhoneSame,
  kPhoneDifferent,
  kHouseholdSame,
  kHouseholdDifferent,
  kAddressSame,
  kAddressMostParts,
  kAddressSameTown,
  kAddressDifferent,
  kRegionSameCounty,
  kRegionSamePrefecture,
  kRegionDifferent,
  kCount,
};

// Text of a level, for explanations: "name", "SAME_READING".
std::string_view FieldOf(Level level);
std::string_view NameOf(Level level);

class Model {
 public:
  // INVALID_ARGUMENT: not text format (with line and column), or a level is missing or not a probability.
  static absl::StatusOr<std::shared_ptr<const Model>> Parse(const std::string& text);
  static absl::StatusOr<std::shared_ptr<const Model>> Load(const std::string& path);

  // At or above: the machine links. Bits.
  float link_threshold() const { return link_threshold_; }
  // At or above, and below the link threshold: an officer should look. Bits.
  float review_threshold() const { return review_threshold_; }
  // The same where a doubt stands against the pair (scorer.h). Bits.
  float doubtful_review_threshold() const { return doubtful_review_threshold_; }
  // A record is ambiguous where the best person leads the next by less than this. Bits.
  float ambiguity_margin() const { return ambiguity_margin_; }
  // A block with more records than this is oversized: it says nothing, and is not searched.
  int block_limit() const { return block_limit_; }
  // A phone on more records than this is a village's or an official's: it says nothing.
  int phone_limit() const { return phone_limit_; }
  // "zh-2026.1 (sha256:1a2b3c4d)": the name in the file, and the hash of its content.
  const std::string& version() const { return version_; }

  // log2(m/u), in whole 64ths of a bit.
  float bits(Level level) const { return bits_[static_cast<size_t>(level)]; }
  // Bits of two names' agreeing in this surname, or in this character of a given name.
  float SurnameBits(std::u32string_view surname) const;
  float GivenCharacterBits(char32_t c) const;
  float full_name_cap() const { return full_name_cap_; }
  float dropped_name_bits() const { return dropped_name_bits_; }

 private:
  float link_threshold_ = 0, review_threshold_ = 0, doubtful_review_threshold_ = 0, ambiguity_margin_ = 0;
  int block_limit_ = 0, phone_limit_ = 0;
  std::string version_;
  std::array<float, static_cast<size_t>(Level::kCount)> bits_{};
  std::unordered_map<std::u32string, float> surnames_;
  float other_surname_ = 0;
  std::unordered_map<char32_t, float> given_;
  std::array<float, 4> given_by_level_{};
  float full_name_cap_ = 0, dropped_name_bits_ = 0;
};

}  // namespace relief::matcher
