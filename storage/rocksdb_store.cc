#include "storage/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>

#include "storage/commit_turns.h"
#include "storage/conflict_check.h"
#include "storage/recent_writes.h"
#include "storage/rocksdb_directory.h"
#include "storage/rocksdb_maintenance.h"
#include "storage/rocksdb_reader.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

constexpr int64_t kDamageToldEveryS = 60;

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

// The resources of an open store. Released from the last to the first.
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
        maintenance_(open_->options, open_->database, *open_->files, *db_, open_->counters, OpenRocksDbStore),
        damage_told_([this](const absl::Status& damage) { TellOfDamage(damage); }),
        recent_(open_->counters.version, open_->options.recent_writes_bytes),
        version_(open_->counters.version) {}

  ~RocksDbStore() override {
    rocksdb::FlushOptions flush;
    db_->Flush(flush).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
  }

  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return Told(damage_told_, ReadRows(*db_, {}, keys));
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return Told(damage_told_, ReadRange(*db_, {}, prefix, from, limit));
  }
  Version version() const override {
    std::lock_guard lock(mutex_);
    return version_;
  }
  std::unique_ptr<Reader> Snapshot() const override { return TakeSnapshot(*db_, damage_told_); }
  std::optional<std::vector<std::string>> ChangedKeys(std::string_view prefix, Version after,
                                                      Version to) const override {
    std::lock_guard lock(recent_mutex_);
    if (!recent_.Covers(after)) return std::nullopt;
    return recent_.Keys(prefix, after, to);
  }
  std::unique_ptr<ExclusiveTurn> TakeTurn() override { return turns_.Take(); }
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
    const CommitTurns::Pass pass(turns_, commit.turn);
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

  // One thread at a time: the one that leads.
  void WriteGroup(const std::vector<Waiting*>& group) {
    if (absl::Status status = Writable(); !status.ok()) {
      for (Waiting* waiting : group) waiting->result = status;
      return;
    }
    const uint64_t free = FreeBytes();
    rocksdb::WriteBatch batch;
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
      auto conflicts = ConflictsOf(commit, *this, before, recent_);
      if (!conflicts.ok()) {
        waiting->result = conflicts.status();
        continue;
      }
      CommitResult result;
      result.conflicting_keys = *std::move(conflicts);
      if (result.committed()) {
        result.version = ++next;
        AddTo(batch, commit, next);
        std::lock_guard lock(recent_mutex_);
        recent_.Add(next, commit);
        applied.push_back(waiting);
      }
      waiting->result = std::move(result);
    }
    {
      std::lock_guard lock(recent_mutex_);
      recent_.Trim();
    }
    if (applied.empty()) return;
    rocksdb::WriteOptions options;
    options.sync = open_->options.sync;
    rocksdb::Status status = batch.Put(kVersionRow, StoredValue(next, ""));
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

  // Every read counts; the log has one of many.
  void TellOfDamage(const absl::Status& damage) const {
    ++open_->counters.background_errors;
    const int64_t now_s =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    int64_t last_s = damage_told_s_;
    if (now_s - last_s < kDamageToldEveryS || !damage_told_s_.compare_exchange_strong(last_s, now_s)) return;
    open_->options.log("store.damaged", {{"message", std::string(damage.message())}});
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

  // The space below the watermark is reserved for the few rows that a read must leave in the audit chain.
  bool HasRoom(const Commit& commit, uint64_t free) const {
    constexpr size_t kFewRows = 8;
    const bool few = commit.puts.size() + commit.deletes.size() <= kFewRows;
    return free >= (few ? open_->options.min_free_bytes / 2 : open_->options.min_free_bytes);
  }

  static void AddTo(rocksdb::WriteBatch& batch, const Commit& commit, Version version) {
    for (const Put& put : commit.puts)
      batch.Put(StoredKey(put.key), StoredValue(version, put.value)).PermitUncheckedError();
    for (const std::string& key : commit.deletes) batch.Delete(StoredKey(key)).PermitUncheckedError();
  }

  const std::unique_ptr<OpenDatabase> open_;
  rocksdb::DB* const db_;
  RocksDbMaintenance maintenance_;
  const DamageTold damage_told_;
  mutable std::atomic<int64_t> damage_told_s_{-kDamageToldEveryS};

  mutable std::mutex recent_mutex_;  // for changes of recent_, and for readers that do not lead
  RecentWrites recent_;
  CommitTurns turns_;

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
  RELIEF_ASSIGN_OR_RETURN(auto files, MakeFileAccess(options.encryption));
  open->files = std::move(files);
  std::error_code error;
  if (options.create_if_missing) std::filesystem::create_directories(options.path, error);
  if (!std::filesystem::is_directory(options.path))
    return absl::NotFoundError(options.path + " is not a directory, and cannot be made one");
  RELIEF_ASSIGN_OR_RETURN(auto lock, DirectoryLock::Take(options.path));
  open->lock = std::move(lock);
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
  RELIEF_ASSIGN_OR_RETURN(const auto version, ReadVersion(*open->db, {}));
  open->counters.version = version;
  if (!HasMarker(options.path))
    RELIEF_RETURN_IF_ERROR(WriteMarker(options.path, open->files->encryption != nullptr));
  return std::make_unique<RocksDbStore>(std::move(open));
}

}  // namespace relief::storage
