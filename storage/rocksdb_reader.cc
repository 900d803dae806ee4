#include "storage/rocksdb_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "storage/key_encoding.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

constexpr size_t kVersionSize = sizeof(Version);
// Rows of callers begin with 'd'; the store's own row is the only one that does not.
constexpr char kRowPrefix = 'd';

absl::StatusOr<Row> ToRow(const rocksdb::Status& status, const rocksdb::Slice& value) {
  if (status.IsNotFound()) return Row{};
  if (!status.ok()) return FromRocksDb(status, "the store cannot be read");
  if (value.size() < kVersionSize) return absl::DataLossError("a row of the store is too short");
  Row row;
  std::memcpy(&row.version, value.data(), kVersionSize);
  row.value.assign(value.data() + kVersionSize, value.size() - kVersionSize);
  return row;
}

class RocksDbSnapshot final : public Reader {
 public:
  RocksDbSnapshot(rocksdb::DB& db, const DamageTold& told)
      : db_(db), told_(told), snapshot_(db.GetSnapshot()) {
    options_.snapshot = snapshot_;
    version_ = Told(told_, ReadVersion(db_, options_));
  }
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;

  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    if (!version_.ok()) return version_.status();
    return Told(told_, ReadRows(db_, options_, keys));
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    if (!version_.ok()) return version_.status();
    return Told(told_, ReadRange(db_, options_, prefix, from, limit));
  }
  Version version() const override { return version_.value_or(0); }

 private:
  rocksdb::DB& db_;
  const DamageTold& told_;
  const rocksdb::Snapshot* const snapshot_;
  rocksdb::ReadOptions options_;
  absl::StatusOr<Version> version_ = Version{0};
};

}  // namespace

std::string StoredKey(std::string_view key) {
  std::string stored;
  stored.reserve(key.size() + 1);
  stored.push_back(kRowPrefix);
  stored.append(key);
  return stored;
}

std::string StoredValue(Version version, std::string_view value) {
  std::string stored;
  stored.reserve(kVersionSize + value.size());
  stored.append(reinterpret_cast<const char*>(&version), kVersionSize);
  stored.append(value);
  return stored;
}

absl::StatusOr<std::vector<Row>> ReadRows(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                          std::span<const std::string> keys) {
  const size_t count = keys.size();
  std::vector<std::string> stored;
  std::vector<rocksdb::Slice> slices;
  stored.reserve(count);
  slices.reserve(count);
  for (const std::string& key : keys) slices.emplace_back(stored.emplace_back(StoredKey(key)));
  std::vector<rocksdb::PinnableSlice> values(count);
  std::vector<rocksdb::Status> statuses(count);
  db.MultiGet(options, db.DefaultColumnFamily(), count, slices.data(), values.data(), statuses.data());
  std::vector<Row> rows;
  rows.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    RELIEF_ASSIGN_OR_RETURN(auto row, ToRow(statuses[i], values[i]));
    rows.push_back(std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<KeyRow>> ReadRange(rocksdb::DB& db, rocksdb::ReadOptions options,
                                              std::string_view prefix, std::string_view from, size_t limit) {
  const std::string begin = StoredKey(std::max(prefix, from)), end = PrefixEnd(StoredKey(prefix));
  const rocksdb::Slice upper(end);
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator(options));
  std::vector<KeyRow> rows;
  for (row->Seek(begin); row->Valid() && rows.size() < limit; row->Next()) {
    RELIEF_ASSIGN_OR_RETURN(auto decoded, ToRow(rocksdb::Status::OK(), row->value()));
    rows.push_back({row->key().ToString().substr(1), std::move(decoded)});
  }
  if (!row->status().ok()) return FromRocksDb(row->status(), "the store cannot be read");
  return rows;
}

absl::StatusOr<Version> ReadVersion(rocksdb::DB& db, const rocksdb::ReadOptions& options) {
  std::string value;
  const rocksdb::Status read = db.Get(options, kVersionRow, &value);
  if (read.IsNotFound()) return Version{0};
  if (!read.ok()) return FromRocksDb(read, "the version of the store cannot be read");
  if (value.size() < kVersionSize) return absl::DataLossError("the version of the store is damaged");
  Version version = 0;
  std::memcpy(&version, value.data(), kVersionSize);
  return version;
}

std::unique_ptr<Reader> TakeSnapshot(rocksdb::DB& db, const DamageTold& told) {
  return std::make_unique<RocksDbSnapshot>(db, told);
}

}  // namespace relief::storage
