// The two ciphers that files can be under, as counter-mode streams of OpenSSL: any part of a file can be read
// without the rest. Counter mode hides; it does not authenticate. Damage is found by the store's own
// checksums.
//
// Callable from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace relief::storage {

enum class Cipher : uint8_t {
  kAes256Ctr = 1,  // with HMAC-SHA-256 where something is authenticated
  kSm4Ctr = 2,     // with HMAC-SM3
};

// "AES-256-CTR", "SM4-CTR"
std::string_view CipherName(Cipher cipher);

// Bytes that are wiped when they go.
class Secret {
 public:
  static constexpr size_t kSize = 32;  // SM4 uses the first 16
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret();
  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

inline constexpr size_t kIvSize = 16;
using Iv = std::array<uint8_t, kIvSize>;

// Applies the stream that key and iv give, from `offset` on: the same call encrypts and decrypts. False only
// if OpenSSL fails, which leaves `data` undefined.
[[nodiscard]] bool ApplyStream(Cipher cipher, const Secret& key, const Iv& iv, uint64_t offset, char* data,
                               size_t size);

// The cipher's HMAC, 32 bytes.
Secret Authenticate(Cipher cipher, const Secret& key, std::string_view text);

// From the operating system's generator; false if it fails.
[[nodiscard]] bool FillRandom(uint8_t* data, size_t size);

}  // namespace relief::storage
