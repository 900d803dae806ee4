// Rows as RocksDB holds them, and how they are read. Private to storage/.
//
//   'd' <key>   version (8 bytes, little-endian), value
//   'v'         version of the newest commit; in the same batch as its rows
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace relief::storage {

inline constexpr char kVersionRow[] = "v";

std::string StoredKey(std::string_view key);
std::string StoredValue(Version version, std::string_view value);

absl::StatusOr<std::vector<Row>> ReadRows(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                          std::span<const std::string> keys);
absl::StatusOr<std::vector<KeyRow>> ReadRange(rocksdb::DB& db, rocksdb::ReadOptions options,
                                              std::string_view prefix, std::string_view from, size_t limit);
// 0: nothing was ever committed.
absl::StatusOr<Version> ReadVersion(rocksdb::DB& db, const rocksdb::ReadOptions& options);

// The rows and their version as of the same instant, without a lock: the version is a row like the others.
std::unique_ptr<Reader> TakeSnapshot(rocksdb::DB& db);

}  // namespace relief::storage
