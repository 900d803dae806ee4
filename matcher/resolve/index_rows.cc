#include "matcher/resolve/index_rows.h"

#include <bit>
#include <cstring>

#include "matcher/normalize/identity_codec.h"

namespace relief::matcher {
namespace {

static_assert(std::endian::native == std::endian::little, "rows are written in memory order");

template <typename T>
void AppendRaw(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void AppendBigEndian(std::string& out, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

// Reads from the front; every read says whether there was enough.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  bool Read(T* value) {
    if (rest_.size() < sizeof(T)) return false;
    std::memcpy(value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return true;
  }
  bool Read(RecordKey* key) {
    if (rest_.size() < RecordKey::kSize) return false;
    *key = RecordKey::FromBytes(rest_.data());
    rest_.remove_prefix(RecordKey::kSize);
    return true;
  }
  size_t size() const { return rest_.size(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::string RecordRowKey(std::string_view prefix, RecordKey record) {
  std::string key(prefix);
  key.append(record.view());
  return key;
}

}  // namespace

std::string IdentityRowKey(RecordKey record) { return RecordRowKey(kIdentityPrefix, record); }
std::string LinkRowKey(RecordKey record) { return RecordRowKey("ml", record); }
std::string ConstraintsRowKey(RecordKey record) { return RecordRowKey("me", record); }
std::string PersonRowKey(PersonId person) { return RecordRowKey("mp", person.anchor); }

std::string BlockRowKey(BlockKey block) {
  std::string key = "mb";
  AppendBigEndian(key, block);
  return key;
}

std::string PostingRowPrefix(BlockKey block) {
  std::string key = "mo";
  AppendBigEndian(key, block);
  return key;
}

std::string PostingRowKey(BlockKey block, RecordKey record) {
  return PostingRowPrefix(block).append(record.view());
}

std::string ConflictRowKey(RecordKey a, RecordKey b) {
  return RecordRowKey(kConflictPrefix, a).append(b.view());
}

std::string EncodeIdentityRow(const IdentityRow& identity_row) {
  std::string out;
  AppendRaw(out, identity_row.anchor_day);
  AppendRaw(out, identity_row.exclusive_source);
  return out + EncodeIdentity(identity_row.identity);
}

std::optional<IdentityRow> DecodeIdentityRow(std::string_view bytes) {
  Cursor cursor(bytes);
  IdentityRow identity_row;
  if (!cursor.Read(&identity_row.anchor_day) || !cursor.Read(&identity_row.exclusive_source))
    return std::nullopt;
  auto identity = DecodeIdentity(cursor.rest());
  if (!identity) return std::nullopt;
  identity_row.identity = *std::move(identity);
  return identity_row;
}

std::string EncodeRecords(const std::vector<RecordKey>& records) {
  std::string out;
  out.reserve(records.size() * RecordKey::kSize);
  for (const RecordKey& record : records) out.append(record.view());
  return out;
}

std::optional<std::vector<RecordKey>> DecodeRecords(std::string_view bytes) {
  if (bytes.size() % RecordKey::kSize != 0) return std::nullopt;
  std::vector<RecordKey> records;
  records.reserve(bytes.size() / RecordKey::kSize);
  for (size_t at = 0; at < bytes.size(); at += RecordKey::kSize)
    records.push_back(RecordKey::FromBytes(bytes.data() + at));
  return records;
}

std::string EncodeBlockRow(const BlockRow& block) {
  std::string out;
  AppendRaw(out, block.count);
  return out + EncodeRecords(block.records);
}

std::optional<BlockRow> DecodeBlockRow(std::string_view bytes) {
  Cursor cursor(bytes);
  BlockRow block;
  if (!cursor.Read(&block.count)) return std::nullopt;
  auto records = DecodeRecords(cursor.rest());
  if (!records || (!records->empty() && records->size() != block.count)) return std::nullopt;
  block.records = *std::move(records);
  return block;
}

std::string EncodeLinkRow(const LinkRow& links) {
  std::string out(links.person.anchor.view());
  AppendRaw(out, static_cast<uint8_t>((links.numbered ? 1 : 0) | (links.ambiguous ? 2 : 0)));
  AppendRaw(out, static_cast<uint32_t>(links.edges.size()));
  for (const Edge& edge : links.edges) {
    out.append(edge.other.view());
    AppendRaw(out, edge.score64);
    AppendRaw(out, static_cast<uint8_t>(edge.vetoes));
  }
  return out + EncodeRecords(links.conflicts);
}

std::optional<LinkRow> DecodeLinkRow(std::string_view bytes) {
  Cursor cursor(bytes);
  LinkRow links;
  uint8_t flags = 0;
  uint32_t edges = 0;
  if (!cursor.Read(&links.person.anchor) || !cursor.Read(&flags) || !cursor.Read(&edges) ||
      edges > cursor.size() || flags > 3)
    return std::nullopt;
  links.numbered = flags & 1;
  links.ambiguous = flags & 2;
  links.edges.resize(edges);
  for (Edge& edge : links.edges) {
    uint8_t vetoes = 0;
    if (!cursor.Read(&edge.other) || !cursor.Read(&edge.score64) || !cursor.Read(&vetoes))
      return std::nullopt;
    edge.vetoes = vetoes;
  }
  auto conflicts = DecodeRecords(cursor.rest());
  if (!conflicts) return std::nullopt;
  links.conflicts = *std::move(conflicts);
  return links;
}

std::string EncodeConstraints(const std::vector<Constraint>& constraints) {
  std::string out;
  for (const Constraint& constraint : constraints) {
    out.append(constraint.other.view());
    AppendRaw(out, static_cast<uint8_t>(constraint.verdict));
  }
  return out;
}

std::optional<std::vector<Constraint>> DecodeConstraints(std::string_view bytes) {
  Cursor cursor(bytes);
  std::vector<Constraint> constraints;
  while (cursor.size() > 0) {
    Constraint constraint;
    uint8_t verdict = 0;
    if (!cursor.Read(&constraint.other) || !cursor.Read(&verdict)) return std::nullopt;
    if (verdict != static_cast<uint8_t>(Verdict::kSame) &&
        verdict != static_cast<uint8_t>(Verdict::kDifferent))
      return std::nullopt;
    constraint.verdict = static_cast<Verdict>(verdict);
    constraints.push_back(constraint);
  }
  return constraints;
}

std::string EncodeConflict(const MatchConflict& conflict) {
  std::string out;
  AppendRaw(out, static_cast<uint8_t>(conflict.kind));
  AppendRaw(out, conflict.bits);
  return out;
}

std::optional<MatchConflict> DecodeConflict(std::string_view key, std::string_view bytes) {
  if (!key.starts_with(kConflictPrefix)) return std::nullopt;
  Cursor key_cursor(key.substr(kConflictPrefix.size()));
  Cursor cursor(bytes);
  MatchConflict conflict;
  uint8_t kind = 0;
  if (!key_cursor.Read(&conflict.a) || !key_cursor.Read(&conflict.b) || !cursor.Read(&kind) ||
      !cursor.Read(&conflict.bits) || key_cursor.size() > 0 || cursor.size() > 0 ||
      kind < static_cast<uint8_t>(ConflictKind::kUncertainMatch) ||
      kind > static_cast<uint8_t>(ConflictKind::kAmbiguousRecord))
    return std::nullopt;
  conflict.kind = static_cast<ConflictKind>(kind);
  return conflict;
}

absl::Status Damaged(const char* kind) {
  return absl::DataLossError(std::string("a row of the identity index is damaged: ") + kind);
}

}  // namespace relief::matcher
