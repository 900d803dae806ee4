// Logs that RocksDB wrote, cut and damaged at every place. Cases F2 and F3.
#include "storage/log_check.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "storage/crc32c.h"
#include "tests/storage/killed_writer.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {
namespace {

absl::StatusOr<LogSummary> Check(LogKind kind, std::string_view bytes) {
  return CheckLog(kind, [&](size_t most) -> absl::StatusOr<std::string> {
    const std::string part(bytes.substr(0, most));
    bytes.remove_prefix(part.size());
    return part;
  });
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// The log of a store that died after some commits, each of `changes` rows of `size` bytes.
std::string LogOf(int commits, int changes, size_t size) {
  TempDirectory directory;
  WorkAndDie(At(directory / "db"), [&](Store& store) {
    for (int i = 0; i < commits; ++i) {
      Commit commit;
      for (int change = 0; change < changes; ++change)
        commit.puts.push_back({Key(i * changes + change), std::string(size, 'v')});
      if (!store.Apply(commit).ok()) ::_exit(1);
    }
  });
  return Content(NewestLog(directory / "db"));
}

TEST(Crc32c, IsTheOneOfTheStandard) {
  EXPECT_EQ(ExtendCrc32c(0, "123456789"), 0xE3069283u);
  EXPECT_EQ(ExtendCrc32c(ExtendCrc32c(0, "1234"), "56789"), 0xE3069283u);
}

TEST(LogCheck, AWholeLogIsWhole) {
  const std::string log = LogOf(40, 3, 1000);  // several blocks
  ASSERT_GT(log.size(), size_t{3} << 15);
  const auto summary = Check(LogKind::kWriteAhead, log);
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->records, 40u);
  EXPECT_EQ(summary->bytes, log.size());
  EXPECT_EQ(summary->torn_bytes, 0u);
  // Each commit writes its rows and the store's version.
  EXPECT_EQ(summary->next_sequence - summary->first_sequence, 40u * 4);
}

TEST(LogCheck, ALogCutAnywhereIsTornAndLosesOnlyTheCommitThatWasCut) {
  const std::string log = LogOf(12, 2, 2000);
  const auto whole = Check(LogKind::kWriteAhead, log);
  ASSERT_TRUE(whole.ok());
  uint64_t records = whole->records;
  for (size_t size = log.size(); size > 0; --size) {
    const auto cut = Check(LogKind::kWriteAhead, std::string_view(log).substr(0, size - 1));
    ASSERT_TRUE(cut.ok()) << "cut to " << size - 1 << ": " << cut.status();
    ASSERT_TRUE(cut->records == records || cut->records == records - 1);
    records = cut->records;
  }
  EXPECT_EQ(records, 0u);
}

TEST(LogCheck, ZerosBehindTheEndAreWhatACrashMayLeave) {
  const auto summary = Check(LogKind::kWriteAhead, LogOf(5, 1, 100) + std::string(5000, '\0'));
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->records, 5u);
  EXPECT_EQ(summary->torn_bytes, 5000u);
}

// RocksDB itself takes a length that was damaged near the end for a torn end.
TEST(LogCheck, NoFlippedBitGoesUnseen) {
  std::string log = LogOf(6, 1, 200);
  const std::string long_log = LogOf(30, 2, 700);
  ASSERT_LT(log.size(), size_t{1} << 15);  // one block: every length stands near the end
  for (std::string* bytes : {&log}) {
    for (size_t at = 0; at < bytes->size(); ++at)
      for (int bit = 0; bit < 8; ++bit) {
        (*bytes)[at] = static_cast<char>((*bytes)[at] ^ (1 << bit));
        ASSERT_TRUE(absl::IsDataLoss(Check(LogKind::kWriteAhead, *bytes).status()))
            << "byte " << at << " bit " << bit;
        (*bytes)[at] = static_cast<char>((*bytes)[at] ^ (1 << bit));
      }
  }
  std::string damaged = long_log;
  for (size_t at = 0; at < damaged.size(); at += 7) {
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_TRUE(absl::IsDataLoss(Check(LogKind::kWriteAhead, damaged).status())) << "byte " << at;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
  }
}

TEST(LogCheck, ASectorOfZerosInTheMiddleIsDamage) {
  std::string log = LogOf(40, 1, 300);
  for (size_t at = 0; at + 512 < log.size() - 512; at += 512) {
    std::string damaged = log;
    damaged.replace(at, 512, 512, '\0');
    EXPECT_TRUE(absl::IsDataLoss(Check(LogKind::kWriteAhead, damaged).status())) << "sector at " << at;
  }
}

TEST(LogCheck, ACommitThatWasCutOutIsMissed) {
  const std::string log = LogOf(3, 1, 100);
  const size_t record = log.size() / 3;
  EXPECT_TRUE(Check(LogKind::kWriteAhead, log.substr(0, 2 * record)).ok());
  const auto cut = Check(LogKind::kWriteAhead, log.substr(0, record) + log.substr(2 * record));
  EXPECT_TRUE(absl::IsDataLoss(cut.status()));
  EXPECT_NE(cut.status().message().find("missing"), std::string::npos) << cut.status();
}

TEST(LogCheck, AManifestTellsWhichLogsAreStillNeeded) {
  TempDirectory directory;
  for (int i = 0; i < 3; ++i) {
    auto store = OpenRocksDbStore(At(directory / "db"));
    ASSERT_TRUE((*store)->Apply({{}, {{Key(i), "v"}}, {}, 0}).ok());
  }
  const auto number_of = [](const std::string& path) {
    return std::stoul(std::filesystem::path(path).stem().string());
  };
  CommitAndDie(directory / "db", 10, 5);
  const uint64_t written_out = number_of(NewestLog(directory / "db"));
  CommitAndDie(directory / "db", 20, 5);  // writes the first one's rows out at its opening
  uint64_t live = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "db"))
    if (entry.path().filename().string().starts_with("MANIFEST"))
      live = Check(LogKind::kManifest, Content(entry.path().string()))->live_from_log;
  EXPECT_GT(live, written_out);
  EXPECT_LE(live, number_of(NewestLog(directory / "db")));
}

}  // namespace
}  // namespace relief::storage
