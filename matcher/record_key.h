// The hub's own name of a record: 80 bits of SHA-256 over (source_id, record_id).
//
// It is a function of the two ids alone, so that it is the same in whatever order records arrive; it has a
// fixed size, so that posting lists are compact; and it orders records canonically. At a thousand million
// records the chance that any two collide is 4 in ten million; the record row holds both ids, and ingest
// refuses a collision.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace relief::matcher {

struct RecordKey {
  static constexpr size_t kSize = 10;
  std::array<uint8_t, kSize> bytes{};

  static RecordKey Of(std::string_view source_id, std::string_view record_id);

  // From the kSize bytes at `data`.
  static RecordKey FromBytes(const char* data) {
    RecordKey key;
    std::memcpy(key.bytes.data(), data, kSize);
    return key;
  }

  // The kSize bytes, as they stand in keys of the store.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), kSize}; }

  // 16 characters of Crockford's base 32, e.g. "3F7QZ0K9XW2M4B1T".
  std::string ToString() const;
  static std::optional<RecordKey> Parse(std::string_view text);

  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

// A person is named after the anchor among its records (resolve/resolver.h says which): "P-" and the anchor's
// text.
struct PersonId {
  RecordKey anchor;

  std::string ToString() const { return "P-" + anchor.ToString(); }
  static std::optional<PersonId> Parse(std::string_view text);

  friend auto operator<=>(const PersonId&, const PersonId&) = default;
};

struct RecordKeyHash {
  size_t operator()(const RecordKey& key) const {
    size_t hash;
    std::memcpy(&hash, key.bytes.data(), sizeof hash);
    return hash;
  }
};

}  // namespace relief::matcher
