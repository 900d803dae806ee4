// Officers' files are loads as the client's are: one unit, lists of months, contents that are known, and a dry run that says what
// would come of it.
#include <algorithm>

#include "adapters/load_unit.h"
#include "tests/server/intake/desk_at_work.h"

namespace relief::server::intake {
namespace {

using State = v1::Upload;

std::string Number(int sequence) { return MadeUp("", {1950, 3, 14}, sequence).id_number; }

// A list without first months: people from `from` on.
std::string List(int month, int people, int from = 0) {
  std::string text = "兰山区2026年" + std::to_string(month) + "月低保名册\n姓名,身份证号,月保障金\n";
  for (int i = from; i < from + people; ++i) text += "王秀兰," + Number(100 + i) + ",650\n";
  return text;
}

std::string Deaths() {
  return "火化人员名单\n姓名,身份证号,死亡日期\n王秀兰," + Number(100) + ",2026-03-01\n";
}

// A workbook in the oldest form that is text.
std::string Workbook(const std::vector<std::pair<std::string, std::string>>& sheets) {
  std::string book =
      "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "
      "xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">";
  for (const auto& [name, text] : sheets) {
    book += "<Worksheet ss:Name=\"" + name + "\"><Table><Row>";
    std::string cell;
    for (const char c : text) {
      if (c != ',' && c != '\n') {
        cell += c;
        continue;
      }
      book += "<Cell><Data ss:Type=\"String\">" + std::exchange(cell, "") + "</Data></Cell>";
      if (c == '\n') book += "</Row><Row>";
    }
    book += "</Row></Table></Worksheet>";
  }
  return book + "</Workbook>";
}

class DeskLoad : public testing::Test {
 protected:
  // Reads a file in the light of a reading (of every table), and tries it.
  v1::Upload Tried(const std::string& name, const std::string& content,
                   v1::TableReading reading = v1::TABLE_READING_UNSPECIFIED) {
    v1::Upload read = at_.Read(name, content);
    EXPECT_EQ(read.state(), State::ASKING) << read.failure().text_en();
    if (reading != v1::TABLE_READING_UNSPECIFIED) {
      v1::UploadAnswers answers;
      for (const v1::UploadTable& table : read.tables()) {
        v1::UploadTarget& target = *answers.add_targets();
        target.set_source_id(table.source_id());
        target.set_reading(reading);
      }
      read = at_.Answer(read.upload_id(), answers);
    }
    const v1::Upload tried = at_.Try(read.upload_id());
    EXPECT_EQ(tried.state(), State::TRIED) << tried.failure().text_en();
    return tried;
  }
  v1::Upload Loaded(const std::string& name, const std::string& content,
                    v1::TableReading reading = v1::TABLE_READING_UNSPECIFIED) {
    const v1::Upload loaded = at_.Load(Tried(name, content, reading).upload_id());
    EXPECT_EQ(loaded.state(), State::LOADED) << loaded.failure().text_en();
    return loaded;
  }
  std::map<std::string, int> ByState() {
    std::map<std::string, int> states;
    for (const auto& [key, value] : Rows(*at_.hub, schema::kRecordPrefix)) {
      stored::Record record;
      EXPECT_TRUE(record.ParseFromString(value));
      std::string state = stored::Record::State_Name(record.state());
      if (record.has_end_date())
        state +=
            " " + std::to_string(record.end_date().year()) + "-" + std::to_string(record.end_date().month());
      ++states[state];
    }
    return states;
  }
  std::set<std::string> OpenRules() {
    std::set<std::string> rules;
    for (const v1::Finding& finding : OpenFindings(*at_.hub)) rules.insert(finding.rule_id());
    return rules;
  }
  std::unique_ptr<v1::FeedService::StubInterface> Stub() { return at_.Feed(); }
  size_t OpenLoads() { return Rows(*at_.hub, schema::kOpenLoadPrefix).size(); }

  DeskAtWork at_;
};

TEST_F(DeskLoad, WhoIsNoLongerOnTheListHasEndedWithTheMonthBefore) {
  Loaded("八月.csv", List(8, 10), v1::TABLE_ROSTER);
  const v1::Upload tried = Tried("九月.csv", List(9, 9), v1::TABLE_ROSTER);
  EXPECT_EQ(tried.tables(0).period().month(), 9) << "as its title says";
  ASSERT_EQ(tried.result().sources_size(), 1);
  EXPECT_EQ(tried.result().sources(0).ended(), 1) << "the dry run says so";
  EXPECT_EQ(ByState(), (std::map<std::string, int>{{"LIVE", 10}})) << "and ends nobody";
  const v1::Upload loaded = at_.Load(tried.upload_id());
  EXPECT_EQ(loaded.tables(0).outcome().snapshot().ended(), 1);
  EXPECT_EQ(ByState(), (std::map<std::string, int>{{"LIVE", 9}, {"ENDED 2026-9", 1}}))
      << "from the first of the month of the first list without them";
}

TEST_F(DeskLoad, TheNextListIsReadAsTheLastOne) {
  Loaded("八月.csv", List(8, 10), v1::TABLE_ROSTER);
  EXPECT_EQ(at_.Read("九月.csv", List(9, 9)).tables(0).reading(), v1::TABLE_ROSTER);
}

TEST_F(DeskLoad, AnOlderListThatComesLateEndsNobodyWhoIsOnALaterOne) {
  Loaded("九月.csv", List(9, 10), v1::TABLE_ROSTER);
  const v1::Upload late = Loaded("八月.csv", List(8, 9), v1::TABLE_ROSTER);
  EXPECT_EQ(late.tables(0).changes(0).kind(), v1::UploadChange::OLDER_PERIOD);
  EXPECT_EQ(ByState(), (std::map<std::string, int>{{"LIVE", 10}}));
}

TEST_F(DeskLoad, SheetsOfSeveralMonthsAreAListEach) {
  const v1::Upload loaded =
      Loaded("名册.xls", Workbook({{"九月", List(9, 9)}, {"八月", List(8, 10)}}), v1::TABLE_ROSTER);
  ASSERT_EQ(loaded.tables_size(), 2);
  EXPECT_EQ(loaded.tables(0).period().month(), 9);
  EXPECT_EQ(loaded.tables(0).outcome().snapshot().ended(), 1) << "after the one of August";
  EXPECT_EQ(loaded.tables(1).outcome().accepted(), 10);
  EXPECT_EQ(ByState(), (std::map<std::string, int>{{"LIVE", 9}, {"ENDED 2026-9", 1}}));
}

TEST_F(DeskLoad, ADryRunSaysWhatALoadThenOpens) {
  Loaded("名册.csv", List(9, 3));
  const auto before = Rows(*at_.hub, schema::kFindingPrefix);
  const v1::Upload tried = Tried("死亡.csv", Deaths());
  ASSERT_GT(tried.result().rules_size(), 0) << tried.DebugString();
  EXPECT_TRUE(tried.result().dry_run());
  EXPECT_GT(tried.result().rules(0).opened(), 0);
  EXPECT_EQ(Rows(*at_.hub, schema::kFindingPrefix), before) << "nothing has changed";
  v1::Upload loaded = at_.Load(tried.upload_id());
  EXPECT_FALSE(loaded.result().dry_run());
  ASSERT_EQ(loaded.result().rules_size(), tried.result().rules_size());
  for (int i = 0; i < loaded.result().rules_size(); ++i)
    EXPECT_EQ(loaded.result().rules(i).DebugString(), tried.result().rules(i).DebugString());
  EXPECT_TRUE(loaded.result().sources(0).baseline()) << "the source's first load is the state that was found";
}

TEST_F(DeskLoad, AWithdrawalTakesBackAndTellsWhatWasNotThere) {
  Loaded("名册.csv", List(9, 3));
  const std::set<std::string> before = OpenRules();
  Loaded("死亡.csv", Deaths());
  EXPECT_NE(OpenRules(), before);
  const v1::Upload back =
      Loaded("撤销死亡.csv", Deaths() + "王秀兰," + Number(101) + ",2026-04-01\n", v1::TABLE_WITHDRAWAL);
  EXPECT_EQ(back.tables(0).outcome().not_withdrawn(), 1);
  EXPECT_EQ(OpenRules(), before);
  EXPECT_EQ(Loaded("死亡名单.csv", Deaths() + "\n").tables(0).reading(), v1::TABLE_CHANGES)
      << "a withdrawal is not how the next file is read";
}

TEST_F(DeskLoad, WhatTheClientHasLoadedIsKnown) {
  const auto path = at_.folder.parent_path() / "relief-desk-client.csv";
  std::ofstream(path, std::ios::binary) << List(9, 3);
  const auto knowledge = Knowledge::BuiltIn();
  adapters::IntakeOptions options;
  options.known = &(*knowledge)->mappings();
  options.words = &(*knowledge)->words();
  options.version = 1;
  auto file = adapters::IntakeFile::Open(path, options);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto rows = (*file)->Groups();
  const auto stub = Stub();
  auto load = adapters::LoadUnit::Begin(*stub, {});
  ASSERT_TRUE(load.ok()) << load.status();
  adapters::TableToFeed table;
  table.rows = rows[0].get();
  table.source_id = "minimum_living";
  table.content_digest = adapters::ContentDigest(*adapters::ContentHash(path), *rows[0], adapters::CHANGES);
  ASSERT_TRUE((*load)->Feed(table, {}).ok());
  ASSERT_TRUE((*load)->End(false).ok());
  std::filesystem::remove(path);
  const v1::Upload read = at_.Read("别的名字.csv", List(9, 3));
  ASSERT_EQ(read.tables(0).changes_size(), 1);
  EXPECT_EQ(read.tables(0).changes(0).kind(), v1::UploadChange::SAME_CONTENT);
}

TEST_F(DeskLoad, WhatABrokenOffLoadLeftOpenIsOverAfterTheNext) {
  const auto stub = Stub();
  {
    // Of the same officer, whose machine stopped in the middle of a list.
    const auto load = adapters::LoadUnit::Begin(*stub, {});
    ASSERT_TRUE(load.ok()) << load.status();
    v1::PushRequest open;
    open.mutable_open()->set_source_id("minimum_living");
    open.mutable_open()->set_content(v1::Source::BENEFITS);
    open.mutable_open()->set_programme(v1::MINIMUM_LIVING);
    open.mutable_open()->set_load_id((*load)->load_id());
    grpc::ClientContext context;
    const auto stream = stub->Push(&context);
    ASSERT_TRUE(stream->Write(open));
    v1::PushResponse response;
    ASSERT_TRUE(stream->Read(&response));
    open.mutable_begin_snapshot();
    ASSERT_TRUE(stream->Write(open));
    ASSERT_TRUE(stream->Read(&response));
  }
  EXPECT_EQ(OpenLoads(), 1u);
  Loaded("名册.csv", List(9, 3), v1::TABLE_ROSTER);
  EXPECT_EQ(OpenLoads(), 0u);
  EXPECT_EQ(ByState(), (std::map<std::string, int>{{"LIVE", 3}}));
}

TEST_F(DeskLoad, ALoadThatAStopInterruptsIsOneLoadAfterwards) {
  const std::string id = Tried("名册.csv", List(9, 60), v1::TABLE_ROSTER).upload_id();
  v1::LoadUploadRequest load;
  load.set_upload_id(id);
  for (int i = 0; i < 5; ++i) {
    at_.desk->Load(at_.officer, load).status().IgnoreError();
    at_.Open();  // the hub stops wherever the load is, and starts again
  }
  EXPECT_EQ(at_.Wait(id).state(), State::LOADED);
  EXPECT_EQ(OpenLoads(), 0u);
  EXPECT_EQ(ByState(), (std::map<std::string, int>{{"LIVE", 60}}));
}

TEST_F(DeskLoad, CorrectedRowsEndNobody) {
  Loaded("八月.csv", List(8, 10), v1::TABLE_ROSTER);
  std::string spoilt = List(9, 10);
  spoilt.replace(spoilt.rfind("650"), 3, "六百左右");
  const v1::Upload loaded = Loaded("九月.csv", spoilt, v1::TABLE_ROSTER);
  EXPECT_EQ(loaded.tables(0).outcome().snapshot().ended(), 0) << "a spoilt cell ends no award";
  const auto book = at_.desk->RejectedWorkbook(at_.officer, loaded.upload_id());
  ASSERT_TRUE(book.ok()) << book.status();
  const v1::Upload back = at_.Read("九月-未接收的行.xlsx", book->content());
  ASSERT_EQ(back.tables_size(), 1) << back.failure().text_en();
  EXPECT_EQ(back.tables(0).source_id(), "minimum_living") << "what names the table stands above it";
  EXPECT_EQ(back.tables(0).period().month(), 9);
  EXPECT_EQ(back.tables(0).reading(), v1::TABLE_CHANGES) << "it says nothing of the others";
}

TEST_F(DeskLoad, TellsWhatBecameOfEachColumn) {
  std::string text = List(9, 4);
  text.replace(text.rfind("650"), 3, "0.1万");
  text += "王秀兰," + Number(99) + ",六百左右\n王秀兰,3.71E+17,650\n";
  const v1::Upload tried = Tried("名册.csv", text);
  std::map<std::string, std::string> told;
  for (const v1::UploadColumnCount& column : tried.tables(0).outcome().columns())
    told[column.heading()] = std::to_string(column.filled()) + " " + std::to_string(column.noted()) + " " +
                             std::to_string(column.left_out()) + " " + std::to_string(column.rejected());
  EXPECT_EQ(told["姓名"], "6 0 0 0");
  EXPECT_EQ(told["身份证号"], "6 1 0 0");
  EXPECT_EQ(told["月保障金"], "6 1 0 1");
}

TEST_F(DeskLoad, WhatTheHubRefusesToTryCanBeTriedAgain) {
  DeskAtWork at(access::Policy::Open(), /*takes_new_sources=*/false);
  const v1::Upload read = at.Read("名册.csv", List(9, 3));
  const v1::Upload tried = at.Try(read.upload_id());
  EXPECT_EQ(tried.state(), State::ASKING);
  EXPECT_NE(tried.failure().text_zh().find("没有登记"), std::string::npos) << tried.failure().text_zh();
  v1::Source source;
  source.set_source_id("minimum_living");
  source.set_content(v1::Source::BENEFITS);
  source.set_programme(v1::MINIMUM_LIVING);
  ASSERT_TRUE(ingest::RegisterSource(*at.hub, source, "console:officer").ok());
  EXPECT_EQ(at.Try(read.upload_id()).state(), State::TRIED);
}

}  // namespace
}  // namespace relief::server::intake
