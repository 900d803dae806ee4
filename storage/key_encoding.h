// Keys of rows: how numbers and texts are put into a key so that the memcmp order of the keys is theirs.
//
//   std::string NoticeRow(std::string_view subscription, int64_t sequence) {
//     return KeyWriter("hn").Text(subscription).Number(sequence).Take();
//   }
//   KeyReader key(row.key);
//   if (!key.Skip("hn")) return Damaged();
//   const auto subscription = key.Text();
//   const auto sequence = key.Number();
//   if (!subscription || !sequence || !key.AtEnd()) return Damaged();
//
// These encodings are on disk: a change of one is a change of the store's format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace relief::storage {

// The least key that is greater than `key`: where a scan goes on behind it.
inline std::string NextKey(std::string_view key) {
  std::string next;
  next.reserve(key.size() + 1);
  next.append(key).push_back('\0');
  return next;
}

// The least string that is greater than every string with this prefix; empty: there is none.
std::string PrefixEnd(std::string_view prefix);

// Eight bytes, the most significant first. Signed numbers are taken as two's complement: negative ones are
// ordered behind the others.
void AppendBigEndian(std::string& key, uint64_t number);
inline void AppendBigEndian(std::string& key, int64_t number) {
  AppendBigEndian(key, static_cast<uint64_t>(number));
}
// Requires: there are at least eight bytes.
uint64_t ReadBigEndian(std::string_view bytes);

class KeyWriter {
 public:
  explicit KeyWriter(std::string_view prefix) : key_(prefix) {}

  // As they are: for parts of a fixed length, and for the last part.
  KeyWriter& Bytes(std::string_view bytes) {
    key_.append(bytes);
    return *this;
  }
  // Ended by 0x00. Requires: the text has no 0x00.
  KeyWriter& Text(std::string_view text) {
    key_.append(text).push_back('\0');
    return *this;
  }
  // Eight bytes, in the order of AppendBigEndian.
  template <typename Integer>
  KeyWriter& Number(Integer number) {
    AppendBigEndian(key_, static_cast<uint64_t>(static_cast<int64_t>(number)));
    return *this;
  }
  KeyWriter& Number(uint64_t number) {
    AppendBigEndian(key_, number);
    return *this;
  }
  KeyWriter& Byte(uint8_t byte) {
    key_.push_back(static_cast<char>(byte));
    return *this;
  }

  std::string Take() { return std::exchange(key_, {}); }

 private:
  std::string key_;
};

// The parts of a key, in the order in which they were written. What is read points into the key. Each method
// returns nothing (false) if the key does not go on like that, and then leaves the position where it is.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  bool Skip(std::string_view prefix);
  std::optional<std::string_view> Bytes(size_t count);
  std::optional<std::string_view> Text();
  std::optional<int64_t> Number();
  std::optional<uint64_t> Unsigned();
  std::optional<uint8_t> Byte();

  std::string_view rest() const { return rest_; }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace relief::storage
