// Keys of the rows of the audit chain besides its entries (server/core/schema.h: "ha", "hA").
// ARCHITECTURE.md, "On disk", tells the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "matcher/record_key.h"

namespace relief::server::audit::audit_rows {

inline std::string Number(std::string_view prefix, uint64_t number) {
  std::string key(prefix);
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
  return key;
}

// audit::Head, by sequence; and the newest of them.
inline constexpr std::string_view kHeadPrefix = "hAs";
inline std::string HeadRow(int64_t sequence) { return Number(kHeadPrefix, static_cast<uint64_t>(sequence)); }
inline constexpr std::string_view kNewestHeadRow = "hAS";

// audit::Head, a beginning: what was before it is no more.
inline constexpr std::string_view kBeginningRow = "hAb";

// Entries that concern a record, the newest first. No value.
inline std::string RecordPrefix(matcher::RecordKey record) {
  return std::string("hAx").append(record.view());
}
inline std::string RecordRow(matcher::RecordKey record, int64_t sequence) {
  return Number(RecordPrefix(record), ~static_cast<uint64_t>(sequence));
}

// Entries on whole lists that left the hub, which may concern anybody; in the same order. No value.
inline constexpr std::string_view kListPrefix = "hAl";
inline std::string ListRow(int64_t sequence) { return Number(kListPrefix, ~static_cast<uint64_t>(sequence)); }

// The sequence at the end of a key of those two.
inline int64_t SequenceOf(std::string_view key) {
  uint64_t number = 0;
  for (const char byte : key.substr(key.size() - 8)) number = number << 8 | static_cast<uint8_t>(byte);
  return static_cast<int64_t>(~number);
}

// The name of the digest of new entries; no row: SHA_256.
inline constexpr std::string_view kDigestRow = "hAd";

// The first entry that is in these indexes: 8 bytes, as in keys.
inline constexpr std::string_view kIndexedFromRow = "hAi";

}  // namespace relief::server::audit::audit_rows
