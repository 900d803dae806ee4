// Backups while the store works, and what comes back. Cases F15 and F16.
#include "storage/backup.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "storage/maintenance.h"
#include "tests/storage/key_ring_file.h"
#include "tests/storage/killed_writer.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

absl::Status Write(Store& store, int from, int to) {
  for (int i = from; i < to; ++i)
    if (auto result = store.Apply({{}, {{Key(i), std::string(200, 'v')}}, {}, 0}); !result.ok())
      return result.status();
  return absl::OkStatus();
}

class Backups : public testing::Test {
 protected:
  RocksDbOptions Options(const std::string& name) {
    RocksDbOptions options = At(directory_ / name);
    options.encryption = EncryptionWith(directory_, {{"k1", '1'}});
    return options;
  }
  absl::StatusOr<BackupInfo> Restore(uint32_t id, const std::string& name) {
    return RestoreBackup({backups_, id, directory_ / name, Options(name).encryption});
  }

  TempDirectory directory_;
  const std::string backups_ = directory_ / "backups";
};

TEST_F(Backups, ARestoredBackupIsAPrefixOfWhatWasCommittedWhileItWasTaken) {
  std::vector<BackupInfo> taken;
  {
    auto store = OpenRocksDbStore(Options("db"));
    ASSERT_TRUE(store.ok()) << store.status();
    std::atomic<bool> stop = false;
    std::thread writer([&] {
      for (int i = 0; !stop; ++i) ASSERT_TRUE(Write(**store, i, i + 1).ok());
    });
    for (int i = 0; i < 4; ++i) {
      while ((*store)->version() < 100 * static_cast<uint64_t>(i + 1)) std::this_thread::yield();
      auto backup = (*store)->maintenance()->Backup(backups_, 0);
      EXPECT_TRUE(backup.ok()) << backup.status();
      taken.push_back(*backup);
    }
    stop = true;
    writer.join();
  }
  for (const BackupInfo& backup : taken) {
    const std::string name = "restored" + std::to_string(backup.id);
    const auto restored = Restore(backup.id, name);
    ASSERT_TRUE(restored.ok()) << restored.status();
    EXPECT_EQ(restored->version, backup.version);
    auto store = OpenRocksDbStore(Options(name));
    ASSERT_TRUE(store.ok()) << store.status();
    const auto rows = (*store)->Scan("", "", 1'000'000);
    // Commit n wrote row n - 1: a prefix is as many rows as the version says, without a gap.
    ASSERT_EQ(rows->size(), (*store)->version());
    ASSERT_GE((*store)->version(), backup.version);
    for (size_t i = 0; i < rows->size(); ++i) ASSERT_EQ((*rows)[i].key, Key(static_cast<int>(i)));
  }
}

TEST_F(Backups, EachCopiesOnlyWhatIsNewAndTheOldestGoBeyondTheLimit) {
  auto store = OpenRocksDbStore(Options("db"));
  ASSERT_TRUE(Write(**store, 0, 5000).ok());
  Maintenance& maintenance = *(*store)->maintenance();
  const auto first = maintenance.Backup(backups_, 2);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Write(**store, 5000, 5010).ok());
  const auto second = maintenance.Backup(backups_, 2);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_GT(first->copied_bytes, second->copied_bytes);
  EXPECT_GE(second->bytes, first->bytes);
  ASSERT_TRUE(maintenance.Backup(backups_, 2).ok());
  const auto left = maintenance.Backups(backups_);
  ASSERT_EQ(left->size(), 2u);
  EXPECT_EQ((*left)[0].id, 3u);
  EXPECT_EQ((*left)[1].id, second->id);
  EXPECT_EQ((*left)[1].version, second->version);
  EXPECT_TRUE(absl::IsNotFound(Restore(first->id, "gone").status()));
}

// The drill: the store as it was at each of several moments.
TEST_F(Backups, EveryPointInTimeThatWasKeptComesBackAsItWas) {
  std::map<uint32_t, int> rows_at;
  {
    auto store = OpenRocksDbStore(Options("db"));
    for (int i = 1; i <= 3; ++i) {
      ASSERT_TRUE(Write(**store, 0, i * 100).ok());
      rows_at[(*store)->maintenance()->Backup(backups_, 0)->id] = i * 100;
    }
    // Then somebody empties it.
    Commit wipe;
    for (int i = 0; i < 300; ++i) wipe.deletes.push_back(Key(i));
    ASSERT_TRUE((*store)->Apply(wipe).ok());
    ASSERT_TRUE((*store)->maintenance()->Compact().ok());
    EXPECT_EQ((*store)->Scan("", "", 1000)->size(), 0u);
  }
  for (const auto& [id, rows] : rows_at) {
    const std::string name = "at" + std::to_string(id);
    ASSERT_TRUE(Restore(id, name).ok());
    EXPECT_EQ((*OpenRocksDbStore(Options(name)))->Scan("", "", 1000)->size(), static_cast<size_t>(rows));
  }
}

TEST_F(Backups, ADamagedBackupIsNamedAndNotRestored) {
  {
    auto store = OpenRocksDbStore(Options("db"));
    ASSERT_TRUE(Write(**store, 0, 500).ok());
    ASSERT_TRUE((*store)->maintenance()->Backup(backups_, 0).ok());
    EXPECT_TRUE((*store)->maintenance()->VerifyBackups(backups_)->damaged.empty());
    for (const auto& entry : fs::directory_iterator(backups_ + "/shared_checksum")) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(5000);
      const char other = static_cast<char>(file.get() ^ 1);
      file.seekp(5000);
      file.put(other);
    }
    const auto report = (*store)->maintenance()->VerifyBackups(backups_);
    ASSERT_EQ(report->damaged.size(), 1u);
    EXPECT_EQ(report->damaged[0].file, "backup 1");
  }
  const auto refused = Restore(0, "restored").status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_FALSE(fs::exists(directory_ / "restored")) << refused;
}

TEST_F(Backups, NothingIsRestoredOverWhatIsThere) {
  {
    auto store = OpenRocksDbStore(Options("db"));
    ASSERT_TRUE((*store)->maintenance()->Backup(backups_, 0).ok());
  }
  EXPECT_TRUE(absl::IsFailedPrecondition(Restore(0, "db").status()));
  EXPECT_TRUE(absl::IsNotFound(Restore(7, "new").status()));
  EXPECT_TRUE(absl::IsNotFound(RestoreBackup({directory_ / "nowhere", 0, directory_ / "x", {}}).status()));
}

TEST_F(Backups, ATrialRestoreShowsTheStoreAndLeavesNothingBehind) {
  auto store = OpenRocksDbStore(Options("db"));
  ASSERT_TRUE(Write(**store, 0, 50).ok());
  Maintenance& maintenance = *(*store)->maintenance();
  ASSERT_TRUE(maintenance.Backup(backups_, 0).ok());
  size_t rows = 0;
  const auto looked = maintenance.TryRestore(backups_, 0, directory_ / "scratch", [&](const Store& restored) {
    rows = restored.Scan("", "", 1000)->size();
    return absl::OkStatus();
  });
  EXPECT_TRUE(looked.ok()) << looked.status();
  EXPECT_EQ(rows, 50u);
  EXPECT_FALSE(fs::exists(directory_ / "scratch"));
  const auto refused = maintenance.TryRestore(backups_, 0, directory_ / "scratch", [](const Store&) {
    return absl::DataLossError("the chain is broken");
  });
  EXPECT_TRUE(absl::IsDataLoss(refused.status()));
  EXPECT_FALSE(fs::exists(directory_ / "scratch"));
}

TEST_F(Backups, AStoreInTheClearBecomesAnEncryptedOneByABackup) {
  {
    auto store = OpenRocksDbStore(At(directory_ / "clear"));
    ASSERT_TRUE(Write(**store, 0, 30).ok());
    ASSERT_TRUE((*store)->maintenance()->Backup(backups_, 0).ok());
  }
  ASSERT_TRUE(Restore(0, "encrypted").ok());
  auto store = OpenRocksDbStore(Options("encrypted"));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->Scan("", "", 100)->size(), 30u);
  // The two kinds of backups do not mix.
  const auto mixed = (*store)->maintenance()->Backup(backups_, 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(mixed.status())) << mixed.status();
}

TEST(StoreFormat, ANewerOneIsRefusedWithItsNumberAndALostNoteIsWrittenAgain) {
  TempDirectory directory;
  { auto store = OpenRocksDbStore(At(directory / "db")); }
  fs::remove(directory / "db/relief-store");
  { ASSERT_TRUE(OpenRocksDbStore(At(directory / "db")).ok()); }
  std::ifstream note(directory / "db/relief-store");
  std::string first;
  std::getline(note, first);
  EXPECT_EQ(first, "format 1");
  std::ofstream(directory / "db/relief-store") << "format 7\nencrypted no\n";
  const auto refused = OpenRocksDbStore(At(directory / "db")).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_NE(refused.message().find("format 7"), std::string::npos);
}

TEST(StoreStats, TellWhatTheStoreDoes) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(Write(**store, 0, 10).ok());
  const StoreStats stats = (*store)->maintenance()->Stats();
  EXPECT_EQ(stats.commits, 10u);
  EXPECT_EQ(stats.syncs, 10u);
  EXPECT_GT(stats.disk_bytes, 2000u);
  EXPECT_GT(stats.log_bytes, 2000u);
  EXPECT_GT(stats.disk_free_bytes, 0u);
  EXPECT_GT(stats.memtable_bytes, 2000u);
  EXPECT_EQ(stats.estimated_rows, 20u);  // and ten versions of the store's own row, until they are compacted
  EXPECT_TRUE(stats.takes_writes);
  EXPECT_FALSE(stats.disk_low);
  EXPECT_EQ(stats.cipher, "");
}

// What is needed to find rows in tables grows with the store; the cache does not.
TEST(StoreStats, FiltersAndIndexesOfTablesAreHeldInTheCache) {
  TempDirectory directory;
  const RocksDbOptions options = At(directory / "db");
  constexpr int kRows = 20'000;
  {
    auto store = OpenRocksDbStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    storage::Commit commit;
    for (int i = 0; i < kRows; ++i) commit.puts.push_back({Key(i), "v"});
    ASSERT_TRUE((*store)->Apply(commit).ok());
    ASSERT_TRUE((*store)->maintenance()->Compact().ok());
  }
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  std::vector<std::string> absent;  // for these only filters are read, all over the table
  for (int i = 0; i < 40; ++i) absent.push_back(Key(i * kRows / 40) + "x");
  const auto rows = (*store)->MultiGet(absent);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_FALSE((*rows)[7].present());
  EXPECT_GT((*store)->maintenance()->Stats().block_cache_bytes, kRows) << "a filter has 10 bits a row";
}

TEST(StoreStats, AStoreThatIsTightGivesItsMemoryBack) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  options.block_cache_bytes = 64 << 20;
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  for (int i = 0; i < 12; ++i)
    ASSERT_TRUE((*store)->Apply({{}, {{Key(i), std::string(1 << 20, 'v')}}, {}, 0}).ok());
  Maintenance& maintenance = *(*store)->maintenance();
  ASSERT_GT(maintenance.Stats().memtable_bytes, uint64_t{12} << 20);
  maintenance.SetMemoryTight(true);
  EXPECT_LT(maintenance.Stats().memtable_bytes, uint64_t{4} << 20);
  EXPECT_EQ(maintenance.Stats().block_cache_capacity_bytes, uint64_t{8} << 20);
  const std::string key = Key(3);
  EXPECT_EQ((*(*store)->MultiGet({&key, 1}))[0].value.size(), size_t{1} << 20)
      << "what was given back is on disk";
  maintenance.SetMemoryTight(false);
  EXPECT_EQ(maintenance.Stats().block_cache_capacity_bytes, uint64_t{64} << 20);
}

}  // namespace
}  // namespace relief::storage
