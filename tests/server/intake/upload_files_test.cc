// Files of uploads: nothing of them lies on the disk in the clear, and nobody else may read them.
#include "server/intake/upload_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "storage/encryption/header_files.h"

namespace relief::server::intake {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  ~Files() override { fs::remove_all(folder_); }

  std::string OnDisk() const {
    std::string all;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      all += text.str();
    }
    return all;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("relief-upload-files-" + std::to_string(getpid()));
  const UploadFiles files_ = *UploadFiles::Open(folder_);
  const std::string key_ = *UploadFiles::NewKey();
};

TEST_F(Files, AreReadBackAsTheyWereWrittenInParts) {
  std::string content;
  for (int i = 0; i < 300'000; ++i) content += std::to_string(i);
  ASSERT_TRUE(files_.Write("U-1", FilePart::kContent, key_, 0, content.substr(0, 777'777)).ok());
  ASSERT_TRUE(files_.Write("U-1", FilePart::kContent, key_, 777'777, content.substr(777'777)).ok());
  EXPECT_EQ(files_.Size("U-1", FilePart::kContent), static_cast<int64_t>(content.size()));
  const auto plain = files_.Read("U-1", FilePart::kContent, key_);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(*plain->ReadAll(), content);
  std::ostringstream by_path;
  by_path << std::ifstream(plain->path(), std::ios::binary).rdbuf();
  EXPECT_EQ(by_path.str(), content);
}

TEST_F(Files, LieOnTheDiskEncryptedForTheHubsUserAlone) {
  const std::string secret = "王秀兰,371302195003140028\n";
  ASSERT_TRUE(files_.Write("U-1", FilePart::kContent, key_, 0, secret).ok());
  EXPECT_EQ(OnDisk().size(), secret.size());
  EXPECT_EQ(OnDisk().find("王秀兰"), std::string::npos);
  const auto plain = files_.Read("U-1", FilePart::kContent, key_);
  EXPECT_EQ(OnDisk().find("王秀兰"), std::string::npos) << "while it is read";
  EXPECT_EQ(OnDisk().size(), secret.size());
  struct stat info {};
  ASSERT_EQ(stat(folder_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    ASSERT_EQ(stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    EXPECT_TRUE(storage::IsPlainFile(entry.path().filename())) << "the store's keys are not for it";
  }
}

TEST_F(Files, WithoutTheirKeyTellNothing) {
  ASSERT_TRUE(files_.Write("U-1", FilePart::kContent, key_, 0, "王秀兰").ok());
  const auto plain = files_.Read("U-1", FilePart::kContent, *UploadFiles::NewKey());
  ASSERT_TRUE(plain.ok());
  EXPECT_NE(*plain->ReadAll(), "王秀兰");
}

TEST_F(Files, ThatNoUploadKnowsAreSweptAway) {
  ASSERT_TRUE(files_.Write("U-1", FilePart::kContent, key_, 0, "a").ok());
  ASSERT_TRUE(files_.Write("U-1", FilePart::kRejectedRows, key_, 0, "b").ok());
  ASSERT_TRUE(files_.Write("U-2", FilePart::kContent, key_, 0, "c").ok());
  files_.Sweep([](const std::string& id) { return id == "U-1"; });
  EXPECT_EQ(files_.Size("U-1", FilePart::kContent), 1);
  EXPECT_EQ(files_.Size("U-1", FilePart::kRejectedRows), 1);
  EXPECT_EQ(files_.Size("U-2", FilePart::kContent), 0);
  files_.Remove("U-1");
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Files, AreNotTakenWhereThereIsNoRoom) {
  EXPECT_TRUE(files_.HasRoomFor(1 << 20, 2));
  EXPECT_FALSE(files_.HasRoomFor(int64_t{1} << 60, 2));
  ASSERT_TRUE(files_.Write("U-1", FilePart::kContent, key_, 0, "a").ok());
  EXPECT_FALSE(files_.HasRoomFor(1 << 20, 1)) << "so many files are there already";
}

}  // namespace
}  // namespace relief::server::intake
