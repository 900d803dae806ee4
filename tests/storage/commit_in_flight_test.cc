// What goes on while a commit waits for the disk. The wait is certain: this file stands in for fdatasync,
// which the store calls for each group of commits, and holds it until the test lets it go.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "storage/rocksdb_store.h"
#include "tests/storage/temp_directory.h"

namespace {

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool closed = false;
  int waiting = 0;
};
Gate& gate() {
  static Gate gate;
  return gate;
}

}  // namespace

extern "C" int fdatasync(int file) {
  {
    std::unique_lock lock(gate().mutex);
    ++gate().waiting;
    gate().changed.notify_all();
    gate().changed.wait(lock, [] { return !gate().closed; });
    --gate().waiting;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace relief::storage {
namespace {

TEST(RocksDbStore, ASnapshotWaitsForNoCommitInFlight) {
  TempDirectory directory;
  RocksDbOptions options;
  options.path = directory / "db";
  options.min_free_bytes = 0;
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Apply({{}, {{"a", "1"}}, {}, 0}).ok());
  {
    std::lock_guard lock(gate().mutex);
    gate().closed = true;
  }
  std::thread writer([&] { EXPECT_TRUE((*store)->Apply({{}, {{"a", "2"}}, {}, 0}).ok()); });
  {
    std::unique_lock lock(gate().mutex);
    gate().changed.wait(lock, [] { return gate().waiting > 0; });
  }
  const std::string key = "a";
  {
    // Were it to wait, this test would never end.
    const auto snapshot = (*store)->Snapshot();
    EXPECT_EQ(snapshot->version(), 1u);
    EXPECT_EQ((*snapshot->MultiGet({&key, 1}))[0].value, "1") << "what is not on disk is not read";
  }
  {
    std::lock_guard lock(gate().mutex);
    gate().closed = false;
  }
  gate().changed.notify_all();
  writer.join();
  const auto after = (*store)->Snapshot();
  EXPECT_EQ(after->version(), 2u);
  EXPECT_EQ((*after->MultiGet({&key, 1}))[0].value, "2");
}

}  // namespace
}  // namespace relief::storage
