#include "server/reports/schedule.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <utility>

#include "server/audit/audit.pb.h"
#include "server/core/schema.h"
#include "server/findings/report_rows.h"
#include "server/reports/schedule_runner.h"
#include "tests/server/contested_store.h"

namespace relief::server::reports {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMinute = 60'000'000, kHour = 60 * kMinute, kDay = 24 * kHour;

// In UTC+8.
int64_t At(matcher::CivilDate day, int hour = 0, int minute = 0) {
  return day.days() * kDay + (hour - 8) * kHour + minute * kMinute;
}

class ScheduleTest : public testing::Test {
 protected:
  ScheduleTest() {
    std::string name = (fs::temp_directory_path() / "relief-schedule-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    config_.set_name("county-monthly");
    config_.set_every(config::ReportSchedule::MONTH);
    config_.set_day(3);
    config_.set_time("06:00");
    config_.set_directory(folder_);
    config_.mutable_monthly_summary()->set_region_prefix("371302");
  }
  ~ScheduleTest() override { fs::remove_all(folder_); }

  void OpenHubOn(storage::Store& store) {
    core::Hub::Options options = TestOptions();
    options.clock = [this] { return now_us_; };
    hub_ = OpenHub(std::make_unique<BorrowedStore>(store), options);
  }
  std::unique_ptr<ScheduleRunner> Runner() {
    google::protobuf::RepeatedPtrField<config::ReportSchedule> configs;
    *configs.Add() = config_;
    auto schedules = LoadSchedules(configs);
    EXPECT_TRUE(schedules.ok()) << schedules.status();
    return std::make_unique<ScheduleRunner>(*hub_, *std::move(schedules));
  }
  std::set<std::string> Files() const {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_)) files.insert(entry.path().filename());
    return files;
  }
  std::string Content(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  int Claims() const {
    int claims = 0;
    for (const auto& [key, value] : Rows(*hub_, schema::kAuditPrefix)) {
      audit::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(value));
      claims += entry.action() == "report.schedule";
    }
    return claims;
  }

  std::string folder_;
  config::ReportSchedule config_;
  int64_t now_us_ = At({2026, 3, 1}, 12);
  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  std::unique_ptr<core::Hub> hub_;
};

TEST_F(ScheduleTest, TheDueTimesAreThoseOfTheCalendar) {
  struct Case {
    config::ReportSchedule::Every every;
    int day;
    int64_t now, last, next;
  };
  const Case cases[] = {
      {config::ReportSchedule::DAY, 0, At({2026, 3, 1}, 6), At({2026, 3, 1}, 6), At({2026, 3, 2}, 6)},
      {config::ReportSchedule::DAY, 0, At({2026, 3, 1}, 6) - 1, At({2026, 2, 28}, 6), At({2026, 3, 1}, 6)},
      {config::ReportSchedule::WEEK, 1, At({2026, 3, 1}, 12), At({2026, 2, 23}, 6),
       At({2026, 3, 2}, 6)},  // a Sunday
      {config::ReportSchedule::WEEK, 7, At({2026, 3, 1}, 12), At({2026, 3, 1}, 6), At({2026, 3, 8}, 6)},
      {config::ReportSchedule::MONTH, 3, At({2026, 3, 1}, 12), At({2026, 2, 3}, 6), At({2026, 3, 3}, 6)},
      {config::ReportSchedule::MONTH, 28, At({2026, 1, 1}, 0), At({2025, 12, 28}, 6), At({2026, 1, 28}, 6)},
  };
  for (const Case& one : cases) {
    config_.set_every(one.every);
    config_.set_day(one.day);
    const auto schedule = Schedule::Make(config_);
    ASSERT_TRUE(schedule.ok()) << schedule.status();
    EXPECT_EQ(schedule->LastDue(one.now), one.last) << schedule->DescriptionEn();
    EXPECT_EQ(schedule->NextDue(one.now), one.next) << schedule->DescriptionEn();
  }
}

TEST_F(ScheduleTest, EachWrongSettingIsNamedWithItsSchedule) {
  struct Case {
    const char* field;
    std::function<void(config::ReportSchedule&)> spoil;
  };
  const Case cases[] = {
      {"name", [](auto& c) { c.set_name("../up"); }},
      {"every", [](auto& c) { c.clear_every(); }},
      {"day", [](auto& c) { c.set_day(29); }},
      {"day", [](auto& c) { c.set_every(config::ReportSchedule::DAY); }},
      {"time", [](auto& c) { c.set_time("24:00"); }},
      {"time", [](auto& c) { c.set_time("6:00"); }},
      {"directory", [](auto& c) { c.set_directory("/nowhere/at/all"); }},
      {"directory", [](auto& c) { c.clear_directory(); }},
      {"gap_report", [](auto& c) { c.clear_monthly_summary(); }},
      {"gap_report", [](auto& c) { c.mutable_gap_report(); }},
      {"monthly_summary.region_prefix",
       [](auto& c) { c.mutable_monthly_summary()->set_region_prefix("371"); }},
      {"gap_report.format", [](auto& c) { c.clear_monthly_summary(), c.mutable_gap_report(); }},
      {"gap_report.report.region_digits",
       [](auto& c) {
         c.clear_monthly_summary();
         c.mutable_gap_report()->set_format(v1::EXPORT_CSV);
         c.mutable_gap_report()->mutable_report()->set_region_digits(3);
       }},
      {"gap_report.report",
       [](auto& c) {
         c.clear_monthly_summary();
         c.mutable_gap_report()->set_format(v1::EXPORT_CSV);
         c.mutable_gap_report()->mutable_report()->mutable_from_month()->set_year(2026);
       }},
  };
  for (const Case& one : cases) {
    config::ReportSchedule config = config_;
    one.spoil(config);
    const absl::Status status = Schedule::Make(config).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << one.field;
    const std::string expected = "report_schedules[" + config.name() + "]." + one.field + ":";
    EXPECT_EQ(std::string(status.message()).substr(0, expected.size()), expected);
  }
  google::protobuf::RepeatedPtrField<config::ReportSchedule> twice;
  *twice.Add() = config_;
  *twice.Add() = config_;
  EXPECT_TRUE(absl::IsInvalidArgument(LoadSchedules(twice).status()));
}

TEST_F(ScheduleTest, AReportIsWrittenWhenItIsDueAndOnce) {
  OpenHubOn(*store_);
  const auto runner = Runner();
  runner->RunDue();
  EXPECT_TRUE(Files().empty()) << "nothing from before it was configured is made up";
  now_us_ = At({2026, 3, 3}, 6) - 1;
  runner->RunDue();
  EXPECT_TRUE(Files().empty());
  now_us_ = At({2026, 3, 3}, 6);
  runner->RunDue();
  const std::string name = "county-monthly_20260303-0600.html";
  EXPECT_EQ(Files(), std::set<std::string>{name});
  EXPECT_NE(Content(name).find("2026年2月"), std::string::npos) << "of the month before";
  EXPECT_NE(Content(name).find("兰山区"), std::string::npos);
  fs::remove(folder_ + "/" + name);
  now_us_ += kDay;
  runner->RunDue();
  EXPECT_TRUE(Files().empty()) << "done is done";
  EXPECT_EQ(Claims(), 1);
  const auto list = runner->List();
  ASSERT_TRUE(list.ok() && list->schedules_size() == 1);
  const v1::ReportSchedule& listed = list->schedules(0);
  EXPECT_EQ(listed.description_zh(), "每月3日06:00，月报（HTML）");
  EXPECT_EQ(listed.last_file(), name);
  EXPECT_EQ(listed.last_time().seconds(), At({2026, 3, 3}, 6) / 1'000'000);
  EXPECT_EQ(listed.next_time().seconds(), At({2026, 4, 3}, 6) / 1'000'000);
  EXPECT_FALSE(listed.has_failed_since());
}

TEST_F(ScheduleTest, RunsThatWereMissedAreMadeUpOnceByTheNextProcess) {
  config_.set_every(config::ReportSchedule::DAY);
  config_.clear_day();
  config_.clear_monthly_summary();
  config_.mutable_gap_report()->set_format(v1::EXPORT_CSV);
  OpenHubOn(*store_);
  Runner()->RunDue();
  hub_.reset();
  now_us_ = At({2026, 3, 9}, 5);  // a week without the hub
  OpenHubOn(*store_);
  const auto runner = Runner();
  runner->RunDue();
  runner->RunDue();
  EXPECT_EQ(Files(), std::set<std::string>{"county-monthly_20260308-0600.csv"});
  EXPECT_NE(Content("county-monthly_20260308-0600.csv").find("合计"), std::string::npos);
  now_us_ = At({2026, 3, 9}, 6);
  runner->RunDue();
  EXPECT_EQ(Files().size(), 2u);
}

TEST_F(ScheduleTest, OfTwoHubsThatLookAtOnceOneMakesTheRun) {
  OpenHubOn(*store_);
  const std::unique_ptr<core::Hub> other = std::move(hub_);
  auto contested = std::make_unique<ContestedStore>(*store_);
  ContestedStore& between = *contested;
  core::Hub::Options options = TestOptions();
  options.clock = [this] { return now_us_; };
  hub_ = OpenHub(std::move(contested), options);
  const auto runner = Runner();
  runner->RunDue();
  now_us_ = At({2026, 3, 3}, 6);
  bool first = true;
  between.before_commit = [&](const storage::Commit&) {
    if (!std::exchange(first, false)) return;
    // The other has claimed the run, and is at work on its file.
    ASSERT_TRUE(other
                    ->Write([&](core::WriteContext& context) {
                      stored::ReportRuns runs;
                      runs.set_since_us(At({2026, 3, 1}, 12));
                      runs.set_claimed_us(now_us_);
                      runs.set_claimed_at_us(now_us_);
                      context.txn.Put(std::string(schema::kReportRunsPrefix) + "county-monthly",
                                      runs.SerializeAsString());
                      context.Audit({"schedule:county-monthly", "report.schedule", "", "", "", ""});
                      return absl::OkStatus();
                    })
                    .ok());
  };
  runner->RunDue();
  between.before_commit = nullptr;
  EXPECT_TRUE(Files().empty()) << "it is the other's to make";
  EXPECT_EQ(Claims(), 1);
  runner->RunDue();
  EXPECT_TRUE(Files().empty()) << "the other is still at work";
  now_us_ += kHour;  // the other has ended before it was done
  runner->RunDue();
  EXPECT_EQ(Files(), std::set<std::string>{"county-monthly_20260303-0600.html"});
  EXPECT_EQ(Claims(), 1);
}

// A store that fails or ends the process's work at a chosen commit.
class InterruptedStore final : public BorrowedStore {
 public:
  using BorrowedStore::BorrowedStore;
  absl::StatusOr<storage::CommitResult> Apply(const storage::Commit& commit) override {
    if (commits_left == 0) return absl::UnavailableError("the disk is away");
    --commits_left;
    return BorrowedStore::Apply(commit);
  }

  int commits_left = 1'000'000;
};

TEST_F(ScheduleTest, WhereverTheProcessEndsTheRunIsMadeOnceUnderItsName) {
  const std::string name = "county-monthly_20260303-0600.html";
  // The commits of a run: its claim, then that it is done. The process ends before the first, or between the
  // two.
  for (const int commits : {0, 1}) {
    const auto store = storage::NewMemoryStore();
    InterruptedStore interrupted(*store);
    now_us_ = At({2026, 3, 1}, 12);
    OpenHubOn(interrupted);
    Runner()->RunDue();
    now_us_ = At({2026, 3, 3}, 6);
    interrupted.commits_left = commits;
    Runner()->RunDue();
    EXPECT_EQ(Files().contains(name), commits == 1) << "no file without its entry in the audit chain";
    interrupted.commits_left = 1'000'000;
    hub_.reset();
    std::ofstream(folder_ + "/." + name + ".part") << "half";  // what an end amid writing leaves

    now_us_ += kHour;
    OpenHubOn(*store);
    const auto runner = Runner();
    runner->RunDue();
    EXPECT_EQ(Files(), std::set<std::string>{name}) << commits;
    EXPECT_NE(Content(name).find("</html>"), std::string::npos);
    EXPECT_EQ(Claims(), 1) << commits;
    fs::remove(folder_ + "/" + name);
    runner->RunDue();
    EXPECT_TRUE(Files().empty());
    hub_.reset();
  }
}

TEST_F(ScheduleTest, AFolderThatIsAwayIsToldAndTriedAgain) {
  OpenHubOn(*store_);
  const auto runner = Runner();
  runner->RunDue();
  const std::string away = folder_ + "-away";
  fs::rename(folder_, away);
  now_us_ = At({2026, 3, 3}, 6);
  runner->RunDue();
  auto list = runner->List();
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->schedules(0).failed_since().seconds(), now_us_ / 1'000'000);
  EXPECT_NE(list->schedules(0).failure().find("cannot create"), std::string::npos);
  EXPECT_FALSE(list->schedules(0).has_last_time());
  fs::rename(away, folder_);
  now_us_ += kMinute;
  runner->RunDue();
  EXPECT_TRUE(Files().empty()) << "not before ten minutes";
  now_us_ += 9 * kMinute;
  runner->RunDue();
  EXPECT_EQ(Files().size(), 1u);
  list = runner->List();
  ASSERT_TRUE(list.ok());
  EXPECT_FALSE(list->schedules(0).has_failed_since());
  EXPECT_EQ(list->schedules(0).failure(), "");
  EXPECT_EQ(Claims(), 1);
}

// Whoever may write into the folder made the part beforehand, to own what will be written, to have something else
// overwritten, or to hold the hub up.
TEST_F(ScheduleTest, WhatStandsInAReportsPlaceIsReplacedAndNotWrittenInto) {
  const std::string name = "county-monthly_20260303-0600.html", part = folder_ + "/." + name + ".part",
                    elsewhere = folder_ + "/elsewhere";
  const auto put = [&](const std::string& text) { std::ofstream(elsewhere) << text; };
  const std::vector<std::function<void()>> tricks = {
      [&] { ASSERT_EQ(::symlink(elsewhere.c_str(), part.c_str()), 0); },
      [&] { ASSERT_EQ(::link(elsewhere.c_str(), part.c_str()), 0); },
      [&] { ASSERT_EQ(::mkfifo(part.c_str(), 0666), 0); },
      [&] { ASSERT_EQ(::symlink(elsewhere.c_str(), (folder_ + "/" + name).c_str()), 0); },
      [&] { std::ofstream(part) << "half of it", fs::permissions(part, fs::perms::all); },
  };
  for (size_t i = 0; i < tricks.size(); ++i) {
    for (const auto& entry : fs::directory_iterator(folder_)) fs::remove_all(entry.path());
    put("kept");
    tricks[i]();
    store_ = storage::NewMemoryStore();
    now_us_ = At({2026, 3, 1}, 12);
    OpenHubOn(*store_);
    const auto runner = Runner();
    runner->RunDue();
    now_us_ = At({2026, 3, 3}, 6);
    const mode_t mask = ::umask(i % 2 == 0 ? 077 : 0);
    runner->RunDue();
    ::umask(mask);
    EXPECT_EQ(Content("elsewhere"), "kept") << i;
    EXPECT_NE(Content(name).find("2026年2月"), std::string::npos) << i;
    struct stat file {};
    ASSERT_EQ(::lstat((folder_ + "/" + name).c_str(), &file), 0) << i;
    EXPECT_TRUE(S_ISREG(file.st_mode)) << i;
    EXPECT_EQ(file.st_mode & 07777, 0640u) << i << ": whatever the mask";
    EXPECT_EQ(file.st_nlink, 1u) << i;
    EXPECT_FALSE(fs::exists(part)) << i;
    hub_.reset();
  }
}

// A name is part of a path: none leads out of the folder.
TEST_F(ScheduleTest, NoNameLeadsOutOfTheFolder) {
  for (const char* name : {"../up", "..", ".", "", "a/b", "/etc/cron.d/x", "a\\b", ".hidden", "a\nb", "月报",
                           "a b", "a%2fb", "con:"}) {
    config_.set_name(name);
    EXPECT_TRUE(absl::IsInvalidArgument(Schedule::Make(config_).status())) << name;
  }
  config_.set_name("a");
  const auto schedule = Schedule::Make(config_);
  ASSERT_TRUE(schedule.ok()) << schedule.status();
  EXPECT_EQ(schedule->FileName(At({2026, 3, 3}, 6)), "a_20260303-0600.html");
}

TEST_F(ScheduleTest, TheRunnerLooksByItselfAndStopsWhenAsked) {
  OpenHubOn(*store_);
  Runner()->RunDue();
  now_us_ = At({2026, 3, 3}, 6);
  const auto runner = Runner();
  runner->Start();
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (Files().empty() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(Files().size(), 1u);
}

}  // namespace
}  // namespace relief::server::reports
