// How a store is to be encrypted.
#pragma once

#include "storage/encryption/cipher.h"
#include "storage/encryption/key_ring.h"

namespace relief::storage {

struct EncryptionOptions {
  Cipher cipher = Cipher::kAes256Ctr;  // of new files; files of the other one stay readable
  KeySource keys;
};

}  // namespace relief::storage
