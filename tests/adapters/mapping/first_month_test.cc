#include <gtest/gtest.h>

#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {
namespace {

v1::Month Of(int year, int month) {
  v1::Month made;
  made.set_year(year);
  made.set_month(month);
  return made;
}

// Two lists of a source whose file does not say since when: the award goes on, and does not begin anew with each list.
TEST(FirstMonths, AnAwardKeepsTheMonthOfItsFirstList) {
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
