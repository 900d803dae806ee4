#include "storage/encryption/file_header.h"

#include <openssl/crypto.h>

#include <cstring>
#include <optional>

namespace relief::storage {
namespace {

constexpr std::string_view kMagic = "RELIEFK1";
constexpr size_t kCipherAt = 8, kIdLengthAt = 9, kIdAt = 10, kIdSize = 62, kNonceAt = 72, kWrappedAt = 88,
                 kCodeAt = 136;
constexpr size_t kWrappedSize = Secret::kSize + kIvSize;
static_assert(kWrappedAt + kWrappedSize == kCodeAt && kCodeAt + Secret::kSize == kSlotSize);

struct WrappingKeys {
  Secret encrypt, authenticate;
};

WrappingKeys KeysOf(Cipher cipher, const MasterKey& master) {
  return {Authenticate(cipher, master.key, "relief-hub: wrap the key of a file"),
          Authenticate(cipher, master.key, "relief-hub: authenticate the header of a file")};
}

bool AllZero(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

struct SlotText {
  Cipher cipher;
  std::string_view key_id;
};

std::optional<SlotText> ReadSlot(std::string_view slot) {
  if (slot.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  const auto cipher = static_cast<Cipher>(slot[kCipherAt]);
  const auto length = static_cast<unsigned char>(slot[kIdLengthAt]);
  if ((cipher != Cipher::kAes256Ctr && cipher != Cipher::kSm4Ctr) || length == 0 || length > kIdSize)
    return std::nullopt;
  return SlotText{cipher, slot.substr(kIdAt, length)};
}

std::optional<FileKey> Unwrap(std::string_view slot, Cipher cipher, const MasterKey& master) {
  const WrappingKeys keys = KeysOf(cipher, master);
  const Secret code = Authenticate(cipher, keys.authenticate, slot.substr(0, kCodeAt));
  if (CRYPTO_memcmp(code.data(), slot.data() + kCodeAt, Secret::kSize) != 0) return std::nullopt;
  Iv nonce;
  std::memcpy(nonce.data(), slot.data() + kNonceAt, kIvSize);
  char plain[kWrappedSize];
  std::memcpy(plain, slot.data() + kWrappedAt, kWrappedSize);
  FileKey file_key;
  file_key.cipher = cipher;
  const bool ok = ApplyStream(cipher, keys.encrypt, nonce, 0, plain, kWrappedSize);
  std::memcpy(file_key.key.data(), plain, Secret::kSize);
  std::memcpy(file_key.iv.data(), plain + Secret::kSize, kIvSize);
  OPENSSL_cleanse(plain, sizeof plain);
  if (!ok) return std::nullopt;
  return file_key;
}

}  // namespace

bool LooksEncrypted(std::string_view beginning) {
  for (const size_t offset : kSlotOffsets)
    if (beginning.size() >= offset + kSlotSize && beginning.substr(offset, kMagic.size()) == kMagic)
      return true;
  return false;
}

absl::StatusOr<FileKey> NewFileKey(Cipher cipher) {
  FileKey file_key;
  file_key.cipher = cipher;
  if (!FillRandom(file_key.key.data(), Secret::kSize) || !FillRandom(file_key.iv.data(), kIvSize))
    return absl::InternalError("the operating system gives no random numbers");
  return file_key;
}

absl::StatusOr<std::string> SealSlot(const FileKey& file_key, const MasterKey& master) {
  Iv nonce;
  if (!FillRandom(nonce.data(), kIvSize))
    return absl::InternalError("the operating system gives no random numbers");
  std::string slot(kSlotSize, '\0');
  kMagic.copy(slot.data(), kMagic.size());
  slot[kCipherAt] = static_cast<char>(file_key.cipher);
  slot[kIdLengthAt] = static_cast<char>(master.id.size());
  master.id.copy(slot.data() + kIdAt, kIdSize);
  std::memcpy(slot.data() + kNonceAt, nonce.data(), kIvSize);
  std::memcpy(slot.data() + kWrappedAt, file_key.key.data(), Secret::kSize);
  std::memcpy(slot.data() + kWrappedAt + Secret::kSize, file_key.iv.data(), kIvSize);
  const WrappingKeys keys = KeysOf(file_key.cipher, master);
  if (!ApplyStream(file_key.cipher, keys.encrypt, nonce, 0, slot.data() + kWrappedAt, kWrappedSize))
    return absl::InternalError("the cipher failed");
  const Secret code =
      Authenticate(file_key.cipher, keys.authenticate, std::string_view(slot).substr(0, kCodeAt));
  std::memcpy(slot.data() + kCodeAt, code.data(), Secret::kSize);
  return slot;
}

absl::StatusOr<std::string> SealHeader(const FileKey& file_key, const MasterKey& master) {
  auto slot = SealSlot(file_key, master);
  if (!slot.ok()) return slot.status();
  slot->resize(kHeaderSize, '\0');
  return slot;
}

absl::StatusOr<OpenedHeader> OpenHeader(std::string_view header, const KeyRing& ring) {
  if (header.size() < kHeaderSize) return absl::DataLossError("the file is shorter than its header");
  absl::Status error = absl::DataLossError("the header is damaged, or the file is not encrypted");
  std::optional<OpenedHeader> opened;
  for (size_t i = 0; i < std::size(kSlotOffsets); ++i) {
    const std::string_view bytes = header.substr(kSlotOffsets[i], kSlotSize);
    const auto slot = ReadSlot(bytes);
    if (!slot) continue;
    const std::string id(slot->key_id);
    const MasterKey* master = ring.Find(id);
    if (master == nullptr) {
      error =
          absl::FailedPreconditionError("it needs the key '" + id + "', which the key ring does not hold");
      continue;
    }
    auto file_key = Unwrap(bytes, slot->cipher, *master);
    if (!file_key) {
      error = absl::DataLossError("the header is damaged, or '" + id + "' is another key than it was");
      continue;
    }
    if (opened && id != ring.newest().id) continue;
    const std::string_view other = header.substr(kSlotOffsets[1 - i], kSlotSize);
    opened = OpenedHeader{*file_key, id, i, AllZero(other)};
  }
  if (!opened) return error;
  return *opened;
}

}  // namespace relief::storage
