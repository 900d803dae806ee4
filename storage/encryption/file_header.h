// The header of an encrypted file: the file's own key, wrapped by a master key. It is the first 4,096 bytes
// of every file of an encrypted store.
//
// There are two slots, at 0 and at 2048, and one is in use. To change the master key, the other slot is
// written and made durable before the first is wiped: at every moment one of them is whole, so that neither a
// crash nor a reader at the wrong time finds the file without a key, and the hub can work meanwhile.
//
//   slot    0   8  "RELIEFK1"
//           8   1  cipher (cipher.h)
//           9   1  length of the key id
//          10  62  id of the master key, zeros behind
//          72  16  nonce
//          88  48  the file's key (32) and iv (16), under the wrapping key and the nonce
//         136  32  HMAC of all before, under the authentication key
//
// Wrapping and authentication keys are HMACs of two fixed texts under the master key.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/encryption/key_ring.h"

namespace relief::storage {

inline constexpr size_t kHeaderSize = 4096;
inline constexpr size_t kSlotOffsets[] = {0, 2048};
inline constexpr size_t kSlotSize = 168;

// The cipher and key of an encrypted file.
struct FileKey {
  Cipher cipher = Cipher::kAes256Ctr;
  Secret key;
  Iv iv{};
};

// A random key. INTERNAL: there are no random numbers.
absl::StatusOr<FileKey> NewFileKey(Cipher cipher);

// kSlotSize bytes.
absl::StatusOr<std::string> SealSlot(const FileKey& file_key, const MasterKey& master);

// kHeaderSize bytes, with the first slot in use.
absl::StatusOr<std::string> SealHeader(const FileKey& file_key, const MasterKey& master);

struct OpenedHeader {
  FileKey file_key;
  std::string key_id;
  size_t slot = 0;           // of kSlotOffsets
  bool other_empty = false;  // the other slot is all zeros
};

// Takes the slot that opens; the newest key's, if both do. FAILED_PRECONDITION: the master key is not in the
// ring, or is another one of that name. DATA_LOSS: this is not a header, or a damaged one.
absl::StatusOr<OpenedHeader> OpenHeader(std::string_view header, const KeyRing& ring);

// The beginning of a file is a header, of whatever key.
bool LooksEncrypted(std::string_view beginning);

}  // namespace relief::storage
