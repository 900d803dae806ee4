// What the hub claims of people follows what its sources can say: nothing for want of a source, nothing while
// one is silent, and the right answer for everybody as soon as one delivers.
#include "server/findings/feed_rows.h"

#include "server/findings/answers.h"
#include "server/ingest/loads.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::findings {
namespace {

using Sheet = v1::Entitlement;

core::Hub::Options WithFeeds(matcher::CivilDate as_of = {2026, 10, 31}) {
  core::Hub::Options options = TestOptions();
  options.as_of = as_of;
  options.features.Set(GapSettings{});
  return options;
}

v1::Record Premium(const Who& who, const std::string& id, int year = 2026,
                   const std::string& county = "371302") {
  v1::Record record = RecordOf(who, id);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::MEDICAL);
  benefit.set_form(v1::INSURANCE_SUBSIDY);
  benefit.set_benefit_year(year);
  benefit.set_amount_fen(38000);
  benefit.set_paying_region(county);
  return record;
}

class Gaps : public testing::Test {
 protected:
  Gaps() : store_(storage::NewMemoryStore()) { Reopen({2026, 10, 31}); }

  void Reopen(matcher::CivilDate as_of) {
    hub_.reset();
    hub_ = OpenHub(std::make_unique<BorrowedStore>(*store_), WithFeeds(as_of));
  }
  Who Person(int i) { return MadeUp("王秀英", {1960, 1, static_cast<uint8_t>(1 + i)}, 100 + i); }

  void PushAllowance(int from, int to, const std::string& county = "371302") {
    std::vector<v1::Record> records;
    for (int i = from; i < to; ++i)
      records.push_back(
          Monthly(Person(i), "A" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2025, 1), county));
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING), records);
  }
  void PushPremiums(int from, int to, int year = 2026, const std::string& county = "371302") {
    std::vector<v1::Record> records;
    for (int i = from; i < to; ++i)
      records.push_back(
          Premium(Person(i), "P" + std::to_string(year) + "-" + std::to_string(i), year, county));
    Push(*hub_, OpenBenefits(*hub_, "med", v1::MEDICAL), records);
  }
  std::vector<v1::Finding> M01() {
    std::vector<v1::Finding> gaps;
    for (v1::Finding& finding : OpenFindings(*hub_))
      if (finding.rule_id() == "M01") gaps.push_back(finding);
    return gaps;
  }
  AnswerCounts Counts(const std::string& rule = "M01") {
    auto answers = ReadAnswers(*hub_->store().Snapshot(), "", 0);
    EXPECT_TRUE(answers.ok()) << answers.status();
    return (*answers)[""][rule];
  }

  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<core::Hub> hub_;
};

TEST_F(Gaps, WithoutASourceOfTheProgrammeNobodyIsMissedAndTheReasonIsCounted) {
  PushAllowance(0, 8);
  EXPECT_TRUE(M01().empty());
  EXPECT_EQ(Counts().undecided[Sheet::NO_FEED], 8);
  EXPECT_EQ(Counts().not_helped, 0);
}

TEST_F(Gaps, TheFirstDeliveryDecidesForEverybodyAtOnce) {
  PushAllowance(0, 8);
  PushPremiums(0, 6);
  EXPECT_EQ(M01().size(), 2u);
  EXPECT_EQ(Counts().helped, 6);
  EXPECT_EQ(Counts().not_helped, 2);
  EXPECT_EQ(Counts().all_undecided(), 0);
}

TEST_F(Gaps, ACountyThatTheSourceNeverNamesCannotBeTold) {
  PushAllowance(0, 6);
  PushAllowance(6, 16, "371311");
  PushPremiums(0, 6);
  EXPECT_TRUE(M01().empty());
  EXPECT_EQ(Counts().undecided[Sheet::OTHER_REGION], 10);
}

TEST_F(Gaps, ASilentSourceNeitherOpensNorClosesAndItsDeliveryGoesOn) {
  PushAllowance(0, 8);
  PushPremiums(0, 6);
  ASSERT_EQ(M01().size(), 2u);
  const std::string kept = M01().front().SerializeAsString();
  Reopen({2026, 12, 20});
  EXPECT_EQ(M01().size(), 2u) << "not closed by the silence";
  PushAllowance(8, 10);
  EXPECT_EQ(M01().size(), 2u) << "not opened in the silence";
  EXPECT_EQ(Counts().undecided[Sheet::FEED_SILENT], 4);
  EXPECT_EQ(Counts().helped, 6);
  PushPremiums(0, 7);
  EXPECT_EQ(M01().size(), 3u) << "one of the two was helped, and the two that came in the silence are seen";
  EXPECT_EQ(Counts().all_undecided(), 0);
}

TEST_F(Gaps, OfAYearWhoseListHasNotComeNobodyIsMissed) {
  PushAllowance(0, 8);
  PushPremiums(0, 6);
  Reopen({2027, 4, 30});
  PushPremiums(0, 6);  // the old year's list again: the source is heard
  EXPECT_TRUE(M01().empty());
  EXPECT_EQ(Counts().undecided[Sheet::PERIOD_NOT_DELIVERED], 8);
  PushPremiums(0, 5, 2027);
  EXPECT_EQ(M01().size(), 3u);
  EXPECT_EQ(M01().front().period(), "2027");
}

TEST_F(Gaps, WhatASourceWithdrawsItNoLongerCovers) {
  PushAllowance(0, 3);
  PushPremiums(0, 2);
  ASSERT_EQ(M01().size(), 1u);
  for (int i = 0; i < 2; ++i) {
    v1::Record gone = Premium(Person(i), "P2026-" + std::to_string(i));
    gone.set_version(2);
    gone.set_deleted(true);
    Push(*hub_, OpenBenefits(*hub_, "med", v1::MEDICAL), {gone});
  }
  EXPECT_TRUE(M01().empty());
  EXPECT_EQ(Counts().undecided[Sheet::NO_FEED] + Counts().undecided[Sheet::FORM_NOT_DELIVERED], 3);
}

TEST_F(Gaps, WhatWasDeclaredCountsBeforeAnythingWasDelivered) {
  PushAllowance(0, 8);
  v1::Source declared;
  declared.set_source_id("med");
  declared.set_content(v1::Source::BENEFITS);
  declared.set_programme(v1::MEDICAL);
  declared.mutable_declared()->add_region_prefixes("371302");
  declared.mutable_declared()->add_forms(v1::INSURANCE_SUBSIDY);
  ASSERT_TRUE(ingest::RegisterSource(*hub_, declared, "local").ok());
  EXPECT_EQ(Counts().undecided[Sheet::FEED_SILENT], 8) << "it was never heard";
  v1::Source shown = declared;
  ASSERT_TRUE(DescribeFeed(hub_->store(), {2026, 10, 31}, &shown).ok());
  EXPECT_TRUE(shown.silent());
  EXPECT_FALSE(shown.has_last_delivery_date());
}

TEST_F(Gaps, ALoadThatIsUnderWayIsNotJudgedBy) {
  PushAllowance(0, 8);
  const auto load = ingest::BeginLoad(*hub_, {}, "local");
  ASSERT_TRUE(load.ok()) << load.status();
  const auto push = [&](int i) {
    v1::Batch batch;
    *batch.add_records() = Premium(Person(i), "P" + std::to_string(i));
    const v1::Source source = OpenBenefits(*hub_, "med", v1::MEDICAL);
    EXPECT_TRUE(ingest::SubmitBatch(*hub_, source, std::move(batch), "local", load->load_id()).get().ok());
  };
  push(0);
  EXPECT_TRUE(M01().empty()) << "the rest is still to come";
  for (int i = 1; i < 7; ++i) push(i);
  v1::EndLoadRequest end;
  end.set_load_id(load->load_id());
  ASSERT_TRUE(ingest::EndLoad(*hub_, end, "local").ok());
  EXPECT_EQ(M01().size(), 1u);
}

TEST_F(Gaps, TheOrderOfDeliveriesLeavesNoTrace) {
  const auto seen = [&] {
    std::map<std::string, std::string> rows;
    for (v1::Finding finding : OpenFindings(*hub_)) {
      for (const auto clear : {&v1::Finding::clear_open_time, &v1::Finding::clear_update_time})
        (finding.*clear)();
      finding.clear_events();
      rows[finding.finding_id()] = finding.ShortDebugString();
    }
    for (const auto& [key, value] : Rows(*hub_, "hG")) rows[key] = value;
    for (const auto& [key, value] : Rows(*hub_, "hFj")) rows[key] = value;
    return rows;
  };
  PushAllowance(0, 8);
  PushPremiums(0, 3);
  PushPremiums(3, 6);
  const auto forwards = seen();
  store_ = storage::NewMemoryStore();
  Reopen({2026, 10, 31});
  PushPremiums(3, 6);
  PushAllowance(4, 8);
  PushPremiums(0, 3);
  PushAllowance(0, 4);
  EXPECT_EQ(seen(), forwards);
}

TEST_F(Gaps, AnUpgradeMakesTheSameRowsAgain) {
  PushAllowance(0, 8);
  PushPremiums(0, 6);
  const auto before = Rows(*hub_, "hG");
  const auto feeds = Rows(*hub_, "hFj");
  hub_.reset();
  stored::Basis basis;
  ASSERT_TRUE(basis.ParseFromString((*store_->Scan("hb", "", 1))[0].row.value));
  basis.set_model_version("another");
  storage::Transaction txn(*store_);
  txn.Put("hb", basis.SerializeAsString());
  ASSERT_TRUE(txn.Commit().ok());
  Reopen({2026, 10, 31});
  EXPECT_EQ(Rows(*hub_, "hG"), before);
  EXPECT_EQ(Rows(*hub_, "hFj"), feeds);
}

TEST_F(Gaps, InALargeHubEverybodyIsJudgedAgainInSteps) {
  std::vector<v1::Record> records;
  for (int i = 0; i < 700; ++i)
    records.push_back(Monthly(
        MadeUp("刘建国", {static_cast<int16_t>(1940 + i / 20), 2, static_cast<uint8_t>(1 + i % 20)}, 100 + i),
        "A" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2025, 1)));
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING), records);
  EXPECT_TRUE(M01().empty());
  PushPremiums(0, 6);
  ASSERT_TRUE(hub_->WaitUntilJudged(std::chrono::minutes(2)));
  EXPECT_EQ(Counts().all_undecided(), 0);
  EXPECT_EQ(static_cast<int64_t>(M01().size()), Counts().not_helped);
  EXPECT_GT(M01().size(), 600u);
}

}  // namespace
}  // namespace relief::server::findings
