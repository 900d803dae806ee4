// A load is one unit: nobody is judged by half of it, a crash loses nothing, and the first load of a source is the state found.
#include <gtest/gtest.h>

#include "server/core/schema.h"
#include "server/findings/tally.h"
#include "server/ingest/feed.h"
#include "server/ingest/loads.h"
#include "server/notices/outbox.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::ingest {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kLi = MadeUp("李建国", {1960, 7, 1}, 35);

class Loads : public testing::Test {
 protected:
  std::unique_ptr<core::Hub> hub_ = OpenHub();

  std::string Begin(bool dry_run = false) {
    v1::BeginLoadRequest request;
    request.set_dry_run(dry_run);
    const auto load = BeginLoad(*hub_, request, "local");
    EXPECT_TRUE(load.ok()) << load.status();
    return load->load_id();
  }
  v1::LoadResult End(const std::string& load_id, bool give_up = false) {
    v1::EndLoadRequest request;
    request.set_load_id(load_id);
    request.set_give_up(give_up);
    const auto result = EndLoad(*hub_, request, "local");
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : v1::LoadResult();
  }
  absl::StatusOr<v1::BatchAck> PushIn(const std::string& load_id, const v1::Source& source,
                                      const std::vector<v1::Record>& records) {
    v1::Batch batch;
    for (const v1::Record& record : records) *batch.add_records() = record;
    return SubmitBatch(*hub_, source, std::move(batch), "local", load_id).get();
  }
  v1::Source Low() { return OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING); }
  v1::Source Poor() { return OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY); }

  // Both at once are a duplicate (D01).
  static v1::Record InLow(const Who& who, const std::string& id, int64_t version = 1) {
    return Monthly(who, id, v1::MINIMUM_LIVING, MonthOf(2026, 1), "371302", version);
  }
  static v1::Record InPoor(const Who& who, const std::string& id) {
    return Monthly(who, id, v1::EXTREME_POVERTY, MonthOf(2026, 1));
  }
  int64_t Events() { return static_cast<int64_t>(Rows(*hub_, "he").size()); }
  int64_t CountedAsOpened() {
    int64_t opened = 0;
    const auto reading = findings::ReadTally(hub_->store(), {});
    for (const auto& flow : reading->flows) opened += flow.cell.figures[findings::kOpened];
    return opened;
  }
};

TEST_F(Loads, NobodyIsJudgedBeforeTheLoadHasEnded) {
  const v1::Source low = Low(), poor = Poor();
  const std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  EXPECT_TRUE(OpenFindings(*hub_).empty());
  // The second file takes back what the first said: nothing was opened, and nothing is closed.
  v1::Record gone;
  gone.set_record_id("B");
  gone.set_version(2);
  gone.set_deleted(true);
  ASSERT_TRUE(PushIn(load, poor, {gone}).ok());
  const int64_t before = Events();
  const v1::LoadResult result = End(load);
  for (const v1::RuleChange& rule : result.rules()) EXPECT_NE(rule.rule_id(), "D01");
  for (const v1::Finding& finding : OpenFindings(*hub_)) EXPECT_NE(finding.rule_id(), "D01");
  EXPECT_EQ(before, 0);
  EXPECT_TRUE(Rows(*hub_, "ho").size() == 1) << "only the answer is kept";
}

TEST_F(Loads, GiveTheSameAsWithout) {
  for (const bool in_load : {false, true}) {
    hub_ = OpenHub();
    const v1::Source low = Low(), poor = Poor();
    const std::string load = in_load ? Begin() : "";
    ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A"), InLow(kLi, "C")}).ok());
    ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
    if (in_load) End(load);
    std::set<std::string> ids;
    for (const v1::Finding& finding : OpenFindings(*hub_)) ids.insert(finding.finding_id());
    static std::set<std::string> expected;
    if (!in_load) expected = ids;
    EXPECT_FALSE(ids.empty());
    EXPECT_EQ(ids, expected);
  }
}

TEST_F(Loads, OthersAreJudgedMeanwhile) {
  const v1::Source low = Low(), poor = Poor();
  const std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  Push(*hub_, low, {InLow(kLi, "C")});
  Push(*hub_, poor, {InPoor(kLi, "D")});
  EXPECT_FALSE(OpenFindings(*hub_).empty()) << "李建国 is in no load";
  Push(*hub_, poor, {InPoor(kWang, "B")});
  for (const v1::Finding& finding : OpenFindings(*hub_))
    for (const v1::Evidence& evidence : finding.evidence()) EXPECT_NE(evidence.record().record_id(), "A");
  End(load);
  bool of_wang = false;
  for (const v1::Finding& finding : OpenFindings(*hub_))
    for (const v1::Evidence& evidence : finding.evidence())
      of_wang = of_wang || evidence.record().record_id() == "A";
  EXPECT_TRUE(of_wang);
}

TEST_F(Loads, ALoadThatNobodyEndsIsEndedByTheHub) {
  core::Hub::Options options = TestOptions();
  LoadSettings settings = NewLoadSettings();
  settings.silence = std::chrono::seconds(0);
  options.features.Set(settings);
  hub_ = OpenHub(storage::NewMemoryStore(), options);
  const v1::Source low = Low(), poor = Poor();
  const std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  LoadKeeper(*hub_).EndDue();
  EXPECT_FALSE(OpenFindings(*hub_).empty());
  EXPECT_TRUE(absl::IsFailedPrecondition(PushIn(load, low, {InLow(kLi, "C")}).status()));
  EXPECT_EQ(GetSource(hub_->store(), "ml")->live_records(), 1) << "what was refused is not there";
}

TEST_F(Loads, ALoadWithAStreamIsNotSilent) {
  core::Hub::Options options = TestOptions();
  LoadSettings settings = NewLoadSettings();
  settings.silence = std::chrono::seconds(0);
  options.features.Set(settings);
  hub_ = OpenHub(storage::NewMemoryStore(), options);
  const v1::Source low = Low();
  const std::string load = Begin();
  {
    const auto part = LoadPart::Join(*hub_, load, "local");
    ASSERT_TRUE(part.ok()) << part.status();
    settings.silence = std::chrono::seconds(1);
    v1::EndLoadRequest request;
    request.set_load_id(load);
    EXPECT_TRUE(absl::IsFailedPrecondition(EndLoad(*hub_, request, "local").status()));
  }
  End(load);
}

TEST_F(Loads, SurviveACrash) {
  auto store = storage::NewMemoryStore();
  auto* kept = store.get();
  hub_ = OpenHub(std::move(store));
  const v1::Source low = Low(), poor = Poor();
  const std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  auto reopened = OpenHub(std::make_unique<BorrowedStore>(*kept));
  EXPECT_TRUE(OpenFindings(*reopened).empty()) << "the load is still open";
  v1::EndLoadRequest request;
  request.set_load_id(load);
  ASSERT_TRUE(EndLoad(*reopened, request, "local").ok());
  EXPECT_FALSE(OpenFindings(*reopened).empty());
  reopened.reset();
}

TEST_F(Loads, OneThatWasLeftOpenIsOverWhenItsSourceWasLoadedAnew) {
  const v1::Source low = Low(), poor = Poor();
  ASSERT_TRUE(PushIn(Begin(), low, {InLow(kWang, "A")}).ok());  // and its sender is gone
  const std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  End(load);
  EXPECT_FALSE(OpenFindings(*hub_).empty());
  EXPECT_TRUE(Rows(*hub_, "hop").empty());
}

TEST_F(Loads, BelongToWhoBeganThem) {
  const std::string load = Begin();
  v1::EndLoadRequest request;
  request.set_load_id(load);
  EXPECT_TRUE(absl::IsNotFound(EndLoad(*hub_, request, "spiffe://other").status()));
  EXPECT_TRUE(absl::IsNotFound(LoadPart::Join(*hub_, load, "spiffe://other").status()));
  EXPECT_TRUE(absl::IsNotFound(LoadPart::Join(*hub_, "L-0", "local").status()));
}

TEST_F(Loads, TheAnswerCanBeAskedAgain) {
  const v1::Source low = Low(), poor = Poor();
  const std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  const v1::LoadResult first = End(load), second = End(load);
  EXPECT_GT(first.rules_size(), 0);
  EXPECT_EQ(first.rules_size(), second.rules_size());
  EXPECT_EQ(first.sources(0).accepted(), 1);
}

TEST_F(Loads, TheFirstOfASourceIsTheStateFoundAndNobodysWork) {
  v1::CreateSubscriptionRequest subscribe;
  subscribe.mutable_subscription()->set_subscription_id("all");
  ASSERT_TRUE(notices::CreateSubscription(*hub_, subscribe, {"local", "local"}).ok());
  const v1::Source low = Low(), poor = Poor();
  std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  const v1::LoadResult first = End(load);
  EXPECT_TRUE(first.sources(0).baseline());
  ASSERT_FALSE(OpenFindings(*hub_).empty());
  for (const v1::Finding& finding : OpenFindings(*hub_)) EXPECT_TRUE(finding.by_baseline());
  EXPECT_EQ(CountedAsOpened(), 0);
  EXPECT_EQ(notices::GetSubscription(hub_->store(), "all")->last_sequence(), 0);

  // The second load is work.
  load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kLi, "C")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kLi, "D")}).ok());
  EXPECT_FALSE(End(load).sources(0).baseline());
  EXPECT_GT(CountedAsOpened(), 0);
  EXPECT_GT(notices::GetSubscription(hub_->store(), "all")->last_sequence(), 0);
  // The counts follow from the history as well.
  const auto replayed = findings::ReplayFindings(hub_->store(), INT64_MAX);
  ASSERT_TRUE(replayed.ok());
  int64_t opened = 0;
  for (const auto& flow : replayed->Read({}).flows) opened += flow.cell.figures[findings::kOpened];
  EXPECT_EQ(opened, CountedAsOpened());
}

TEST_F(Loads, AFirstLoadThatBrokeOffIsGoneOnWith) {
  const v1::Source low = Low(), poor = Poor();
  std::string load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kWang, "A")}).ok());
  End(load, true);
  load = Begin();
  ASSERT_TRUE(PushIn(load, low, {InLow(kLi, "C")}).ok());
  ASSERT_TRUE(PushIn(load, poor, {InPoor(kWang, "B")}).ok());
  const v1::LoadResult result = End(load);
  for (const v1::LoadedSource& source : result.sources())
    EXPECT_TRUE(source.baseline()) << source.source_id();
  EXPECT_EQ(CountedAsOpened(), 0);
}

TEST_F(Loads, ADryRunSaysWhatWouldOpenAndCloseAndKeepsNothing) {
  const v1::Source low = Low();
  Push(*hub_, low, {InLow(kWang, "A")});
  const std::string rows = std::to_string(Rows(*hub_, "hr").size());
  const std::string load = Begin(true);
  {
    const auto part = LoadPart::Join(*hub_, load, "local");
    ASSERT_TRUE(part.ok()) << part.status();
    ASSERT_TRUE((*part)->dry_run());
    v1::Open open;
    open.set_source_id("ep");
    open.set_content(v1::Source::BENEFITS);
    open.set_programme(v1::EXTREME_POVERTY);
    const auto opened = (*part)->Open(open);
    ASSERT_TRUE(opened.ok()) << opened.status();
    v1::Batch batch;
    *batch.add_records() = InPoor(kWang, "B");
    *batch.add_records() = Monthly(kLi, "C", v1::EXTREME_POVERTY, MonthOf(2026, 13));
    const v1::BatchAck ack = (*part)->Take(opened->source(), batch, false);
    EXPECT_EQ(ack.rejected_size(), 1);
  }
  const v1::LoadResult result = End(load);
  EXPECT_TRUE(result.dry_run());
  ASSERT_EQ(result.sources_size(), 1);
  EXPECT_EQ(result.sources(0).accepted(), 1);
  EXPECT_EQ(result.sources(0).rejected(), 1);
  bool duplicate = false;
  for (const v1::RuleChange& rule : result.rules())
    duplicate = duplicate || (rule.rule_id() == "D01" && rule.opened() == 1);
  EXPECT_TRUE(duplicate);
  EXPECT_EQ(std::to_string(Rows(*hub_, "hr").size()), rows);
  EXPECT_TRUE(Rows(*hub_, "ho").empty());
  EXPECT_TRUE(absl::IsNotFound(GetSource(hub_->store(), "ep").status())) << "it is not registered either";
}

TEST_F(Loads, ADryRunOfAListSaysWhoWouldEnd) {
  const v1::Source low = Low();
  Push(*hub_, low, {InLow(kWang, "A"), InLow(kLi, "C")});
  const std::string load = Begin(true);
  {
    const auto part = LoadPart::Join(*hub_, load, "local");
    v1::Open open;
    open.set_source_id("ml");
    open.set_content(v1::Source::BENEFITS);
    open.set_programme(v1::MINIMUM_LIVING);
    ASSERT_TRUE((*part)->Open(open).ok());
    v1::BeginSnapshot begin;
    *begin.mutable_list_month() = MonthOf(2026, 9);
    ASSERT_TRUE((*part)->BeginSnapshot(low, begin).ok());
    v1::Batch batch;
    *batch.add_records() = InLow(kWang, "A");
    (*part)->Take(low, batch, false);
    (*part)->EndSnapshot(low, true);
  }
  const v1::LoadResult result = End(load);
  ASSERT_EQ(result.sources_size(), 1);
  EXPECT_EQ(result.sources(0).ended(), 1);
  EXPECT_EQ(GetSource(hub_->store(), "ml")->live_records(), 2);
}

}  // namespace
}  // namespace relief::server::ingest
