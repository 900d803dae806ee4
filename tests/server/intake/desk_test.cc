// What an officer's file goes through, from the first byte to the receipt.
#include "server/intake/desk.h"

#include "adapters/tabular/workbook.h"
#include "tests/server/access/guarded_hub.h"
#include "tests/server/intake/desk_at_work.h"

namespace relief::server::intake {
namespace {

using State = v1::Upload;

std::string Number(int sequence) { return MadeUp("", {1950, 3, 14}, sequence).id_number; }

std::string Roster(int people = 3, const std::string& amount = "650.00") {
  std::string text = "兰山区2026年10月城乡低保对象花名册\n低保证号,姓名,身份证号码,起始年月,月保障金（元）\n";
  for (int i = 0; i < people; ++i)
    text += "D" + std::to_string(i) + ",王秀兰," + Number(100 + i) + ",2026-01," + amount + "\n";
  return text;
}

const v1::UploadColumn* ColumnOf(const v1::Upload& upload, const std::string& heading) {
  for (const v1::UploadColumn& column : upload.tables(0).columns())
    if (column.heading() == heading) return &column;
  return nullptr;
}

TEST(Desk, ReadsTriesAndLoadsARosterAndKeepsTheReceipt) {
  DeskAtWork at;
  const v1::Upload read = at.Read("低保10月.csv", Roster());
  ASSERT_EQ(read.state(), State::ASKING) << read.failure().text_en();
  ASSERT_EQ(read.tables_size(), 1);
  EXPECT_EQ(read.tables(0).programme(), v1::MINIMUM_LIVING);
  EXPECT_EQ(read.tables(0).header_line(), 2);
  EXPECT_TRUE(read.tables(0).new_source());
  ASSERT_NE(ColumnOf(read, "姓名"), nullptr);
  EXPECT_EQ(ColumnOf(read, "姓名")->use(), "person.name");
  EXPECT_EQ(ColumnOf(read, "姓名")->samples(0), "王**");
  EXPECT_EQ(ColumnOf(read, "身份证号码")->samples(0), "3713**************");
  EXPECT_GT(read.uses_size(), 20);
  EXPECT_EQ(at.LiveRecords(), 0);

  const v1::Upload tried = at.Try(read.upload_id());
  ASSERT_EQ(tried.state(), State::TRIED) << tried.failure().text_en();
  EXPECT_TRUE(tried.tables(0).outcome().dry_run());
  EXPECT_EQ(tried.tables(0).outcome().would_send(), 3);
  EXPECT_EQ(at.LiveRecords(), 0) << "a dry run loads nothing";

  const v1::Upload loaded = at.Load(read.upload_id());
  ASSERT_EQ(loaded.state(), State::LOADED) << loaded.failure().text_en();
  EXPECT_EQ(loaded.tables(0).outcome().accepted(), 3);
  EXPECT_FALSE(loaded.has_expire_time());
  EXPECT_EQ(at.LiveRecords(), 3);
  EXPECT_TRUE(at.NoFileIsKept()) << "the file is not kept beyond the load";
  const auto list = at.desk->List(at.officer, {});
  ASSERT_EQ(list->uploads_size(), 1);
  EXPECT_EQ(list->uploads(0).tables(0).outcome().accepted(), 3);
}

TEST(Desk, WritesEachStepIntoTheAuditChainByTheOfficersName) {
  DeskAtWork at;
  const std::string id = at.Read("低保10月.csv", Roster()).upload_id();
  at.Try(id);
  at.Load(id);
  v1::DownloadTemplateRequest request;
  request.set_programme(v1::MEDICAL);
  EXPECT_TRUE(at.desk->Template(at.officer, request).ok());
  const auto actions = at.Actions();
  for (const char* action :
       {"intake.upload", "intake.confirmed", "intake.load", "feed.batch", "intake.loaded", "intake.template"})
    EXPECT_NE(std::find(actions.begin(), actions.end(), action), actions.end()) << action;
}

TEST(Desk, TakesWhatTheOfficerSaysOfAColumn) {
  DeskAtWork at;
  const std::string text =
      "低保名册\n甲,乙,身份证号,起始年月,月保障金\n王秀兰,无," + Number(1) + ",2026-01,650\n";
  const v1::Upload read = at.Read("低保.csv", text);
  ASSERT_EQ(read.state(), State::ASKING);
  EXPECT_NE(ColumnOf(read, "乙")->use(), "household.household_id");
  v1::UploadAnswers answers;
  for (const auto& [heading, use] : {std::pair("甲", "person.name"), {"乙", "unused"}}) {
    answers.add_columns()->set_heading(heading);
    answers.mutable_columns()->rbegin()->set_use(use);
  }
  const v1::Upload told = at.Answer(read.upload_id(), answers);
  EXPECT_EQ(ColumnOf(told, "甲")->use(), "person.name");
  EXPECT_EQ(ColumnOf(told, "甲")->because(), v1::UploadColumn::TOLD);
  EXPECT_EQ(ColumnOf(told, "乙")->use(), "unused");
  answers.mutable_columns(0)->set_use("anything");
  v1::AnswerUploadRequest wrong;
  wrong.set_upload_id(read.upload_id());
  *wrong.mutable_answers() = answers;
  EXPECT_TRUE(absl::IsInvalidArgument(at.desk->Answer(at.officer, wrong).status()));
}

TEST(Desk, LoadsNothingWhileAQuestionIsOpen) {
  DeskAtWork at;
  const v1::Upload read = at.Read("名单.csv", "姓名,身份证号\n王秀兰," + Number(1) + "\n");
  ASSERT_EQ(read.state(), State::ASKING) << read.failure().text_en();
  EXPECT_TRUE(absl::IsFailedPrecondition(at.desk->Try(at.officer, read.upload_id()).status()));
  v1::LoadUploadRequest load;
  load.set_upload_id(read.upload_id());
  EXPECT_TRUE(absl::IsFailedPrecondition(at.desk->Load(at.officer, load).status()));
}

TEST(Desk, GivesRejectedRowsBackAsAWorkbook) {
  DeskAtWork at;
  std::string text = Roster();
  text += "D9,李伟," + Number(200) + ",2026年十五月,650.00\n";
  const std::string id = at.Read("低保.csv", text).upload_id();
  const v1::Upload tried = at.Try(id);
  ASSERT_EQ(tried.state(), State::TRIED) << tried.failure().text_en();
  EXPECT_EQ(tried.tables(0).outcome().rejected(), 1);
  ASSERT_EQ(tried.tables(0).outcome().rejections_size(), 1);
  EXPECT_EQ(tried.tables(0).outcome().rejections(0).label().text_zh(), "起始月份");
  EXPECT_EQ(tried.tables(0).outcome().rejections(0).why().text_zh(), "“起始年月”列：不是月份，应如 2026-07");
  EXPECT_EQ(tried.tables(0).outcome().rejections(0).lines(0), 6);
  ASSERT_TRUE(tried.rejected_rows());
  const v1::Upload loaded = at.Load(id);
  EXPECT_EQ(loaded.tables(0).outcome().accepted(), 3);
  const auto file = at.desk->RejectedWorkbook(at.officer, id);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto path = at.folder / "back.xlsx";
  std::ofstream(path, std::ios::binary) << file->content();
  auto book = adapters::Workbook::Open(path);
  ASSERT_TRUE(book.ok()) << book.status();
  auto rows = (*book)->Read(0);
  adapters::SheetRow row;
  ASSERT_TRUE(*(*rows)->Next(&row));
  EXPECT_EQ(row.cells[0].rfind("兰山区2026年10月城乡低保对象花名册", 0), 0u) << "what names the table";
  ASSERT_TRUE(*(*rows)->Next(&row));
  EXPECT_EQ(row.cells.back(), "拒绝原因");
  ASSERT_TRUE(*(*rows)->Next(&row));
  EXPECT_EQ(row.cells[1], "李伟");
  EXPECT_EQ(row.cells[2], Number(200));
  EXPECT_FALSE(*(*rows)->Next(&row));
  // Corrected, it loads as it is.
  const std::string corrected = "低保证号,姓名,身份证号码,起始年月,月保障金（元）,拒绝原因\nD9,李伟," +
                                Number(200) + ",2026-02,650.00,起始月份\n";
  const std::string again = at.Read("低保-未接收的行.csv", corrected).upload_id();
  EXPECT_EQ(at.Try(again).tables(0).outcome().would_send(), 1);
  EXPECT_EQ(at.Load(again).tables(0).outcome().accepted(), 1);
}

TEST(Desk, KnowsTheNextFileOfASourceByItself) {
  DeskAtWork at;
  v1::Upload first = at.Read("低保10月.csv", Roster());
  v1::UploadAnswers answers;
  answers.add_targets()->set_source_id("lanshan-living");
  at.Answer(first.upload_id(), answers);
  at.Try(first.upload_id());
  EXPECT_EQ(at.Load(first.upload_id()).state(), State::LOADED);
  const v1::Upload next = at.Read("随便什么名字.csv", Roster(3, "700.00"));
  ASSERT_EQ(next.state(), State::ASKING);
  EXPECT_EQ(next.tables(0).source_id(), "lanshan-living");
  EXPECT_FALSE(next.tables(0).new_source());
  EXPECT_TRUE(next.tables(0).known()) << "its mapping was confirmed";
  EXPECT_EQ(next.tables(0).questions_size(), 0);
  at.Try(next.upload_id());
  EXPECT_EQ(at.Load(next.upload_id()).state(), State::LOADED);
  EXPECT_EQ(at.LiveRecords(), 3) << "the same awards, brought up to date";
}

TEST(Desk, SaysThatAContentWasLoadedBeforeAndLoadsItOnlyWhenAskedTo) {
  DeskAtWork at;
  for (int i = 0; i < 2; ++i) {
    const v1::Upload read = at.Read(std::to_string(i) + ".csv", Roster());
    const bool known = i > 0;
    ASSERT_EQ(read.tables(0).changes_size() > 0, known);
    if (known) {
      EXPECT_EQ(read.tables(0).changes(0).kind(), v1::UploadChange::SAME_CONTENT);
    }
    at.Try(read.upload_id());
    v1::LoadUploadRequest load;
    load.set_upload_id(read.upload_id());
    if (known) {
      EXPECT_TRUE(absl::IsFailedPrecondition(at.desk->Load(at.officer, load).status()));
    }
    const v1::Upload loaded = at.Load(read.upload_id(), known);
    EXPECT_EQ(loaded.tables(0).outcome().duplicate(), known ? 3 : 0);
  }
}

TEST(Desk, AnAwardKeepsTheMonthOfTheListThatNamedItFirst) {
  DeskAtWork at;
  for (const int month : {9, 10}) {
    const std::string text = "低保花名册\n低保证号,姓名,身份证号,月保障金\nD1,王秀兰," + Number(1) + "," +
                             std::to_string(600 + month) + "\n";
    const std::string id = at.Read(std::to_string(month) + "月.csv", text).upload_id();
    v1::UploadAnswers answers;
    *answers.mutable_period() = MonthOf(2026, month);
    at.Answer(id, answers);
    EXPECT_EQ(at.Try(id).state(), State::TRIED);
    EXPECT_EQ(at.Load(id).tables(0).outcome().accepted(), 1);
    at.now += int64_t{30} * 86'400'000'000;
  }
  const auto rows = Rows(*at.hub, schema::kRecordPrefix);
  ASSERT_EQ(rows.size(), 1u);
  stored::Record record;
  ASSERT_TRUE(record.ParseFromString(rows.begin()->second));
  EXPECT_EQ(record.record().benefit().start_month().month(), 9);
  EXPECT_EQ(record.record().benefit().amount_fen(), 61'000);
}

TEST(Desk, TellsWhatHasChangedSinceTheLastFile) {
  DeskAtWork at;
  const std::string id = at.Read("低保.csv", Roster(40)).upload_id();
  at.Try(id);
  at.Load(id);
  std::string changed = Roster(10);
  changed.replace(changed.find("低保证号"), std::string("低保证号").size(), "备注栏");
  const v1::Upload read = at.Read("低保11月.csv", changed);
  std::set<v1::UploadChange::Kind> kinds;
  const v1::Upload tried = at.Try(read.upload_id());
  for (const v1::UploadChange& change : tried.tables(0).changes()) kinds.insert(change.kind());
  EXPECT_TRUE(kinds.count(v1::UploadChange::COLUMN_GONE)) << tried.DebugString();
  EXPECT_TRUE(kinds.count(v1::UploadChange::COLUMN_NEW));
  EXPECT_TRUE(kinds.count(v1::UploadChange::FEWER_ROWS));
}

TEST(Desk, AnUploadIsItsSendersAlone) {
  DeskAtWork at;
  const std::string id = at.Read("低保.csv", Roster()).upload_id();
  const Officer other{"console:other", ""};
  EXPECT_TRUE(absl::IsNotFound(at.desk->Get(other, id).status()));
  EXPECT_TRUE(absl::IsNotFound(at.desk->Try(other, id).status()));
  EXPECT_TRUE(absl::IsNotFound(at.desk->Discard(other, id).status()));
  EXPECT_TRUE(absl::IsNotFound(at.desk->RejectedWorkbook(other, id).status()));
  EXPECT_EQ(at.desk->List(other, {})->uploads_size(), 0);
}

TEST(Desk, ASourceOutsideOfTheOfficersGrantsIsNotFed) {
  DeskAtWork at(
      access::WithCallers("callers { id: \"console:officer\" grants { roles: FEEDER programmes: "
                          "MINIMUM_LIVING region_prefixes: \"371302\" } }"
                          "callers { id: \"console:reader\" grants { roles: DATA_OFFICER all_programmes: "
                          "true whole_country: true } }"));
  const v1::Upload read = at.Read("低保.csv", Roster());
  EXPECT_TRUE(absl::IsPermissionDenied(at.desk->Try(at.officer, read.upload_id()).status()))
      << "a source of the whole country";
  v1::UploadAnswers answers;
  answers.set_region_prefix("371311");
  at.Answer(read.upload_id(), answers);
  EXPECT_TRUE(absl::IsPermissionDenied(at.desk->Try(at.officer, read.upload_id()).status()));
  answers.set_region_prefix("371302");
  at.Answer(read.upload_id(), answers);
  EXPECT_EQ(at.Try(read.upload_id()).state(), State::TRIED);
  EXPECT_EQ(at.Load(read.upload_id()).state(), State::LOADED);
  EXPECT_EQ(ingest::GetSource(at.hub->store(), "minimum_living-371302")->region_prefix(), "371302");

  // Whoever may not push at all is refused by the guard when it comes to the push.
  at.officer.caller = "console:reader";
  const v1::Upload mine = at.Read("低保.csv", Roster(5));
  EXPECT_TRUE(absl::IsPermissionDenied(at.desk->Try(at.officer, mine.upload_id()).status()));
  EXPECT_EQ(at.LiveRecords(), 3);
}

TEST(Desk, ABrokenFileFailsInOneSentenceAndIsRemoved) {
  DeskAtWork at;
  for (const std::string& content :
       {std::string("%PDF-1.7\n1 0 obj"), std::string("PK\x03\x04 not a workbook at all"),
        std::string(5000, '\xff'), std::string("\n\n\n")}) {
    const v1::Upload failed = at.Read("名册.xlsx", content);
    EXPECT_EQ(failed.state(), State::FAILED);
    EXPECT_FALSE(failed.failure().text_zh().empty());
    EXPECT_TRUE(at.NoFileIsKept());
  }
  EXPECT_EQ(at.Read("低保.csv", Roster()).state(), State::ASKING) << "the next one is read all the same";
}

TEST(Desk, APartMayComeTwiceAndAnInterruptedUploadGoesOn) {
  DeskAtWork at;
  const std::string text = Roster(200);
  v1::BeginUploadRequest begin;
  begin.set_file_name("C:\\名册\\低保.csv");
  begin.set_size_bytes(static_cast<int64_t>(text.size()));
  const std::string id = at.desk->Begin(at.officer, begin)->upload_id();
  EXPECT_EQ(at.desk->Get(at.officer, id)->file_name(), "低保.csv");
  v1::AppendUploadRequest part;
  part.set_upload_id(id);
  part.set_data(text.substr(0, 1000));
  EXPECT_EQ(at.desk->Append(at.officer, part)->received_bytes(), 1000);
  EXPECT_EQ(at.desk->Append(at.officer, part)->received_bytes(), 1000);
  part.set_offset(2000);
  EXPECT_TRUE(absl::IsOutOfRange(at.desk->Append(at.officer, part).status()));
  at.Open();  // the hub was restarted
  EXPECT_EQ(at.desk->Get(at.officer, id)->received_bytes(), 1000);
  part.set_offset(500);
  part.set_data(text.substr(500));
  EXPECT_TRUE(at.desk->Append(at.officer, part)->complete());
  EXPECT_EQ(at.Wait(id).state(), State::ASKING);
  EXPECT_EQ(at.Try(id).tables(0).outcome().would_send(), 200);
}

TEST(Desk, ALoadGoesOnAfterARestart) {
  DeskAtWork at;
  const std::string id = at.Read("低保.csv", Roster(50)).upload_id();
  at.Try(id);
  at.Open(/*start=*/false);  // nobody works on it
  v1::LoadUploadRequest load;
  load.set_upload_id(id);
  ASSERT_TRUE(at.desk->Load(at.officer, load).ok());
  EXPECT_EQ(at.LiveRecords(), 0);
  at.Open();
  EXPECT_EQ(at.Wait(id).state(), State::LOADED);
  EXPECT_EQ(at.LiveRecords(), 50);
}

TEST(Desk, WhatNobodyGoesOnWithIsRemoved) {
  DeskAtWork at;
  const std::string id = at.Read("低保.csv", Roster()).upload_id();
  at.now += int64_t{2} * 86'400'000'000;
  at.desk->RemoveExpired();
  EXPECT_EQ(at.desk->Get(at.officer, id)->state(), State::ASKING);
  EXPECT_EQ(at.FilesKept(), 1);
  at.now += int64_t{2} * 86'400'000'000;
  at.desk->RemoveExpired();
  EXPECT_EQ(at.desk->Get(at.officer, id)->state(), State::EXPIRED);
  EXPECT_TRUE(at.NoFileIsKept());
  EXPECT_TRUE(absl::IsFailedPrecondition(at.desk->Try(at.officer, id).status()));
}

TEST(Desk, WhatIsGivenUpIsRemovedAtOnce) {
  DeskAtWork at;
  const std::string id = at.Read("低保.csv", Roster()).upload_id();
  EXPECT_EQ(at.desk->Discard(at.officer, id)->state(), State::DISCARDED);
  EXPECT_TRUE(at.NoFileIsKept());
}

TEST(Desk, TakesNoMoreThanItsLimits) {
  DeskAtWork at;
  v1::BeginUploadRequest begin;
  begin.set_file_name("a.csv");
  EXPECT_TRUE(absl::IsInvalidArgument(at.desk->Begin(at.officer, begin).status()));
  begin.set_size_bytes((10 << 20) + 1);
  EXPECT_TRUE(absl::IsResourceExhausted(at.desk->Begin(at.officer, begin).status()));
  begin.set_size_bytes(10);
  for (int i = 0; i < Desk::kMostWaiting; ++i) ASSERT_TRUE(at.desk->Begin(at.officer, begin).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(at.desk->Begin(at.officer, begin).status()));
  const auto page = at.desk->List(at.officer, {});
  EXPECT_EQ(page->uploads_size(), 20);
  v1::AppendUploadRequest part;
  part.set_upload_id(page->uploads(0).upload_id());
  part.set_data("12345678901");
  EXPECT_TRUE(absl::IsInvalidArgument(at.desk->Append(at.officer, part).status())) << "more than was said";
}

}  // namespace
}  // namespace relief::server::intake
