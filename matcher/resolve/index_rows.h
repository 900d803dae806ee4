// The rows of the identity index: their keys and their binary form. Private to matcher/resolve.
//
//   mn <record>             identity row: anchor day, exclusive source, canonical identity
//   mb <block key>          block row: how many records have the key, and which, while they are not more than the limit
//   mo <block key> <record> posting of an oversized block (a block over the limit)
//   ml <record>             link row: the record's person, its scored edges, the conflicts that name it
//   me <record>             officers' constraints with other records; stays when the record is deleted
//   mp <anchor>             person: its records
//   mc <a> <b>              conflict between two records, a < b
//   ms                      the secret that block keys are hashed with
//
// Records are 10 bytes (record_key.h), block keys 8 bytes big-endian, other integers little-endian. Lists are sorted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "matcher/block/blocking.h"
#include "matcher/normalize/identity.h"
#include "matcher/record_key.h"
#include "matcher/resolve/match_types.h"

namespace relief::matcher {

std::string IdentityRowKey(RecordKey record);
std::string BlockRowKey(BlockKey block);
std::string PostingRowKey(BlockKey block, RecordKey record);
std::string PostingRowPrefix(BlockKey block);
std::string LinkRowKey(RecordKey record);
std::string ConstraintsRowKey(RecordKey record);
std::string PersonRowKey(PersonId person);
std::string ConflictRowKey(RecordKey a, RecordKey b);
inline constexpr std::string_view kIdentityPrefix = "mn";
inline constexpr std::string_view kSecretRow = "ms";
inline constexpr std::string_view kPersonPrefix = "mp";
inline constexpr std::string_view kConflictPrefix = "mc";
// Everything that is derived from records; constraints ("me") and the secret are not.
inline constexpr std::string_view kDerivedPrefixes[] = {"mn", "mb", "mo", "ml", "mp", "mc"};

struct IdentityRow {
  int32_t anchor_day = 0;
  uint64_t exclusive_source = 0;
  Identity identity;

  friend bool operator==(const IdentityRow&, const IdentityRow&) = default;
};
std::string EncodeIdentityRow(const IdentityRow& identity_row);
std::optional<IdentityRow> DecodeIdentityRow(std::string_view bytes);

struct BlockRow {
  uint32_t count = 0;
  std::vector<RecordKey> records;  // empty while the block is oversized
};
std::string EncodeBlockRow(const BlockRow& block);
std::optional<BlockRow> DecodeBlockRow(std::string_view bytes);

// A scored pair, as one of its records sees it. Scores are whole 64ths of a bit, so that nothing rounds on
// the way.
struct Edge {
  RecordKey other;
  int32_t score64 = 0;
  uint32_t vetoes = 0;

  float bits() const { return static_cast<float>(score64) / 64.0f; }
  friend bool operator==(const Edge&, const Edge&) = default;
};

struct LinkRow {
  PersonId person;
  bool numbered = false;             // the person has a trusted number
  bool ambiguous = false;            // held back: fits two persons
  std::vector<Edge> edges;           // sorted by other
  std::vector<RecordKey> conflicts;  // the other records, sorted

  friend bool operator==(const LinkRow&, const LinkRow&) = default;
};
std::string EncodeLinkRow(const LinkRow& links);
std::optional<LinkRow> DecodeLinkRow(std::string_view bytes);

struct Constraint {
  RecordKey other;
  Verdict verdict = Verdict::kSame;
};
std::string EncodeConstraints(const std::vector<Constraint>& constraints);
std::optional<std::vector<Constraint>> DecodeConstraints(std::string_view bytes);

std::string EncodeRecords(const std::vector<RecordKey>& records);
std::optional<std::vector<RecordKey>> DecodeRecords(std::string_view bytes);

// Kind and bits; the records are in the key.
std::string EncodeConflict(const MatchConflict& conflict);
std::optional<MatchConflict> DecodeConflict(std::string_view key, std::string_view bytes);

// What a row that does not decode is: DATA_LOSS, naming the kind of row.
absl::Status Damaged(const char* kind);

}  // namespace relief::matcher
