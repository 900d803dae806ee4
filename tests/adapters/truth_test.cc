// Files in the styles of departments, with what is in them beside: tests/adapters/cases/*/truth.json. The persons, numbers,
// months, amounts and households that the files' readers find are those of the truth, and no others.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/adapters/read_file.h"

namespace relief::adapters {
namespace {

const std::string kCases = std::string(RELIEF_SOURCE_DIRECTORY) + "/tests/adapters/cases/";

struct Truth {
  std::map<std::string, std::vector<google::protobuf::Struct>> by_file;
};

Truth ReadTruth(const std::string& folder) {
  std::ifstream in(folder + "/truth.json");
  std::ostringstream text;
  text << in.rdbuf();
  google::protobuf::ListValue list;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &list).ok()) << folder;
  Truth truth;
  for (const auto& value : list.values()) {
    const auto& row = value.struct_value();
    truth.by_file[row.fields().at("file").string_value()].push_back(row);
  }
  return truth;
}

std::string Text(const google::protobuf::Struct& row, const char* key) {
  const auto found = row.fields().find(key);
  return found == row.fields().end() ? "" : found->second.string_value();
}
bool HasKey(const google::protobuf::Struct& row, const char* key) { return row.fields().count(key) > 0; }

std::string MonthText(const v1::Month& month) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d", month.year(), month.month());
  return month.year() == 0 ? "" : text;
}
std::string DayText(const v1::Date& day) {
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year(), day.month(), day.day());
  return day.year() == 0 ? "" : text;
}

class FilesWithTruth : public testing::TestWithParam<const char*> {};

TEST_P(FilesWithTruth, GiveWhatIsInThem) {
  const std::string folder = kCases + GetParam();
  const Truth truth = ReadTruth(folder);
  ASSERT_FALSE(truth.by_file.empty());
  for (const auto& [name, rows] : truth.by_file) {
    v1::Month period;
    const std::string asked = Text(rows[0], "period");
    if (!asked.empty()) {
      period.set_year(std::stoi(asked.substr(0, 4)));
      period.set_month(std::stoi(asked.substr(5)));
    }
    const ReadRecords read = ReadAll(folder + "/" + name, {}, period);
    ASSERT_TRUE(read.status.ok() && !read.blocked) << name << ": " << Show(read);
    EXPECT_TRUE(read.rejections.empty()) << name << ": " << Show(read);
    std::map<std::string, std::vector<const v1::Record*>> people;  // by name and number
    std::set<std::string> ids;
    for (const v1::Record& record : read.records) {
      people[record.person().name() + "/" + record.person().id_number()].push_back(&record);
      EXPECT_TRUE(ids.insert(record.record_id()).second) << name << ": one id for two records";
      EXPECT_FALSE(record.record_id().empty());
    }
    std::map<std::string, std::string> household;  // of the file -> of the truth
    for (const auto& row : rows) {
      const std::string who = Text(row, "name") + "/" + Text(row, "id");
      const auto found = people.find(who);
      ASSERT_NE(found, people.end()) << name << ": " << who << "\n" << Show(read);
      int64_t amount = 0;
      for (const v1::Record* record : found->second) {
        const std::string kind =
            record->has_fact() ? "FACTS" : v1::Programme_Name(record->benefit().programme());
        EXPECT_EQ(kind, Text(row, "kind")) << name << ": " << who;
        if (HasKey(row, "fact")) {
          EXPECT_EQ(v1::FactType_Name(record->fact().type()), Text(row, "fact")) << name;
        }
        amount += record->has_fact() ? record->fact().amount_fen() : record->benefit().amount_fen();
        if (HasKey(row, "start")) {
          EXPECT_EQ(MonthText(record->benefit().start_month()), Text(row, "start")) << name << ": " << who;
        }
        if (HasKey(row, "end")) {
          EXPECT_EQ(MonthText(record->benefit().end_month()), Text(row, "end")) << name << ": " << who;
        }
        if (HasKey(row, "term")) {
          EXPECT_EQ(record->benefit().term(), Text(row, "term")) << name << ": " << who;
        }
        if (HasKey(row, "date")) {
          EXPECT_EQ(DayText(record->has_fact() ? record->fact().date() : record->benefit().pay_date()),
                    Text(row, "date"))
              << name << ": " << who;
        }
        if (HasKey(row, "household")) {
          const std::string& id = record->household().household_id();
          EXPECT_FALSE(id.empty()) << name << ": " << who;
          EXPECT_EQ(household.emplace(id, Text(row, "household")).first->second, Text(row, "household"))
              << name << ": " << who;
        }
        if (HasKey(row, "phone")) {
          EXPECT_EQ(record->person().phones_size() > 0 ? record->person().phones(0) : "", Text(row, "phone"))
              << name;
        }
      }
      if (HasKey(row, "amount_fen")) {
        EXPECT_EQ(amount, static_cast<int64_t>(row.fields().at("amount_fen").number_value()))
            << name << ": " << who;
      }
      if (HasKey(row, "records")) {
        EXPECT_EQ(found->second.size(), static_cast<size_t>(row.fields().at("records").number_value()))
            << name << ": " << who;
      }
    }
    size_t distinct = 0;
    std::set<std::string> expected;
    for (const auto& row : rows)
      distinct += expected.insert(Text(row, "name") + "/" + Text(row, "id")).second ? 1 : 0;
    EXPECT_EQ(people.size(), distinct) << name << ": nobody else\n" << Show(read);
  }
}

INSTANTIATE_TEST_SUITE_P(OfDepartments, FilesWithTruth, testing::Values("formats", "intake", "own"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace relief::adapters
