#include "matcher/record_key.h"

#include <openssl/sha.h>

namespace relief::matcher {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
constexpr size_t kTextSize = 16;

// The value of a character; lower case, and O I L for 0 1 1, as people write them down. -1 for all others.
int ValueOf(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return 0;
  if (c == 'I' || c == 'L') return 1;
  const size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

RecordKey RecordKey::Of(std::string_view source_id, std::string_view record_id) {
  // The length in front keeps ("ab", "c") and ("a", "bc") apart.
  std::string text;
  text.reserve(4 + source_id.size() + record_id.size());
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(source_id.size() >> shift & 0xFF);
  text += source_id;
  text += record_id;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return FromBytes(reinterpret_cast<const char*>(digest));
}

std::string RecordKey::ToString() const {
  std::string text;
  text.reserve(kTextSize);
  uint32_t buffer = 0;
  int bits = 0;
  for (uint8_t byte : bytes) {
    buffer = buffer << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[buffer >> (bits - 5) & 31];
  }
  return text;
}

std::optional<RecordKey> RecordKey::Parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  RecordKey key;
  uint32_t buffer = 0;
  int bits = 0;
  size_t filled = 0;
  for (char c : text) {
    const int value = ValueOf(c);
    if (value < 0) return std::nullopt;
    buffer = buffer << 5 | static_cast<uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      key.bytes[filled++] = static_cast<uint8_t>(buffer >> bits);
    }
  }
  return key;
}

std::optional<PersonId> PersonId::Parse(std::string_view text) {
  if (text.substr(0, 2) != "P-") return std::nullopt;
  const auto anchor = RecordKey::Parse(text.substr(2));
  if (!anchor) return std::nullopt;
  return PersonId{*anchor};
}

}  // namespace relief::matcher
