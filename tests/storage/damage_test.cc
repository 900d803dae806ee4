// Torn ends, flipped bits and missing files: what is damaged is reported, never served. Cases F2 and F3.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "storage/encryption/file_header.h"
#include "storage/maintenance.h"
#include "tests/storage/key_ring_file.h"
#include "tests/storage/killed_writer.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

class Damage : public testing::TestWithParam<bool> {  // encrypted
 protected:
  RocksDbOptions Options(const std::string& name) {
    RocksDbOptions options = At(directory_ / name);
    if (GetParam()) options.encryption = EncryptionWith(directory_, {{"k1", '1'}});
    return options;
  }
  size_t header() const { return GetParam() ? kHeaderSize : 0; }

  // A store that died with rows in two tables and in its log: kRows rows, row i says "value" and its key.
  static constexpr int kRows = 120;
  void MakeDead(const RocksDbOptions& options) {
    for (const int first : {0, 40})
      if (auto store = OpenRocksDbStore(options); store.ok()) WriteRows(**store, first, first + 40);
    WorkAndDie(options, [](Store& store) { WriteRows(store, 80, kRows); });
  }
  static void WriteRows(Store& store, int from, int to) {
    for (int i = from; i < to; ++i)
      if (!store.Apply({{}, {{Key(i), "value " + Key(i)}}, {}, 0}).ok()) ::abort();
  }

  std::string Copy(const std::string& from) {
    const std::string to = directory_ / ("copy" + std::to_string(++copies_));
    fs::copy(from, to, fs::copy_options::recursive);
    return to;
  }

  enum class Outcome { kRefused, kReported, kWhole, kWrong };
  // Opens, reads everything, verifies.
  Outcome Look(const std::string& path, const std::string& damaged_file) {
    RocksDbOptions options = Options("unused");
    options.path = path;
    options.create_if_missing = false;
    auto store = OpenRocksDbStore(options);
    if (!store.ok()) {
      told_ = std::string(store.status().message());
      EXPECT_TRUE(absl::IsDataLoss(store.status())) << damaged_file << ": " << store.status();
      return Outcome::kRefused;
    }
    const auto rows = (*store)->Scan("", "", 10 * kRows);
    const auto report = (*store)->maintenance()->Verify();
    EXPECT_TRUE(report.ok()) << report.status();
    bool named = false;
    for (const DamagedFile& file : report->damaged) named = named || file.file == damaged_file;
    if (!rows.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
      EXPECT_TRUE(named) << damaged_file << " was not named";
      return Outcome::kReported;
    }
    if (rows->size() != kRows) return Outcome::kWrong;
    for (int i = 0; i < kRows; ++i)
      if ((*rows)[i].key != Key(i) || (*rows)[i].row.value != "value " + Key(i)) return Outcome::kWrong;
    return named ? Outcome::kReported : Outcome::kWhole;
  }

  TempDirectory directory_;
  std::string told_;
  int copies_ = 0;
};

void Flip(const std::string& path, size_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x20);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

std::string KindOf(const std::string& name) {
  for (const char* kind : {"MANIFEST", "CURRENT", "OPTIONS", "IDENTITY", "relief-store"})
    if (name.starts_with(kind)) return kind;
  const std::string extension = fs::path(name).extension().string();
  return extension == ".sst" || extension == ".log" ? extension.substr(1) : "";
}

TEST_P(Damage, AFlippedByteInAnyKindOfFileIsNeverServed) {
  const RocksDbOptions options = Options("db");
  MakeDead(options);
  ASSERT_EQ(Look(Copy(options.path), ""), Outcome::kWhole);
  // RELIEF_ROT_PLACES=N: N places in each file; unset: a dozen.
  const char* asked = std::getenv("RELIEF_ROT_PLACES");
  const size_t places = asked != nullptr ? std::stoul(asked) : 12;
  std::map<std::string, std::map<Outcome, int>> seen;
  for (const auto& entry : fs::directory_iterator(options.path)) {
    const std::string name = entry.path().filename().string(), kind = KindOf(name);
    const size_t size = entry.file_size();
    if (kind.empty() || size <= header()) continue;
    // The header's slot, and everything behind the header.
    std::vector<size_t> spots;
    if (GetParam() && kind != "relief-store") spots = {0, 60, 140};
    const size_t begin = kind == "relief-store" ? 0 : header(),
                 step = std::max<size_t>(1, (size - begin) / places);
    for (size_t at = begin; at < size; at += step) spots.push_back(at);
    for (const size_t at : spots) {
      const std::string copy = Copy(options.path);
      Flip(copy + "/" + name, at);
      const Outcome outcome = Look(copy, name);
      ++seen[kind][outcome];
      EXPECT_NE(outcome, Outcome::kWrong) << name << " byte " << at;
      if (kind == "log" || kind == "MANIFEST" || kind == "CURRENT") {
        EXPECT_EQ(outcome, Outcome::kRefused) << name << " byte " << at;
        if (outcome == Outcome::kRefused) {
          EXPECT_NE(told_.find(name), std::string::npos) << "not named: " << told_;
        }
      }
      fs::remove_all(copy);
    }
  }
  for (const char* kind : {"sst", "log", "MANIFEST", "CURRENT"}) {
    ASSERT_TRUE(seen.contains(kind)) << kind;
    EXPECT_GT(seen[kind][Outcome::kRefused] + seen[kind][Outcome::kReported], 0) << kind;
  }
  for (const auto& [kind, outcomes] : seen)
    for (const auto& [outcome, count] : outcomes) {
      constexpr const char* kNames[] = {"refused", "reported", "harmless", "WRONG"};
      std::cout << "rot in " << kind << ": " << kNames[static_cast<int>(outcome)] << " " << count << "\n";
    }
}

TEST_P(Damage, ALogTornAnywhereInTheLastCommitOpensWithoutThatCommitAndSaysSo) {
  const RocksDbOptions options = Options("db");
  MakeDead(options);
  const std::string log = fs::path(NewestLog(options.path)).filename().string();
  const size_t size = fs::file_size(options.path + "/" + log);
  const size_t last = (size - header()) / 40;  // 40 commits of one size
  for (size_t cut = 1; cut <= last; ++cut) {
    const std::string copy = Copy(options.path);
    fs::resize_file(copy + "/" + log, size - cut);
    RocksDbOptions torn = options;
    torn.path = copy;
    std::string told;
    torn.log = [&](std::string_view event, const auto& fields) {
      if (event == "store.torn_log") told = fields[0].second;
    };
    {
      auto store = OpenRocksDbStore(torn);
      ASSERT_TRUE(store.ok()) << cut << ": " << store.status();
      ASSERT_EQ((*store)->Scan("", "", 1000)->size(), static_cast<size_t>(kRows - 1)) << cut;
      // Told, unless the cut is between two commits.
      EXPECT_EQ(told, cut == last ? "" : log) << cut;
      WriteRows(**store, kRows - 1, kRows);  // and goes on
    }
    EXPECT_EQ(Look(copy, ""), Outcome::kWhole);
    fs::remove_all(copy);
  }
}

TEST_P(Damage, AMissingFileIsMissedAndNoEmptyStoreTakesItsPlace) {
  const RocksDbOptions options = Options("db");
  MakeDead(options);
  for (const auto& entry : fs::directory_iterator(options.path)) {
    const std::string name = entry.path().filename().string(), kind = KindOf(name);
    if (kind != "sst" && kind != "MANIFEST" && kind != "CURRENT") continue;
    const std::string copy = Copy(options.path);
    fs::remove(copy + "/" + name);
    EXPECT_EQ(Look(copy, name), Outcome::kRefused) << name;
    RocksDbOptions creating = options;
    creating.path = copy;
    EXPECT_TRUE(absl::IsDataLoss(OpenRocksDbStore(creating).status())) << name;
    fs::remove_all(copy);
  }
}

TEST_P(Damage, VerifyNamesTheTableThatRotsWhileTheStoreIsOpen) {
  const RocksDbOptions options = Options("db");
  MakeDead(options);
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->maintenance()->Verify()->damaged.empty());
  std::string table, identity = "IDENTITY";
  for (const auto& entry : fs::directory_iterator(options.path))
    if (entry.path().extension() == ".sst") table = entry.path().filename().string();
  Flip(options.path + "/" + table, header() + 30);
  Flip(options.path + "/" + identity, header() + 3);
  const auto report = (*store)->maintenance()->Verify();
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->damaged.size(), 2u);
  EXPECT_EQ(report->damaged[0].file, table);
  EXPECT_EQ(report->damaged[1].file, identity);
}

// Review of security, not tried there: one bit flipped in a table, and the next read of it.
TEST_P(Damage, AReadThatMeetsDamageIsRefusedAndToldAndNeverWrong) {
  RocksDbOptions options = Options("db");
  MakeDead(options);
  std::vector<std::string> told;
  options.log = [&](std::string_view event, const auto& fields) {
    told.push_back(std::string(event) + ": " + fields[0].second);
  };
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok());
  std::set<std::string> tables;
  for (const auto& entry : fs::directory_iterator(options.path))
    if (entry.path().extension() == ".sst") tables.insert(entry.path().filename().string());
  ASSERT_GT(tables.size(), 1u);
  Flip(options.path + "/" + *tables.begin(), header() + 30);
  EXPECT_EQ((*store)->maintenance()->Stats().background_errors, 0u);
  int right = 0;
  uint64_t refused = 0;
  const auto snapshot = (*store)->Snapshot();
  for (const Reader* reader : std::initializer_list<const Reader*>{store->get(), snapshot.get()}) {
    for (int i = 0; i < kRows; ++i) {
      const std::string key = Key(i);
      const auto rows = reader->MultiGet(std::span(&key, 1));
      if (rows.ok()) {
        ASSERT_EQ((*rows)[0].value, "value " + key);
        ++right;
      } else {
        EXPECT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
        ++refused;
      }
    }
    EXPECT_TRUE(absl::IsDataLoss(reader->Scan("", "", 10 * kRows).status()));
    ++refused;
  }
  EXPECT_EQ(right, 2 * (kRows - 40)) << "the rows of the other table and of the log";
  EXPECT_EQ((*store)->maintenance()->Stats().background_errors, refused) << "what the alarm looks at";
  ASSERT_EQ(told.size(), 1u) << "once, however often it is read";
  EXPECT_TRUE(told[0].starts_with("store.damaged: ")) << told[0];
  EXPECT_NE(told[0].find(*tables.begin()), std::string::npos) << "the file is named: " << told[0];
}

INSTANTIATE_TEST_SUITE_P(Files, Damage, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Encrypted" : "Open"; });

}  // namespace
}  // namespace relief::storage
