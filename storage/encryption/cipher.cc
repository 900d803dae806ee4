#include "storage/encryption/cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <climits>
#include <memory>

namespace relief::storage {
namespace {

// Fetched once: to look an algorithm up costs more than to encrypt a row.
const EVP_CIPHER* Algorithm(Cipher cipher) {
  static EVP_CIPHER* const aes = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  static EVP_CIPHER* const sm4 = EVP_CIPHER_fetch(nullptr, "SM4-CTR", nullptr);
  return cipher == Cipher::kSm4Ctr ? sm4 : aes;
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// The counter block of the block at `index`: iv + index, as one big number.
Iv CounterAt(Iv iv, uint64_t index) {
  unsigned carry = 0;
  for (size_t i = kIvSize; i-- > 0;) {
    const unsigned sum = iv[i] + static_cast<unsigned>(index & 0xFF) + carry;
    iv[i] = static_cast<uint8_t>(sum);
    carry = sum >> 8;
    index >>= 8;
  }
  return iv;
}

}  // namespace

std::string_view CipherName(Cipher cipher) { return cipher == Cipher::kSm4Ctr ? "SM4-CTR" : "AES-256-CTR"; }

Secret::~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

bool ApplyStream(Cipher cipher, const Secret& key, const Iv& iv, uint64_t offset, char* data, size_t size) {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  const Iv counter = CounterAt(iv, offset / kIvSize);
  if (!context ||
      EVP_EncryptInit_ex(context.get(), Algorithm(cipher), nullptr, key.data(), counter.data()) != 1)
    return false;
  int done = 0;
  unsigned char skipped[kIvSize] = {};
  const int skip = static_cast<int>(offset % kIvSize);
  bool ok = skip == 0 || EVP_EncryptUpdate(context.get(), skipped, &done, skipped, skip) == 1;
  auto* bytes = reinterpret_cast<unsigned char*>(data);
  while (ok && size > 0) {
    const size_t step = std::min(size, size_t{INT_MAX} / kIvSize * kIvSize);
    ok = EVP_EncryptUpdate(context.get(), bytes, &done, bytes, static_cast<int>(step)) == 1;
    bytes += step;
    size -= step;
  }
  EVP_CIPHER_CTX_reset(context.get());  // no key stays behind
  return ok;
}

Secret Authenticate(Cipher cipher, const Secret& key, std::string_view text) {
  Secret code;
  unsigned size = Secret::kSize;
  HMAC(cipher == Cipher::kSm4Ctr ? EVP_sm3() : EVP_sha256(), key.data(), static_cast<int>(Secret::kSize),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &size);
  return code;
}

bool FillRandom(uint8_t* data, size_t size) { return RAND_bytes(data, static_cast<int>(size)) == 1; }

}  // namespace relief::storage
