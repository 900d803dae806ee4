// What only the durable store promises.
#include "storage/rocksdb_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/storage/killed_writer.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {
namespace {

TEST(RocksDbStore, AcknowledgedCommitsSurviveAKill) {
  TempDirectory directory;
  int told = 0;
  for (int round = 0; round < 5; ++round) {
    told = CommitAndDie(directory / "db", told + 1, 20 + 37 * round);
    auto store = OpenRocksDbStore(At(directory / "db"));
    ASSERT_TRUE(store.ok()) << store.status();
    const auto rows = (*store)->Scan("", "", 100'000);
    ASSERT_GE(static_cast<int>(rows->size()), told);
    for (int number = 1; number <= told; ++number)
      ASSERT_EQ((*rows)[static_cast<size_t>(number - 1)].key, Key(number));
    told = static_cast<int>(rows->size());  // the last one may be on disk without having been told
  }
}

TEST(RocksDbStore, ReopensWithEverythingAndVersionsGoOnGrowing) {
  TempDirectory directory;
  Version before = 0;
  {
    auto store = OpenRocksDbStore(At(directory / "db"));
    before = (*store)->Apply({{}, {{"a", "1"}}, {}, 0})->version;
  }
  auto store = OpenRocksDbStore(At(directory / "db"));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->version(), before);
  EXPECT_EQ((*store)->Scan("", "", 10)->at(0).row.version, before);
  EXPECT_GT((*store)->Apply({{}, {{"a", "2"}}, {}, 0})->version, before);
}

TEST(RocksDbStore, ASecondOpenIsRefusedAndNamesTheHolder) {
  TempDirectory directory;
  auto store = OpenRocksDbStore(At(directory / "db"));
  ASSERT_TRUE(store.ok()) << store.status();
  const auto second = OpenRocksDbStore(At(directory / "db"));
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
  const std::string message(second.status().message());
  EXPECT_NE(message.find(directory / "db"), std::string::npos);
  EXPECT_NE(message.find(std::to_string(::getpid())), std::string::npos);
}

TEST(RocksDbStore, ATornTailOpensWithoutTheLastCommit) {
  TempDirectory directory;
  const int told = CommitAndDie(directory / "db", 1, 50);
  const std::string log = NewestLog(directory / "db");
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 5);
  auto store = OpenRocksDbStore(At(directory / "db"));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_GE(static_cast<int>((*store)->Scan("", "", 100'000)->size()), told - 1);
}

TEST(RocksDbStore, AFlippedByteInTheMiddleIsRefusedNotServed) {
  TempDirectory directory;
  CommitAndDie(directory / "db", 1, 200);
  const std::string log = NewestLog(directory / "db");
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(log) / 2);
  file.seekg(middle);
  const char byte = static_cast<char>(file.get() ^ 0x40);
  file.seekp(middle);
  file.put(byte);
  file.close();
  const auto store = OpenRocksDbStore(At(directory / "db"));
  EXPECT_TRUE(absl::IsDataLoss(store.status())) << store.status();
}

TEST(RocksDbStore, BelowTheWatermarkItRefusesWritesAndGoesOnReading) {
  TempDirectory directory;
  {
    auto store = OpenRocksDbStore(At(directory / "db"));
    ASSERT_TRUE((*store)->Apply({{}, {{"a", "1"}}, {}, 0}).ok());
  }
  RocksDbOptions options = At(directory / "db");
  options.min_free_bytes = uint64_t{1} << 60;
  auto store = OpenRocksDbStore(options);
  EXPECT_TRUE(absl::IsResourceExhausted((*store)->Apply({{}, {{"b", "1"}}, {}, 0}).status()));
  EXPECT_EQ((*store)->Scan("", "", 10)->size(), 1u);
}

TEST(RocksDbStore, BetweenTheWatermarkAndHalfOfItAFewRowsAreStillWritten) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  std::filesystem::create_directories(options.path);
  options.min_free_bytes = std::filesystem::space(options.path).available / 2 * 3;
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  Commit batch;
  for (int i = 0; i < 20; ++i) batch.puts.push_back({Key(i), "v"});
  EXPECT_TRUE(absl::IsResourceExhausted((*store)->Apply(batch).status()));
  const auto few = (*store)->Apply({{}, {{"audit", "1"}}, {}, 0});
  EXPECT_TRUE(few.ok()) << few.status();
  EXPECT_EQ((*store)->Scan("", "", 100)->size(), 1u);
}

TEST(RocksDbStore, CannotOpenWhatIsNotADirectory) {
  TempDirectory directory;
  std::ofstream(directory / "file") << "x";
  EXPECT_FALSE(OpenRocksDbStore(At(directory / "file")).ok());
}

}  // namespace
}  // namespace relief::storage
