// Record ids that are made where the file has none: the same in the next list, and no hash that could be guessed.
#include <gtest/gtest.h>

#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {
namespace {

Mapping List(const std::string& more = "") {
  auto mapping = ParseMapping(
      {"m",
       "name: \"x\" content: BENEFITS programme: EMPLOYMENT recognised_by: \"姓名\" make_record_id: true\n"
       "fields { target: \"person.name\" column: \"姓名\" parser: TEXT }\n"
       "fields { target: \"person.id_number\" column: \"身份证号\" parser: ID }\n"
       "fields { target: \"household.household_id\" column: \"户号\" parser: TEXT }\n" +
           more});
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *mapping;
}

v1::Month Of(int year, int month) {
  v1::Month made;
  made.set_year(year);
  made.set_month(month);
  return made;
}

struct Asked {
  std::string key = "secret", number = "371322199003212421", household = "1";
  int month = 10;
  bool payments = false;
};

v1::Record Made(const Mapping& mapping, const Asked& asked) {
  RowMapper mapper(mapping, {"姓名", "身份证号", "户号"}, 1);
  mapper.SetPeriod(Of(2026, asked.month));
  mapper.SetRecordIdKey(asked.key);
  if (asked.payments) mapper.SetPayments();
  SheetRow row;
  row.Set(0, "胡丽春", CellKind::kText);
  row.Set(1, asked.number, CellKind::kText);
  row.Set(2, asked.household, CellKind::kText);
  bool repeats = false;
  const auto mapped = mapper.MapAll(row, &repeats);
  EXPECT_TRUE(mapped.at(0).errors.empty());
  return mapped.at(0).record;
}

TEST(MadeRecordIds, AreTheSameInTheNextList) {
  const Mapping mapping = List("id_from: \"benefit.start_month\" id_from: \"household.household_id\"\n");
  const std::string id = Made(mapping, {}).record_id();
  EXPECT_EQ(Made(mapping, {.month = 11}).record_id(), id) << "the list's month is not the award's";
  EXPECT_EQ(Made(mapping, {.household = "7"}).record_id(), id) << "households are numbered anew in each list";
  EXPECT_NE(Made(mapping, {.number = "371322194806118815"}).record_id(), id);
  EXPECT_NE(Made(mapping, {.number = "", .household = "1"}).record_id(),
            Made(mapping, {.number = "", .household = "2"}).record_id())
      << "without a number the household tells people of one name apart";
}

TEST(MadeRecordIds, CannotBeGuessedWithoutTheKey) {
  const Mapping mapping = List();
  EXPECT_NE(Made(mapping, {.key = "secret"}).record_id(), Made(mapping, {.key = "other"}).record_id());
  EXPECT_EQ(Made(mapping, {.key = "secret"}).record_id(), Made(mapping, {.key = "secret"}).record_id());
}

TEST(MadeRecordIds, APaymentIsOfItsMonthAlone) {
  const Mapping mapping = List();
  const v1::Record october = Made(mapping, {.month = 10, .payments = true}),
                   november = Made(mapping, {.month = 11, .payments = true});
  EXPECT_NE(october.record_id(), november.record_id());
  EXPECT_EQ(october.benefit().start_month().month(), 10);
  EXPECT_EQ(october.benefit().end_month().month(), 10);
}

}  // namespace
}  // namespace relief::adapters
