#include "server/referrals/working_calendar.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "server/base/text_file.h"
#include "server/referrals/settings.h"

namespace relief::server::referrals {
namespace {

using matcher::CivilDate;

stored::WorkingCalendar Data(const std::string& text) {
  stored::WorkingCalendar data;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &data)) << text;
  return data;
}

TEST(WorkingCalendar, CountsWeekdaysWhereNothingElseIsKnown) {
  const WorkingCalendar calendar;
  struct Case {
    CivilDate from;
    int count;
    CivilDate last;
  };
  const Case cases[] = {
      {{2026, 10, 12}, 0, {2026, 10, 12}},                                       // Monday
      {{2026, 10, 12}, 1, {2026, 10, 13}}, {{2026, 10, 16}, 1, {2026, 10, 19}},  // Friday to Monday
      {{2026, 10, 17}, 1, {2026, 10, 19}},                                       // Saturday
      {{2026, 10, 12}, 5, {2026, 10, 19}}, {{2026, 10, 12}, 20, {2026, 11, 9}},  // four weeks
      {{2026, 12, 31}, 1, {2027, 1, 1}},  // into a year that no file knows
      {{1969, 12, 31}, 3, {1970, 1, 5}},  // Wednesday before the epoch
  };
  for (const Case& one : cases)
    EXPECT_EQ(calendar.After(one.from, one.count), one.last) << one.from.ToString() << " + " << one.count;
}

TEST(WorkingCalendar, LeavesHolidaysOutAndWorksTheWeekendsThatAreWorked) {
  const auto calendar = WorkingCalendar::From(Data(R"(
    holidays { name: "国庆节" first { year: 2026 month: 10 day: 1 } last { year: 2026 month: 10 day: 7 } }
    working_days { year: 2026 month: 10 day: 10 })"));
  ASSERT_TRUE(calendar.ok());
  EXPECT_FALSE(calendar->IsWorkingDay({2026, 10, 7}));
  EXPECT_TRUE(calendar->IsWorkingDay({2026, 10, 8}));
  EXPECT_TRUE(calendar->IsWorkingDay({2026, 10, 10})) << "a Saturday that is worked";
  EXPECT_FALSE(calendar->IsWorkingDay({2026, 10, 11}));
  EXPECT_EQ(calendar->After({2026, 9, 30}, 1), (CivilDate{2026, 10, 8}));
  EXPECT_EQ(calendar->After({2026, 9, 30}, 4), (CivilDate{2026, 10, 12}));
}

TEST(WorkingCalendar, RefusesWhatCannotBe) {
  const std::pair<const char*, const char*> cases[] = {
      {"holidays { first { year: 2026 month: 2 day: 30 } }", "holidays[0].first"},
      {"holidays { first { year: 2026 month: 5 day: 5 } last { year: 2026 month: 5 day: 1 } }",
       "holidays[0].last"},
      {"holidays { first { year: 2026 month: 5 day: 1 } last { year: 2027 month: 5 day: 5 } }",
       "holidays[0].last"},
      {"working_days { year: 2026 month: 13 day: 1 }", "working_days[0]"},
      {"working_days { year: 2026 month: 10 day: 12 }", "working_days[0]: is no weekend day"},
      {"holidays { first { year: 2026 month: 10 day: 10 } } working_days { year: 2026 month: 10 day: 10 }",
       "working_days[0]: is a holiday as well"},
  };
  for (const auto& [text, expected] : cases) {
    const auto calendar = WorkingCalendar::From(Data(text));
    ASSERT_FALSE(calendar.ok()) << text;
    EXPECT_NE(std::string(calendar.status().message()).find(expected), std::string::npos)
        << calendar.status();
  }
}

TEST(WorkingCalendar, TheShippedOneKnowsTheSpringFestival) {
  stored::WorkingCalendar data;
  ASSERT_TRUE(ReadTextFile(RELIEF_CALENDAR_FILE, &data).ok());
  const auto calendar = WorkingCalendar::From(data);
  ASSERT_TRUE(calendar.ok()) << calendar.status();
  EXPECT_FALSE(calendar->IsWorkingDay({2026, 2, 17})) << "the first day of the lunar year";
  EXPECT_TRUE(calendar->IsWorkingDay({2026, 2, 24}));
}

TEST(ReferralSettings, TheLongestPrefixWinsAndThenTheProgramme) {
  config::Referrals config;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    working_days: 15
    limits { programme: TEMPORARY working_days: 7 }
    limits { region_prefix: "3713" working_days: 10 }
    limits { programme: TEMPORARY region_prefix: "3713" working_days: 3 })",
                                                            &config));
  const auto settings = LoadReferralSettings(config);
  ASSERT_TRUE(settings.ok()) << settings.status();
  const auto limit = [&](v1::Programme programme, const char* region) {
    v1::Target target;
    target.set_programme(programme);
    target.set_region(region);
    return settings->LimitFor(target);
  };
  EXPECT_EQ(limit(v1::MEDICAL, "110101"), 15);
  EXPECT_EQ(limit(v1::TEMPORARY, "110101"), 7);
  EXPECT_EQ(limit(v1::MEDICAL, "371302"), 10);
  EXPECT_EQ(limit(v1::TEMPORARY, "371302"), 3);
  EXPECT_EQ(LoadReferralSettings({})->LimitFor({}), 20) << "where nothing says otherwise";
}

}  // namespace
}  // namespace relief::server::referrals
