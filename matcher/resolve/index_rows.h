// The rows of the identity index: their keys and their binary form. Private to matcher/resolve.
//
//   mn <record>              node: anchor day, exclusive source, canonical identity
//   mb <block key>           block: how many records have the key, and which, while they are not more than
//   the limit mo <block key> <record>  posting of a generic block (one that is over the limit) ml <record>
//   links: the person it belongs to, scored edges to other records, conflicts that name it me <record>
//   officers' constraints with other records; stays when the record goes mp <anchor>              person: its
//   records mc <a> <b>               conflict between two records, a < b ms                       the secret
//   that block keys are hashed with
//
// Records are 10 bytes (record_key.h), block keys 8 bytes big-endian, other integers little-endian. Lists are
// sorted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/block/blocking.h"
#include "matcher/normalize/identity.h"
#include "matcher/record_key.h"
#include "matcher/resolve/resolver.h"

namespace relief::matcher {

std::string NodeRow(RecordKey record);
std::string BlockRow(BlockKey block);
std::string OverflowRow(BlockKey block, RecordKey record);
std::string OverflowPrefix(BlockKey block);
std::string LinksRow(RecordKey record);
std::string ConstraintsRow(RecordKey record);
std::string PersonRow(PersonId person);
std::string ConflictRow(RecordKey a, RecordKey b);
inline constexpr std::string_view kSecretRow = "ms";
inline constexpr std::string_view kPersonPrefix = "mp";
inline constexpr std::string_view kConflictPrefix = "mc";
// Everything that is derived from records; constraints ("me") and the secret are not.
inline constexpr std::string_view kDerivedPrefixes[] = {"mn", "mb", "mo", "ml", "mp", "mc"};

struct Node {
  int32_t anchor_day = 0;
  uint64_t exclusive_source = 0;
  Identity identity;

  friend bool operator==(const Node&, const Node&) = default;
};
std::string EncodeNode(const Node& node);
std::optional<Node> DecodeNode(std::string_view bytes);

struct Block {
  uint32_t count = 0;
  std::vector<RecordKey> records;  // empty while the block is generic
};
std::string EncodeBlock(const Block& block);
std::optional<Block> DecodeBlock(std::string_view bytes);

// A scored pair, as one of its records sees it. Scores are whole 64ths of a bit, so that nothing rounds on
// the way.
struct Edge {
  RecordKey other;
  int32_t score64 = 0;
  uint32_t vetoes = 0;

  float bits() const { return static_cast<float>(score64) / 64.0f; }
  friend bool operator==(const Edge&, const Edge&) = default;
};

struct Links {
  PersonId person;
  bool numbered = false;             // the person has a trusted number
  bool ambiguous = false;            // held back: fits two persons
  std::vector<Edge> edges;           // sorted by other
  std::vector<RecordKey> conflicts;  // the other records, sorted

  friend bool operator==(const Links&, const Links&) = default;
};
std::string EncodeLinks(const Links& links);
std::optional<Links> DecodeLinks(std::string_view bytes);

struct Constraint {
  RecordKey other;
  Verdict verdict = Verdict::kSame;
};
std::string EncodeConstraints(const std::vector<Constraint>& constraints);
std::optional<std::vector<Constraint>> DecodeConstraints(std::string_view bytes);

std::string EncodeRecords(const std::vector<RecordKey>& records);
std::optional<std::vector<RecordKey>> DecodeRecords(std::string_view bytes);

// Kind and bits; the records are in the key.
std::string EncodeConflict(const Conflict& conflict);
std::optional<Conflict> DecodeConflict(std::string_view key, std::string_view bytes);

// What a row that does not decode is: DATA_LOSS, naming the kind of row.
absl::Status Damaged(const char* kind);

}  // namespace relief::matcher
