// Encryption at rest, and the change of keys.
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "storage/backup.h"
#include "storage/encryption/cipher.h"
#include "storage/encryption/file_header.h"
#include "storage/encryption/header_files.h"
#include "storage/maintenance.h"
#include "tests/storage/key_ring_file.h"
#include "tests/storage/killed_writer.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

Secret KeyOf(std::string_view hex) {
  Secret key;
  const std::string bytes = FromHex(hex);
  std::copy(bytes.begin(), bytes.end(), key.data());
  return key;
}

Iv IvOf(std::string_view hex) {
  Iv iv;
  const std::string bytes = FromHex(hex);
  std::copy(bytes.begin(), bytes.end(), iv.begin());
  return iv;
}

// NIST SP 800-38A, F.5.5
TEST(Cipher, Aes256CtrIsThatOfTheStandard) {
  const Secret key = KeyOf("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  std::string text = FromHex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
  ASSERT_TRUE(ApplyStream(Cipher::kAes256Ctr, key, IvOf("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), 0, text.data(),
                          text.size()));
  EXPECT_EQ(text, FromHex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"));
}

// GB/T 32907-2016, appendix A.1: the stream's first block is the encrypted counter.
TEST(Cipher, Sm4CtrIsThatOfTheStandard) {
  const Secret key = KeyOf("0123456789abcdeffedcba9876543210");
  std::string zeros(16, '\0');
  ASSERT_TRUE(ApplyStream(Cipher::kSm4Ctr, key, IvOf("0123456789abcdeffedcba9876543210"), 0, zeros.data(),
                          zeros.size()));
  EXPECT_EQ(zeros, FromHex("681edf34d206965e86b3e94f536e4246"));
}

TEST(Cipher, AnyPartGivesTheSameAsTheWhole) {
  std::mt19937 random(7);
  for (const Cipher cipher : {Cipher::kAes256Ctr, Cipher::kSm4Ctr}) {
    const Secret key = KeyOf("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    const Iv iv = IvOf("fffffffffffffffffffffffffffffffd");  // the counter carries over all bytes
    std::string whole(1000, 'x');
    ASSERT_TRUE(ApplyStream(cipher, key, iv, 0, whole.data(), whole.size()));
    for (int i = 0; i < 500; ++i) {
      const size_t from = random() % 1000, size = random() % (1001 - from);
      std::string part(size, 'x');
      ASSERT_TRUE(ApplyStream(cipher, key, iv, from, part.data(), size));
      ASSERT_EQ(part, whole.substr(from, size)) << from << "+" << size;
    }
  }
}

TEST(KeyRing, TheLastKeyIsTheNewestAndErrorsNameTheLineNotTheKey) {
  const std::string key(64, 'a'), other(64, 'B');
  const auto ring =
      KeyRing::Parse("# master keys\n 2025 " + key + "\n\n2026-a\t" + other + " # newest\n", "ring");
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ((*ring)->newest().id, "2026-a");
  EXPECT_NE((*ring)->Find("2025"), nullptr);
  EXPECT_EQ((*ring)->Find("2024"), nullptr);
  for (const std::string& bad : std::vector<std::string>{
           std::string(), std::string("# nothing\n"), "k " + key + "\nk " + other, "k " + key.substr(1),
           "k " + key + "0", "k!" + key, "k", "k " + key.substr(1) + "g"}) {
    const auto refused = KeyRing::Parse(bad, "ring");
    EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << bad;
    EXPECT_EQ(refused.status().message().find("aaaa"), std::string::npos);
  }
}

TEST(KeyRing, AFileThatOthersMayReadIsRefusedAndACommandMustSucceed) {
  TempDirectory directory;
  WriteKeyRing(directory / "ring", {{"k", '1'}});
  EXPECT_TRUE(KeyRing::Load({directory / "ring", ""}).ok());
  fs::permissions(directory / "ring", fs::perms::group_read, fs::perm_options::add);
  EXPECT_TRUE(absl::IsFailedPrecondition(KeyRing::Load({directory / "ring", ""}).status()));
  const auto ring = KeyRing::Load({"", "cat '" + (directory / "ring") + "'"});
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ((*ring)->newest().id, "k");
  EXPECT_TRUE(
      absl::IsFailedPrecondition(KeyRing::Load({"", "cat '" + (directory / "ring") + "'; exit 3"}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(KeyRing::Load({}).status()));
}

TEST(FileHeader, OpensWithItsKeyOnlyAndNoFlippedBitPasses) {
  const auto ring = *KeyRing::Parse("k1 " + std::string(64, '1'), "ring");
  for (const Cipher cipher : {Cipher::kAes256Ctr, Cipher::kSm4Ctr}) {
    const FileKey key = *NewFileKey(cipher);
    std::string header = *SealHeader(key, ring->newest());
    ASSERT_EQ(header.size(), kHeaderSize);
    const auto opened = OpenHeader(header, *ring);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->file_key.iv, key.iv);
    EXPECT_TRUE(std::equal(key.key.data(), key.key.data() + Secret::kSize, opened->file_key.key.data()));
    const auto other_key = *KeyRing::Parse("k1 " + std::string(64, '2'), "ring");
    EXPECT_TRUE(absl::IsDataLoss(OpenHeader(header, *other_key).status()));
    const auto other_id = *KeyRing::Parse("k2 " + std::string(64, '1'), "ring");
    EXPECT_TRUE(absl::IsFailedPrecondition(OpenHeader(header, *other_id).status()));
    for (size_t at = 0; at < kSlotSize; ++at) {
      header[at] = static_cast<char>(header[at] ^ 4);
      EXPECT_FALSE(OpenHeader(header, *ring).ok()) << at;
      header[at] = static_cast<char>(header[at] ^ 4);
    }
  }
}

constexpr char kName[] = "欧阳春花";
constexpr char kNumber[] = "371302196503120024";

// Every file below the directory whose bytes hold the text.
std::vector<std::string> FilesWith(const std::string& directory, const std::string& text) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    if (bytes.str().find(text) != std::string::npos) files.push_back(entry.path().filename().string());
  }
  return files;
}

// Rows in tables, rows in the log, and a backup.
void FillAndBackUp(const RocksDbOptions& options, const std::string& backups) {
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Apply({{}, {{kNumber, kName}}, {}, 0}).ok());
  const auto backup = (*store)->maintenance()->Backup(backups, 0);
  ASSERT_TRUE(backup.ok()) << backup.status();
  ASSERT_TRUE((*store)->Apply({{}, {{std::string(kNumber) + "x", kName}}, {}, 0}).ok());
}

TEST(Encryption, NothingReadableIsOnDisk) {
  TempDirectory directory;
  for (const bool encrypted : {false, true}) {
    const std::string root = directory / (encrypted ? "hidden" : "open");
    RocksDbOptions options = At(root + "/db");
    if (encrypted) options.encryption = EncryptionWith(directory, {{"k1", '1'}});
    fs::create_directories(root);
    WorkAndDie(options, [](Store& store) {  // in the log alone
      if (!store.Apply({{}, {{kNumber, kName}}, {}, 0}).ok()) ::_exit(1);
    });
    const size_t in_log = FilesWith(root, kName).size();
    FillAndBackUp(options, root + "/backups");
    if (encrypted) {
      EXPECT_EQ(in_log, 0u);
      EXPECT_EQ(FilesWith(root, kName), std::vector<std::string>{});
      EXPECT_EQ(FilesWith(root, kNumber), std::vector<std::string>{});
      EXPECT_EQ(FilesWith(root, "bytewise"), std::vector<std::string>{});  // what manifests and options say
    } else {  // the search finds what is there to be found
      EXPECT_EQ(in_log, 1u);
      EXPECT_GE(FilesWith(root, kName).size(), 2u);
    }
  }
}

TEST(Encryption, ADirectoryIsEncryptedOrNotAndTheMessageSaysWhich) {
  TempDirectory directory;
  RocksDbOptions encrypted = At(directory / "encrypted"), open = At(directory / "open");
  encrypted.encryption = EncryptionWith(directory, {{"k1", '1'}});
  ASSERT_TRUE(OpenRocksDbStore(encrypted).ok());
  ASSERT_TRUE(OpenRocksDbStore(open).ok());
  const auto forgot = OpenRocksDbStore(At(encrypted.path)).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(forgot)) << forgot;
  EXPECT_NE(forgot.message().find("are encrypted, but no encryption is configured"), std::string::npos);
  open.encryption = encrypted.encryption;
  const auto late = OpenRocksDbStore(open).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(late)) << late;
  EXPECT_NE(late.message().find("are not encrypted"), std::string::npos);
  // The same from the files alone, where the store's own note is lost.
  fs::remove(encrypted.path + "/relief-store");
  fs::remove(open.path + "/relief-store");
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenRocksDbStore(At(encrypted.path)).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenRocksDbStore(open).status()));
  EXPECT_TRUE(OpenRocksDbStore(encrypted).ok());
}

TEST(Encryption, AMissingOrWrongKeyIsNamedAndNothingIsTouched) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  options.encryption = EncryptionWith(directory, {{"2025", '1'}});
  CommitAndDie(options, 1, 20);
  WriteKeyRing(directory / "keys", {{"2026", '2'}});
  const auto missing = OpenRocksDbStore(options).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(missing)) << missing;
  EXPECT_NE(missing.message().find("'2025'"), std::string::npos) << missing;
  WriteKeyRing(directory / "keys", {{"2025", '3'}});
  EXPECT_TRUE(absl::IsDataLoss(OpenRocksDbStore(options).status()));
  WriteKeyRing(directory / "keys", {{"2025", '1'}});
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_GE((*store)->Scan("", "", 1000)->size(), 20u);
}

TEST(Encryption, AfterRewrappingTheOldKeyIsNeededNowhereNotEvenByBackups) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  options.encryption = EncryptionWith(directory, {{"old", '1'}});
  FillAndBackUp(options, directory / "backups");
  {
    auto store = OpenRocksDbStore(options);
    Maintenance& maintenance = *(*store)->maintenance();
    WriteKeyRing(directory / "keys", {{"old", '1'}, {"new", '2'}});
    EXPECT_EQ(maintenance.FilesByKey()->count("new"), 0u);
    auto report = maintenance.Rewrap({directory / "backups"});
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->newest_key_id, "new");
    EXPECT_GT(report->rewrapped_files, 5);
    ASSERT_EQ(report->files_by_key.size(), 1u);
    EXPECT_GE(report->files_by_key.at("new"), report->rewrapped_files);
    EXPECT_EQ(maintenance.Rewrap({directory / "backups"})->rewrapped_files, 0);
    // The store goes on under the new key.
    ASSERT_TRUE((*store)->Apply({{}, {{"after", "1"}}, {}, 0}).ok());
    EXPECT_TRUE(maintenance.Verify()->damaged.empty());
    EXPECT_TRUE(maintenance.VerifyBackups(directory / "backups")->damaged.empty());
  }
  WriteKeyRing(directory / "keys", {{"new", '2'}});
  {
    auto store = OpenRocksDbStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ((*store)->Scan("", "", 10)->size(), 3u);
  }
  const auto restored = RestoreBackup({directory / "backups", 0, directory / "restored", options.encryption});
  EXPECT_TRUE(restored.ok()) << restored.status();
}

TEST(Encryption, RewrappingThatDiesBetweenItsStepsLeavesAFileThatOpens) {
  TempDirectory directory;
  const auto old_ring = *KeyRing::Parse("old " + std::string(64, '1'), "ring");
  const auto both = *KeyRing::Parse("old " + std::string(64, '1') + "\nnew " + std::string(64, '2'), "ring");
  const FileKey key = *NewFileKey(Cipher::kAes256Ctr);
  std::string header = *SealHeader(key, old_ring->newest());
  const std::string slot = *SealSlot(key, both->newest());
  // The new slot written up to any byte: the old one still opens.
  for (size_t written = 0; written <= kSlotSize; ++written) {
    std::string torn = header;
    torn.replace(kSlotOffsets[1], written, slot.substr(0, written));
    const auto opened = OpenHeader(torn, *both);
    ASSERT_TRUE(opened.ok()) << written;
    EXPECT_EQ(opened->key_id, written == kSlotSize ? "new" : "old");
  }
  // The old slot wiped up to any byte: the new one opens.
  header.replace(kSlotOffsets[1], kSlotSize, slot);
  for (size_t wiped = 0; wiped <= kSlotSize; ++wiped) {
    std::string torn = header;
    torn.replace(0, wiped, wiped, '\0');
    ASSERT_EQ(OpenHeader(torn, *both)->key_id, "new") << wiped;
  }
  // And a second run finishes what the first left.
  fs::create_directories(directory / "db");
  std::ofstream(directory / "db/file", std::ios::binary) << header << "data";
  EXPECT_EQ(*RewrapFiles(directory / "db", *both), 0);
  std::ifstream file(directory / "db/file", std::ios::binary);
  std::string wiped(kSlotSize, 'x');
  file.read(wiped.data(), static_cast<std::streamsize>(wiped.size()));
  EXPECT_EQ(wiped, std::string(kSlotSize, '\0'));
}

TEST(Encryption, RewrappingWhileCommitsGoOnLosesNothing) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  options.write_buffer_bytes = 64 << 10;  // files come and go
  options.encryption = EncryptionWith(directory, {{"k0", '0'}});
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok());
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 3000; ++i)
      ASSERT_TRUE((*store)->Apply({{}, {{Key(i), std::string(200, 'v')}}, {}, 0}).ok()) << i;
    done = true;
  });
  std::vector<std::pair<std::string, char>> keys = {{"k0", '0'}};
  for (int i = 1; !done || i < 5; ++i) {
    keys.push_back({"k" + std::to_string(i), static_cast<char>('0' + i % 10)});
    WriteKeyRing(directory / "keys.new", keys);
    fs::rename(directory / "keys.new", directory / "keys");
    const auto report = (*store)->maintenance()->Rewrap({});
    ASSERT_TRUE(report.ok()) << report.status();
  }
  writer.join();
  store->reset();
  store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->Scan("", "", 10'000)->size(), 3000u);
}

// A crash between a file's creation and its first write; RocksDB would abort on such a file.
TEST(Encryption, FilesThatWereNeverBegunAreSweptAndTold) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  options.encryption = EncryptionWith(directory, {{"k1", '1'}});
  const int told = CommitAndDie(options, 1, 30);
  std::ofstream(directory / "db/000900.log") << "short";
  std::ofstream(directory / "db/000901.sst");
  std::ofstream(directory / "db/000902.log") << std::string(kHeaderSize, '\0');
  std::string swept;
  options.log = [&](std::string_view event, const auto& fields) {
    if (event == "store.swept") swept = fields[0].second;
  };
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(swept, "3");
  EXPECT_GE((*store)->Scan("", "", 1000)->size(), static_cast<size_t>(told));
}

TEST(Encryption, StoresOfBothCiphersOpenWhateverNewFilesAreToUse) {
  TempDirectory directory;
  RocksDbOptions options = At(directory / "db");
  options.encryption = EncryptionWith(directory, {{"k1", '1'}});
  CommitAndDie(options, 1, 20);
  options.encryption->cipher = Cipher::kSm4Ctr;
  CommitAndDie(options, 1001, 20);
  options.encryption->cipher = Cipher::kAes256Ctr;
  auto store = OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_GE((*store)->Scan("", "", 1000)->size(), 40u);
}

}  // namespace
}  // namespace relief::storage
