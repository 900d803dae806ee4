// What the rules are handed of one person. Plain values that refer to the caller's records.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "matcher/record_key.h"
#include "relief/v1/record.pb.h"

namespace relief::coverage {

// One live record of the person. The record and the text of source_id outlive the call.
struct CoverageRecord {
  matcher::RecordKey key;
  const v1::Record* record = nullptr;
  std::string_view source_id = {};  // household ids and house numbers are unique within their source only
};

// An open doubt of the matcher between a record of this person and one of another person (a conflict in
// review).
struct IdentityDoubt {
  enum class Kind {
    kSharedId,  // one number, two people by every other sign
    kTwoIds,    // one person by every other sign, two valid numbers
  };
  Kind kind = Kind::kSharedId;
  matcher::RecordKey own;
  CoverageRecord other;
};

// An account that benefits are paid into, with all that are: handed in with the person whose record is the
// least of them.
struct AccountInput {
  std::vector<CoverageRecord> records;  // of whomever, in the order of keys
};

// One person as the rules look at it.
struct PersonInput {
  std::span<const CoverageRecord> records;
  std::span<const IdentityDoubt> doubts = {};
  std::span<const AccountInput> accounts = {};
  // All live records of others who may be this person: an officer has not decided yet.
  std::span<const CoverageRecord> in_review = {};
};

}  // namespace relief::coverage
