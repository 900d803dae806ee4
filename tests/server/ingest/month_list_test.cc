// Lists of months: who is on them, who is no longer, and what a row that could not be read says.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/core/schema.h"
#include "server/ingest/feed.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::ingest {
namespace {

const Who kDead = MadeUp("孙桂英", {1941, 5, 2}, 77);

class MonthLists : public testing::Test {
 protected:
  std::unique_ptr<core::Hub> hub_ = OpenHub();
  v1::Source source_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);

  static Who Person(int number) {
    return MadeUp("赵" + std::to_string(number), {1950, 1, static_cast<uint8_t>(1 + number)}, 100 + number);
  }
  // The person's award, as the list of `month` has it.
  static v1::Record Row(int number, v1::Month start, int64_t version = 1) {
    return Monthly(Person(number), "R" + std::to_string(number), v1::MINIMUM_LIVING, start, "371302",
                   version);
  }

  v1::SnapshotResult SendList(v1::Month month, const std::vector<v1::Record>& rows,
                              const std::vector<std::string>& mentioned = {}, int64_t unidentified = 0,
                              bool begun_with_list = false) {
    v1::BeginSnapshot begin;
    if (month.year() > 0) *begin.mutable_list_month() = month;
    const auto begun = BeginSnapshot(*hub_, "ml", "local", begin);
    EXPECT_TRUE(begun.ok()) << begun.status();
    v1::Batch batch;
    for (const v1::Record& row : rows) {
      if (begun_with_list) batch.add_begun_with_list(batch.records_size());
      *batch.add_records() = row;
    }
    for (const std::string& id : mentioned) batch.add_mentioned_record_ids(id);
    EXPECT_TRUE(SubmitBatch(*hub_, source_, batch, "local").get().ok());
    v1::CommitSnapshot commit;
    commit.set_snapshot_id(begun->snapshot_id());
    commit.set_unidentified_rows(unidentified);
    const auto result = CommitSnapshot(*hub_, "ml", commit, "local");
    EXPECT_TRUE(result.ok()) << result.status();
    return *result;
  }

  std::vector<v1::Record> Rows(const std::vector<int>& numbers, v1::Month start = MonthOf(2025, 1)) {
    std::vector<v1::Record> rows;
    for (int number : numbers) rows.push_back(Row(number, start));
    return rows;
  }

  // As the rules see it: "2025-1..2026-10", or "2025-1.." while it runs.
  std::string Spell(const std::string& record_id) {
    const std::string key = schema::RecordRow(matcher::RecordKey::Of("ml", record_id));
    stored::Record record;
    EXPECT_TRUE(record.ParseFromString((*hub_->store().MultiGet({&key, 1}))[0].value));
    if (record.state() == stored::Record::DELETED) return "withdrawn";
    const v1::Benefit benefit = records::EffectiveRecord(record).benefit();
    const auto month = [](const v1::Month& m) {
      return m.year() == 0 ? "" : std::to_string(m.year()) + "-" + std::to_string(m.month());
    };
    return month(benefit.start_month()) + ".." + month(benefit.end_month());
  }
};

TEST_F(MonthLists, WhoIsNoLongerOnTheListHasEndedWithTheMonthBefore) {
  const std::vector<int> all = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, fewer = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  SendList(MonthOf(2026, 6), Rows(all));
  EXPECT_EQ(SendList(MonthOf(2026, 7), Rows(fewer)).ended(), 1);
  EXPECT_EQ(Spell("R9"), "2025-1..2026-6") << "not with the day of the load, which is 2026-10-31";
  EXPECT_EQ(Spell("R0"), "2025-1..");
  EXPECT_EQ(GetSource(hub_->store(), "ml")->last_list_month().month(), 7);
}

TEST_F(MonthLists, SayTheSameInEveryOrder) {
  const std::map<int, std::vector<int>> lists = {{6, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
                                                 {7, {0, 1, 2, 3, 4, 5, 6, 7, 8}},
                                                 {8, {0, 1, 2, 3, 4, 5, 6, 7, 10}}};
  std::vector<int> order = {6, 7, 8};
  std::string expected;
  do {
    hub_ = OpenHub();
    source_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
    for (int month : order)
      EXPECT_EQ(SendList(MonthOf(2026, month), Rows(lists.at(month))).state(), v1::SnapshotResult::COMMITTED);
    std::string spells;
    for (int i = 0; i <= 10; ++i) spells += Spell("R" + std::to_string(i)) + " ";
    if (expected.empty()) expected = spells;
    EXPECT_EQ(spells, expected) << order[0] << order[1] << order[2];
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_NE(expected.find("2025-1..2026-6"), std::string::npos) << expected;
  EXPECT_NE(expected.find("2025-1..2026-7"), std::string::npos) << expected;
}

TEST_F(MonthLists, AListThatIsSentAnewReplacesTheOneOfItsMonth) {
  SendList(MonthOf(2026, 6), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  SendList(MonthOf(2026, 6), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(Spell("R9"), "2025-1..2026-5");
}

TEST_F(MonthLists, ALaterListIsRightWhateverTheVersions) {
  std::vector<v1::Record> june = Rows({0, 1, 2}), july = Rows({0, 1, 2});
  june[0].set_version(900);
  july[0].mutable_benefit()->set_amount_fen(70000);
  july[0].set_version(100);
  SendList(MonthOf(2026, 7), july);
  SendList(MonthOf(2026, 6), june);
  const std::string key = schema::RecordRow(matcher::RecordKey::Of("ml", "R0"));
  stored::Record record;
  ASSERT_TRUE(record.ParseFromString((*hub_->store().MultiGet({&key, 1}))[0].value));
  EXPECT_EQ(record.record().benefit().amount_fen(), 70000);
}

TEST_F(MonthLists, AnAwardKeepsTheMonthOfItsFirstList) {
  SendList(MonthOf(2026, 7), Rows({0, 1, 2}, MonthOf(2026, 7)), {}, 0, true);
  SendList(MonthOf(2026, 8), Rows({0, 1, 2, 3}, MonthOf(2026, 8)), {}, 0, true);
  EXPECT_EQ(Spell("R0"), "2026-7..");
  EXPECT_EQ(Spell("R3"), "2026-8..");
  SendList(MonthOf(2026, 6), Rows({0, 1, 2}, MonthOf(2026, 6)), {}, 0, true);
  EXPECT_EQ(Spell("R0"), "2026-6..") << "an older list that comes later says that it began earlier";
}

TEST_F(MonthLists, ARowThatCouldNotBeReadEndsNothing) {
  SendList(MonthOf(2026, 6), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(SendList(MonthOf(2026, 7), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8}), {"R9"}).ended(), 0);
  EXPECT_EQ(Spell("R9"), "2025-1..");
}

TEST_F(MonthLists, ARowThatTheHubRefusesEndsNothing) {
  SendList(MonthOf(2026, 6), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  std::vector<v1::Record> rows = Rows({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  rows[9].mutable_benefit()->set_amount_fen(-1);
  EXPECT_EQ(SendList(MonthOf(2026, 7), rows).ended(), 0);
  EXPECT_EQ(Spell("R9"), "2025-1..");
}

TEST_F(MonthLists, ARowThatNamesNobodyHoldsTheListBack) {
  SendList(MonthOf(2026, 6), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const v1::SnapshotResult held = SendList(MonthOf(2026, 7), Rows({0, 1, 2, 3, 4, 5, 6, 7, 8}), {}, 1);
  EXPECT_EQ(held.state(), v1::SnapshotResult::HELD);
  EXPECT_EQ(held.ended(), 1);
  EXPECT_EQ(Spell("R9"), "2025-1..") << "the row may be of this record";
  v1::ConfirmSnapshotRequest confirm;
  confirm.set_source_id("ml");
  confirm.set_snapshot_id(held.snapshot_id());
  confirm.set_reason("the row is a remark");
  ASSERT_TRUE(ConfirmSnapshot(*hub_, confirm, "local").ok());
  EXPECT_EQ(Spell("R9"), "2025-1..2026-6");
}

TEST_F(MonthLists, ARowOfSomebodyNewThatNamesNobodyHoldsNothingBack) {
  SendList(MonthOf(2026, 6), Rows({0, 1, 2}));
  EXPECT_EQ(SendList(MonthOf(2026, 7), Rows({0, 1, 2}), {}, 1).state(), v1::SnapshotResult::COMMITTED);
}

TEST_F(MonthLists, AContentThatIsKnownBringsNothingBackThatWasWithdrawn) {
  v1::Batch batch;
  *batch.add_records() = Row(0, MonthOf(2025, 1), 5);
  batch.set_content_digest("A");
  ASSERT_TRUE(SubmitBatch(*hub_, source_, batch, "local").get().ok());
  v1::Record withdrawn;
  withdrawn.set_record_id("R0");
  withdrawn.set_version(6);
  withdrawn.set_deleted(true);
  Push(*hub_, source_, {withdrawn});
  EXPECT_EQ(Spell("R0"), "withdrawn");
  v1::Open open;
  open.set_source_id("ml");
  open.set_content(v1::Source::BENEFITS);
  open.set_programme(v1::MINIMUM_LIVING);
  open.set_content_digest("A");
  EXPECT_TRUE(OpenFeed(*hub_, open, "local")->content_known());
  open.set_content_digest("B");
  EXPECT_FALSE(OpenFeed(*hub_, open, "local")->content_known());
  // Another copy of the file, with a later version.
  v1::Batch again;
  *again.add_records() = Row(0, MonthOf(2025, 1), 9);
  ASSERT_EQ(SubmitBatch(*hub_, source_, again, "local", "", true).get()->stale(), 1);
  EXPECT_EQ(Spell("R0"), "withdrawn");
}

// What was entered in error is taken back as if it had never been.
TEST_F(MonthLists, AWrongDeathThatIsWithdrawnLeavesNothing) {
  const v1::Source deaths = OpenFacts(*hub_, "deaths");
  Push(*hub_, source_, {Monthly(kDead, "R0", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  const auto open = [this] {
    std::set<std::string> ids;
    for (const v1::Finding& finding : OpenFindings(*hub_)) ids.insert(finding.finding_id());
    return ids;
  };
  const auto before = open();
  Push(*hub_, deaths, {FactOf(kDead, "D1", v1::DEATH, {2026, 3, 1})});
  ASSERT_NE(open(), before) << "paid after a death";
  v1::Record withdrawn;
  withdrawn.set_record_id("D1");
  withdrawn.set_version(2);
  withdrawn.set_deleted(true);
  Push(*hub_, deaths, {withdrawn});
  EXPECT_EQ(open(), before);
  EXPECT_EQ(GetSource(hub_->store(), "deaths")->live_records(), 0);
}

TEST_F(MonthLists, KeysOfRecordIdsAreTheSourcesOwnAndStay) {
  v1::Open open;
  open.set_source_id("ml");
  open.set_content(v1::Source::BENEFITS);
  open.set_programme(v1::MINIMUM_LIVING);
  const std::string key = OpenFeed(*hub_, open, "local")->record_id_key();
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(OpenFeed(*hub_, open, "local")->record_id_key(), key);
  open.set_source_id("other");
  EXPECT_NE(OpenFeed(*hub_, open, "local")->record_id_key(), key);
  open.set_source_id("ml");
  const auto elsewhere = OpenHub();
  EXPECT_NE(OpenFeed(*elsewhere, open, "local")->record_id_key(), key) << "another hub has another secret";
}

}  // namespace
}  // namespace relief::server::ingest
