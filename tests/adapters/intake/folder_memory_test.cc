#include "adapters/intake/folder_memory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/adapters/files.h"

namespace relief::adapters {
namespace {

TEST(FolderMemories, GiveBackWhatWasKept) {
  const TemporaryDirectory directory;
  FolderMemory memory;
  RememberedSource* source = memory.add_sources();
  source->set_mapping("minimum_living");
  source->set_source_id("371302-dibao");
  source->add_headings("姓名");
  source->add_headings("金额（元）");
  ASSERT_TRUE(WriteFolderMemory(directory.Path("."), memory).ok());
  auto read = ReadFolderMemory(directory.Path("."));
  ASSERT_TRUE(read.ok());
  RememberedSource* last = FindRemembered(*read, "minimum_living", "");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->source_id(), "371302-dibao");
  const auto changes = ChangesSince(*last, {"姓名", "金额（万元）"}, "");
  ASSERT_FALSE(changes.empty());
  EXPECT_TRUE(std::any_of(changes.begin(), changes.end(),
                          [](const Change& change) { return change.kind == Change::kOtherUnit; }));
  EXPECT_TRUE(ChangesSince(*last, {"姓名", " 金额(元)"}, "").empty()) << "blanks and brackets are no change";
}

}  // namespace
}  // namespace relief::adapters
