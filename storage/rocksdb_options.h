// How a RocksDB store is opened.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/encryption/encryption_options.h"

namespace relief::storage {

// Events of the store: "store.stopped" (a write failed), "store.background_error", "store.torn_log" (a crash
// left an unfinished record), "store.swept" (a crash left files without content). From any thread; never
// personal data.
using StoreLog = std::function<void(std::string_view event,
                                    const std::vector<std::pair<std::string_view, std::string>>& fields)>;

struct RocksDbOptions {
  std::string path;
  bool create_if_missing = true;
  uint64_t block_cache_bytes = uint64_t{256} << 20;
  uint64_t write_buffer_bytes = uint64_t{64} << 20;
  // Below this much free space on the disk, commits are refused with RESOURCE_EXHAUSTED; reads go on, and
  // commits of a few rows (what a read leaves in the audit chain) until half of it is left.
  uint64_t min_free_bytes = uint64_t{256} << 20;
  // The keys of so many bytes of recent commits are kept in memory, to check preconditions against them.
  uint64_t recent_writes_bytes = uint64_t{16} << 20;
  bool sync = true;  // false only where losing the last commits does not matter
  std::optional<EncryptionOptions> encryption;
  StoreLog log = [](std::string_view, const auto&) {};
};

}  // namespace relief::storage
