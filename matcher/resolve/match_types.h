// The words that the resolver, its rows on disk and its readers share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "matcher/record_key.h"

namespace relief::matcher {

enum class ConflictKind : uint8_t {
  kUncertainMatch = 1,   // between the review and the link threshold
  kSharedId = 2,         // one number, two people by every other sign
  kTwoIds = 3,           // one person by every other sign, two valid numbers
  kAmbiguousRecord = 4,  // fits two persons about equally well
};

enum class Verdict : uint8_t { kSame = 1, kDifferent = 2 };

// Two records of different persons that the machine would not decide on alone. At most one for each pair of
// persons.
struct MatchConflict {
  RecordKey a, b;  // a < b
  ConflictKind kind = ConflictKind::kUncertainMatch;
  float bits = 0;

  // "C-" and the two keys' text.
  std::string ToString() const;
  static std::optional<std::pair<RecordKey, RecordKey>> Parse(std::string_view text);

  friend bool operator==(const MatchConflict&, const MatchConflict&) = default;
};

}  // namespace relief::matcher
