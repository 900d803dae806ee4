// CRC-32C (Castagnoli), the checksum in RocksDB's logs; RocksDB does not offer its own.
#pragma once

#include <cstdint>
#include <string_view>

namespace relief::storage {

// Of the bytes that `crc` is of, and then `bytes`. Begin with 0.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

}  // namespace relief::storage
