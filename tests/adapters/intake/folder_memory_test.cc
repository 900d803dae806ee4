#include "adapters/intake/folder_memory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/mapping/row_mapper.h"
#include "tests/adapters/files.h"

namespace relief::adapters {
namespace {

v1::Month Of(int year, int month) {
  v1::Month made;
  made.set_year(year);
  made.set_month(month);
  return made;
}

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
  const auto changes = ChangesSince(*last, {"姓名", "金额（万元）"});
  ASSERT_FALSE(changes.empty());
  EXPECT_TRUE(std::any_of(changes.begin(), changes.end(),
                          [](const Change& change) { return change.kind == Change::kOtherUnit; }));
  EXPECT_TRUE(ChangesSince(*last, {"姓名", " 金额(元)"}).empty()) << "blanks and brackets are no change";
  ASSERT_TRUE(WriteFirstMonths(directory.Path("."), {{"m 1", Of(2026, 9)}}).ok());
  EXPECT_EQ(ReadFirstMonths(directory.Path(".")).value().at("m 1").month(), 9);
}

// Two lists of a source whose file does not say since when: the award goes on, and does not begin anew with each list.
TEST(FolderMemories, AnAwardKeepsTheMonthOfItsFirstList) {
  const auto mapping = ParseMapping({"m",
                                     "name: \"x\" content: BENEFITS programme: MINIMUM_LIVING recognised_by: "
                                     "\"姓名\" make_record_id: true\n"
                                     "fields { target: \"person.name\" column: \"姓名\" parser: TEXT }\n"});
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  std::map<std::string, v1::Month> first;
  const auto start = [&](const char* name, int month) {
    RowMapper mapper(*mapping, {"姓名"}, 1);
    mapper.SetPeriod(Of(2026, month));
    mapper.KeepFirstMonths(&first);
    SheetRow row;
    row.Set(0, name, CellKind::kText);
    bool repeats = false;
    return mapper.MapAll(row, &repeats).at(0).record.benefit().start_month().month();
  };
  EXPECT_EQ(start("甲", 10), 10);
  EXPECT_EQ(start("甲", 11), 10);
  EXPECT_EQ(start("乙", 11), 11);
  EXPECT_EQ(start("甲", 9), 9) << "an older list that comes later says that it began earlier";
  EXPECT_EQ(start("甲", 12), 9);
}

}  // namespace
}  // namespace relief::adapters
