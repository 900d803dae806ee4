#include "storage/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "storage/rocksdb_directory.h"
#include "storage/rocksdb_maintenance.h"
#include "storage/rocksdb_status.h"

namespace relief::storage {
namespace {

constexpr size_t kVersionSize = sizeof(Version);
// Rows of callers begin with 'd'; the store's own row is the only one that does not.
constexpr char kRowPrefix = 'd';
constexpr char kVersionRow[] = "v";

std::string Stored(std::string_view key) {
  std::string stored;
  stored.reserve(key.size() + 1);
  stored.push_back(kRowPrefix);
  stored.append(key);
  return stored;
}

std::string WithVersion(Version version, std::string_view value) {
  std::string stored(reinterpret_cast<const char*>(&version), kVersionSize);
  stored.append(value);
  return stored;
}

absl::StatusOr<Row> ToRow(const rocksdb::Status& status, const rocksdb::Slice& value) {
  if (status.IsNotFound()) return Row{};
  if (!status.ok()) return FromRocksDb(status, "the store cannot be read");
  if (value.size() < kVersionSize) return absl::DataLossError("a row of the store is too short");
  Row row;
  std::memcpy(&row.version, value.data(), kVersionSize);
  row.value.assign(value.data() + kVersionSize, value.size() - kVersionSize);
  return row;
}

// The least string that is greater than every string with this prefix; empty if there is none.
std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

absl::StatusOr<std::vector<Row>> Read(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                      std::span<const std::string> keys) {
  const size_t count = keys.size();
  std::vector<std::string> stored;
  std::vector<rocksdb::Slice> slices;
  stored.reserve(count);
  slices.reserve(count);
  for (const std::string& key : keys) slices.emplace_back(stored.emplace_back(Stored(key)));
  std::vector<rocksdb::PinnableSlice> values(count);
  std::vector<rocksdb::Status> statuses(count);
  db.MultiGet(options, db.DefaultColumnFamily(), count, slices.data(), values.data(), statuses.data());
  std::vector<Row> rows;
  rows.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    auto row = ToRow(statuses[i], values[i]);
    if (!row.ok()) return row.status();
    rows.push_back(*std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<KeyRow>> ReadRange(rocksdb::DB& db, rocksdb::ReadOptions options,
                                              std::string_view prefix, std::string_view from, size_t limit) {
  const std::string begin = Stored(std::max(prefix, from)), end = PrefixEnd(Stored(prefix));
  const rocksdb::Slice upper(end);
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator(options));
  std::vector<KeyRow> rows;
  for (row->Seek(begin); row->Valid() && rows.size() < limit; row->Next()) {
    auto decoded = ToRow(rocksdb::Status::OK(), row->value());
    if (!decoded.ok()) return decoded.status();
    rows.push_back({row->key().ToString().substr(1), *std::move(decoded)});
  }
  if (!row->status().ok()) return FromRocksDb(row->status(), "the store cannot be read");
  return rows;
}

class RocksDbSnapshot final : public Reader {
 public:
  RocksDbSnapshot(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, Version version)
      : db_(db), snapshot_(snapshot), version_(version) {
    options_.snapshot = snapshot;
  }
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return Read(db_, options_, keys);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return ReadRange(db_, options_, prefix, from, limit);
  }
  Version version() const override { return version_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
  const Version version_;
  rocksdb::ReadOptions options_;
};

class BackgroundErrors final : public rocksdb::EventListener {
 public:
  BackgroundErrors(StoreLog log, StoreCounters& counters) : log_(std::move(log)), counters_(counters) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    ++counters_.background_errors;
    log_("store.background_error", {{"message", error->ToString()}});
  }

 private:
  const StoreLog log_;
  StoreCounters& counters_;
};

// What a store holds while it is open. Goes from the last to the first.
struct OpenDatabase {
  RocksDbOptions options;
  std::unique_ptr<DirectoryLock> lock;
  std::shared_ptr<FileAccess> files;
  StoreCounters counters;
  rocksdb::Options database;
  std::unique_ptr<rocksdb::DB> db;
};

class RocksDbStore final : public Store {
 public:
  explicit RocksDbStore(std::unique_ptr<OpenDatabase> open)
      : open_(std::move(open)),
        db_(open_->db.get()),
        maintenance_(open_->options, open_->database, *open_->files, *db_, open_->counters),
        version_(open_->counters.version) {}

  ~RocksDbStore() override {
    rocksdb::FlushOptions flush;
    db_->Flush(flush).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
  }

  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return Read(*db_, {}, keys);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return ReadRange(*db_, {}, prefix, from, limit);
  }
  Version version() const override {
    std::lock_guard lock(mutex_);
    return version_;
  }
  std::unique_ptr<Reader> Snapshot() const override {
    std::lock_guard write_lock(write_mutex_);  // no commit between the two lines
    return std::make_unique<RocksDbSnapshot>(*db_, db_->GetSnapshot(), version());
  }
  uint64_t DiskBytes() const override {
    uint64_t files = 0, tables = 0;
    std::vector<rocksdb::LiveFileMetaData> live;
    db_->GetLiveFilesMetaData(&live);
    for (const auto& file : live) tables += file.size;
    db_->GetIntProperty("rocksdb.cur-size-all-mem-tables", &files);
    return tables + files;
  }

  Maintenance* maintenance() override { return &maintenance_; }

  absl::StatusOr<CommitResult> Apply(const Commit& commit) override {
    Waiting self{&commit, {}, false};
    std::unique_lock lock(mutex_);
    queue_.push_back(&self);
    queue_changed_.wait(lock, [&] { return self.done || !leading_; });
    if (self.done) return *std::move(self.result);
    // This thread leads: it writes for everybody who waits.
    leading_ = true;
    std::vector<Waiting*> group(queue_.begin(), queue_.end());
    queue_.clear();
    lock.unlock();
    WriteGroup(group);
    lock.lock();
    for (Waiting* waiting : group) waiting->done = true;
    leading_ = false;
    lock.unlock();
    queue_changed_.notify_all();
    return *std::move(self.result);
  }

 private:
  struct Waiting {
    const Commit* commit;
    std::optional<absl::StatusOr<CommitResult>> result;
    bool done;
  };

  void WriteGroup(const std::vector<Waiting*>& group) {
    std::lock_guard write_lock(write_mutex_);
    if (absl::Status status = Writable(); !status.ok()) {
      for (Waiting* waiting : group) waiting->result = status;
      return;
    }
    const uint64_t free = FreeBytes();
    rocksdb::WriteBatch batch;
    std::unordered_map<std::string_view, Version> written;  // by earlier commits of this group; 0: deleted
    const Version before = version();
    Version next = before;
    std::vector<Waiting*> applied;
    for (Waiting* waiting : group) {
      const Commit& commit = *waiting->commit;
      if (!HasRoom(commit, free)) {
        waiting->result =
            absl::ResourceExhaustedError("the disk has less free space than the hub is configured to leave");
        continue;
      }
      auto conflicts = Conflicts(commit, before, written);
      if (!conflicts.ok()) {
        waiting->result = conflicts.status();
        continue;
      }
      CommitResult result;
      result.conflicting_keys = *std::move(conflicts);
      if (result.committed()) {
        result.version = ++next;
        AddTo(batch, commit, next, written);
        applied.push_back(waiting);
      }
      waiting->result = std::move(result);
    }
    if (applied.empty()) return;
    rocksdb::WriteOptions options;
    options.sync = open_->options.sync;
    rocksdb::Status status = batch.Put(kVersionRow, WithVersion(next, ""));
    if (status.ok()) status = db_->Write(options, &batch);
    if (status.ok()) {
      std::lock_guard lock(mutex_);
      version_ = next;
      open_->counters.version = next;
      open_->counters.commits += applied.size();
      ++open_->counters.syncs;
      return;
    }
    open_->counters.failed = true;
    open_->options.log("store.stopped", {{"message", status.ToString()}});
    for (Waiting* waiting : applied) waiting->result = FromRocksDb(status, "the commit may not be on disk");
  }

  absl::Status Writable() const {
    if (open_->counters.failed)
      return absl::UnavailableError(
          "an earlier write failed; the store takes no more until it is opened again");
    return absl::OkStatus();
  }

  // Of the disk; as much as there can be where the system does not say.
  uint64_t FreeBytes() const {
    struct statvfs disk;
    if (::statvfs(open_->options.path.c_str(), &disk) != 0) return ~uint64_t{0};
    return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  }

  // What is left below the watermark is for the few rows that a read must leave in the audit chain.
  bool HasRoom(const Commit& commit, uint64_t free) const {
    constexpr size_t kFewRows = 8;
    const bool few = commit.puts.size() + commit.deletes.size() <= kFewRows;
    return free >= (few ? open_->options.min_free_bytes / 2 : open_->options.min_free_bytes);
  }

  absl::StatusOr<std::vector<std::string>> Conflicts(
      const Commit& commit, Version before,
      const std::unordered_map<std::string_view, Version>& written) const {
    std::vector<std::string> conflicts;
    if (commit.read_at != 0 && commit.read_at == before && written.empty()) return conflicts;
    std::vector<std::string> keys;
    for (const Guard& guard : commit.guards) keys.push_back(guard.key);
    auto rows = Read(*db_, {}, keys);
    if (!rows.ok()) return rows.status();
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto pending = written.find(keys[i]);
      const Version now = pending != written.end() ? pending->second : (*rows)[i].version;
      if (now != commit.guards[i].expected) conflicts.push_back(keys[i]);
    }
    return conflicts;
  }

  static void AddTo(rocksdb::WriteBatch& batch, const Commit& commit, Version version,
                    std::unordered_map<std::string_view, Version>& written) {
    for (const Put& put : commit.puts) {
      batch.Put(Stored(put.key), WithVersion(version, put.value)).PermitUncheckedError();
      written[put.key] = version;
    }
    for (const std::string& key : commit.deletes) {
      batch.Delete(Stored(key)).PermitUncheckedError();
      written[key] = 0;
    }
  }

  const std::unique_ptr<OpenDatabase> open_;
  rocksdb::DB* const db_;
  RocksDbMaintenance maintenance_;
  mutable std::mutex write_mutex_;  // held while a group is written

  mutable std::mutex mutex_;
  std::condition_variable queue_changed_;
  std::deque<Waiting*> queue_;
  bool leading_ = false;
  Version version_;
};

rocksdb::Options DatabaseOptions(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  // Otherwise filters and indexes are held beside the cache, and grow with the store without a bound. In
  // parts, because a whole filter is a megabyte: a cache that cannot hold them all would read one for each
  // row.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.format_version = 5;
  rocksdb::Options database;
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  database.recycle_log_file_num =
      0;  // an encrypted file is written once; nothing old may stand behind a tear
  database.max_bgerror_resume_count = 0;  // a write that failed is not tried again
  database.write_buffer_size = options.write_buffer_bytes;
  database.memtable_whole_key_filtering = true;  // most keys that matching asks for are absent
  database.memtable_prefix_bloom_size_ratio = 0.05;
  database.max_background_jobs = 2;
  database.compression = rocksdb::kLZ4Compression;
  database.bottommost_compression = rocksdb::kZSTD;
  database.paranoid_checks = true;
  database.info_log_level = rocksdb::WARN_LEVEL;
  database.keep_log_file_num = 5;
  database.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return database;
}

// Damage at opening: what is missing counts, too.
bool IsDamage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStore(const RocksDbOptions& options) {
  auto open = std::make_unique<OpenDatabase>();
  open->options = options;
  auto files = MakeFileAccess(options.encryption);
  if (!files.ok()) return files.status();
  open->files = *std::move(files);
  std::error_code error;
  if (options.create_if_missing) std::filesystem::create_directories(options.path, error);
  if (!std::filesystem::is_directory(options.path))
    return absl::NotFoundError(options.path + " is not a directory, and cannot be made one");
  auto lock = DirectoryLock::Take(options.path);
  if (!lock.ok()) return lock.status();
  open->lock = *std::move(lock);
  auto exists = PrepareDirectory(options, *open->files);
  if (!exists.ok()) {
    if (!absl::IsDataLoss(exists.status())) return exists.status();
    return absl::DataLossError(
        "the data in " + options.path +
        " are damaged; nothing is served, restore a backup: " + std::string(exists.status().message()));
  }
  open->database = DatabaseOptions(options);
  open->database.create_if_missing = options.create_if_missing && !*exists;
  open->database.env = open->files->env();
  open->database.listeners.push_back(std::make_shared<BackgroundErrors>(options.log, open->counters));
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(open->database, options.path, &raw);
  if (!status.ok() && IsDamage(status) && *exists)
    return absl::DataLossError("the data in " + options.path +
                               " are damaged; nothing is served, restore a backup: " + status.ToString());
  if (!status.ok()) return FromRocksDb(status, "cannot open " + options.path);
  open->db.reset(raw);
  std::string value;
  const rocksdb::Status read = open->db->Get({}, kVersionRow, &value);
  if (!read.ok() && !read.IsNotFound()) return FromRocksDb(read, "cannot read " + options.path);
  Version version = 0;
  if (value.size() >= kVersionSize) std::memcpy(&version, value.data(), kVersionSize);
  open->counters.version = version;
  if (!HasMarker(options.path))
    if (absl::Status marked = WriteMarker(options.path, open->files->encryption != nullptr); !marked.ok())
      return marked;
  return std::make_unique<RocksDbStore>(std::move(open));
}

}  // namespace relief::storage
