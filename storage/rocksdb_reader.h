// Rows as RocksDB holds them, and how they are read. Private to storage/.
//
//   'd' <key>   version (8 bytes, little-endian), value
//   'v'         version of the newest commit; in the same batch as its rows
#pragma once

#include <rocksdb/db.h>

#include <functional>
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
// Tells of damage that a read met. Callable from any thread.
using DamageTold = std::function<void(const absl::Status&)>;

// `told` outlives the snapshot.
std::unique_ptr<Reader> TakeSnapshot(rocksdb::DB& db, const DamageTold& told);

// The answer of a read, told of where it is damage.
template <typename Answer>
absl::StatusOr<Answer> Told(const DamageTold& told, absl::StatusOr<Answer> answer) {
  if (absl::IsDataLoss(answer.status())) told(answer.status());
  return answer;
}

}  // namespace relief::storage
