#include "server/notices/outbox.h"

#include "server/core/schema.h"
#include "server/notices/backlog.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::notices {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kLi = MadeUp("李建国", {1960, 7, 1}, 35);

const Subscriber kUs{"spiffe://x/civil-affairs", "civil-affairs"},
    kUsToo{"spiffe://x/civil-affairs-2", "civil-affairs"}, kNeighbour{"spiffe://x/housing", "housing"};

class OutboxTest : public testing::Test {
 protected:
  v1::Subscription Subscribe(const v1::Subscription& asked, bool include_open = false) {
    v1::CreateSubscriptionRequest request;
    *request.mutable_subscription() = asked;
    request.set_include_open_findings(include_open);
    auto created = CreateSubscription(*hub_, request, kUs);
    EXPECT_TRUE(created.ok()) << created.status();
    return *created;
  }
  static v1::Subscription Named(const std::string& id) {
    v1::Subscription subscription;
    subscription.set_subscription_id(id);
    return subscription;
  }
  // 特困 and 低保 at once: one D01 (and whatever gaps the rules see).
  void MakeDuplicate(const Who& who, const std::string& id, const std::string& region) {
    Push(*hub_, care_, {Monthly(who, "T" + id, v1::EXTREME_POVERTY, MonthOf(2026, 1), region)});
    Push(*hub_, living_, {Monthly(who, "D" + id, v1::MINIMUM_LIVING, MonthOf(2026, 3), region)});
  }
  std::vector<v1::Notice> Read(const std::string& id, int64_t from = 1) {
    auto notices = ReadNotices(hub_->store(), id, from, 1000);
    EXPECT_TRUE(notices.ok()) << notices.status();
    return *notices;
  }

  std::unique_ptr<core::Hub> hub_ = OpenHub(storage::NewMemoryStore(), [] {
    core::Hub::Options options = TestOptions();
    options.features.Set(NoticeSettings{.retention = 2});
    return options;
  }());
  v1::Source care_ = OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY);
  v1::Source living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
};

TEST_F(OutboxTest, NumbersNoticesDenselyForEachSubscription) {
  Subscribe(Named("all"));
  v1::Subscription housing = Named("housing");
  housing.add_programmes(v1::HOUSING);
  Subscribe(housing);
  MakeDuplicate(kWang, "1", "371302");
  MakeDuplicate(kLi, "2", "371311");
  const auto notices = Read("all");
  ASSERT_GE(notices.size(), 2u);
  for (size_t i = 0; i < notices.size(); ++i) EXPECT_EQ(notices[i].sequence(), static_cast<int64_t>(i) + 1);
  for (const v1::Notice& notice : Read("housing"))
    EXPECT_NE(notice.finding().rule_id(), "D01") << "a duplicate of two other programmes";
}

TEST_F(OutboxTest, SelectsByProgrammeRegionAndKind) {
  v1::Subscription selection = Named("s");
  selection.add_programmes(v1::EXTREME_POVERTY);
  selection.set_region_prefix("371311");
  selection.add_kinds(v1::DUPLICATE);
  Subscribe(selection);
  MakeDuplicate(kWang, "1", "371302");
  EXPECT_TRUE(Read("s").empty());
  MakeDuplicate(kLi, "2", "371311");
  const auto notices = Read("s");
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].finding().rule_id(), "D01");
  EXPECT_EQ(notices[0].event(), v1::Notice::OPENED);
}

TEST_F(OutboxTest, TellsWhenAFindingChangesAndCloses) {
  v1::Subscription selection = Named("s");
  selection.add_kinds(v1::DUPLICATE);
  Subscribe(selection);
  MakeDuplicate(kWang, "1", "371302");
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 5), "371302", 2)});
  v1::Record gone;
  gone.set_record_id("D1");
  gone.set_version(3);
  gone.set_deleted(true);
  Push(*hub_, living_, {gone});
  Push(*hub_, living_, {gone});
  const auto notices = Read("s");
  ASSERT_EQ(notices.size(), 3u);
  EXPECT_EQ(notices[1].event(), v1::Notice::CHANGED);
  EXPECT_LT(notices[1].finding().overlap_months_size(), notices[0].finding().overlap_months_size());
  EXPECT_EQ(notices[2].event(), v1::Notice::CLOSED);
  EXPECT_EQ(notices[2].finding().finding_id(), notices[0].finding().finding_id());
}

TEST_F(OutboxTest, AcknowledgingNeverGoesBackAndDropsWhatIsOld) {
  Subscribe(Named("s"));
  for (int i = 0; i < 6; ++i)
    MakeDuplicate(MadeUp("赵国庆", {1950, 1, static_cast<uint8_t>(1 + i)}, 101 + 2 * i), std::to_string(i),
                  "371302");
  const int64_t last = GetSubscription(hub_->store(), "s")->last_sequence();
  ASSERT_GE(last, 6);
  v1::AcknowledgeRequest request;
  request.set_subscription_id("s");
  request.set_sequence(5);
  EXPECT_EQ(Acknowledge(*hub_, request, kUs)->acknowledged_sequence(), 5);
  request.set_sequence(1);
  EXPECT_EQ(Acknowledge(*hub_, request, kUs)->acknowledged_sequence(), 5);
  request.set_sequence(last + 1);
  EXPECT_TRUE(absl::IsInvalidArgument(Acknowledge(*hub_, request, kUs).status()));
  EXPECT_EQ(Read("s", 4)[0].sequence(), 4) << "within the retention";
  EXPECT_TRUE(absl::IsOutOfRange(ReadNotices(hub_->store(), "s", 1, 10).status()));
  EXPECT_TRUE(Read("s", last + 1).empty());
}

TEST_F(OutboxTest, MayBeginWithWhatIsOpenNow) {
  MakeDuplicate(kWang, "1", "371302");
  EXPECT_EQ(Subscribe(Named("late")).last_sequence(), 0);
  EXPECT_EQ(Subscribe(Named("full"), true).last_sequence(), static_cast<int64_t>(OpenFindings(*hub_).size()));
}

TEST_F(OutboxTest, TheSameRequestAgainIsTheSameSubscription) {
  Subscribe(Named("s"));
  Subscribe(Named("s"));
  v1::CreateSubscriptionRequest other;
  *other.mutable_subscription() = Named("s");
  other.mutable_subscription()->set_region_prefix("37");
  EXPECT_TRUE(absl::IsAlreadyExists(CreateSubscription(*hub_, other, kUs).status()));
  other.mutable_subscription()->set_subscription_id("a b");
  EXPECT_TRUE(absl::IsInvalidArgument(CreateSubscription(*hub_, other, kUs).status()));
}

TEST_F(OutboxTest, DeletingLeavesNothingBehind) {
  Subscribe(Named("s"));
  MakeDuplicate(kWang, "1", "371302");
  ASSERT_TRUE(DeleteSubscription(*hub_, "s", kUs).ok());
  EXPECT_TRUE(absl::IsNotFound(GetSubscription(hub_->store(), "s").status()));
  EXPECT_TRUE(Rows(*hub_, schema::NoticePrefix("s")).empty());
  EXPECT_TRUE(absl::IsNotFound(DeleteSubscription(*hub_, "s", kUs)));
}

// Review of security, 8: a neighbour acknowledged and deleted what was not its own.
TEST_F(OutboxTest, ASubscriptionIsItsAgencys) {
  EXPECT_EQ(Subscribe(Named("s")).owner(), "civil-affairs");
  MakeDuplicate(kWang, "1", "371302");
  v1::AcknowledgeRequest request;
  request.set_subscription_id("s");
  request.set_sequence(1);
  EXPECT_TRUE(absl::IsNotFound(Acknowledge(*hub_, request, kNeighbour).status()));
  EXPECT_TRUE(absl::IsNotFound(DeleteSubscription(*hub_, "s", kNeighbour)));
  v1::CreateSubscriptionRequest same;
  *same.mutable_subscription() = Named("s");
  EXPECT_TRUE(absl::IsAlreadyExists(CreateSubscription(*hub_, same, kNeighbour).status()));
  EXPECT_EQ(GetSubscription(hub_->store(), "s")->acknowledged_sequence(), 0);
  EXPECT_TRUE(Acknowledge(*hub_, request, kUsToo).ok()) << "another certificate of the same agency";
}

TEST_F(OutboxTest, OneFromBeforeThereWereOwnersIsTakenOverOnce) {
  v1::Subscription old = Subscribe(Named("s"));
  old.clear_owner();
  ASSERT_TRUE(hub_->Write([&](core::WriteContext& context) {
                    context.txn.Put(schema::SubscriptionRow("s"), old.SerializeAsString());
                    return absl::OkStatus();
                  })
                  .ok());
  MakeDuplicate(kWang, "1", "371302");
  v1::AcknowledgeRequest request;
  request.set_subscription_id("s");
  request.set_sequence(1);
  EXPECT_EQ(Acknowledge(*hub_, request, kUs)->owner(), "civil-affairs");
  EXPECT_TRUE(absl::IsNotFound(DeleteSubscription(*hub_, "s", kNeighbour)));
}

// Review of security, 13.
TEST_F(OutboxTest, AnAgencyHasAtMostFiftySubscriptions) {
  for (int i = 0; i < kMostSubscriptions; ++i) Subscribe(Named("s" + std::to_string(i)));
  v1::CreateSubscriptionRequest more;
  *more.mutable_subscription() = Named("more");
  EXPECT_TRUE(absl::IsResourceExhausted(CreateSubscription(*hub_, more, kUsToo).status()));
  EXPECT_TRUE(CreateSubscription(*hub_, more, kNeighbour).ok()) << "others are not held up";
  ASSERT_TRUE(DeleteSubscription(*hub_, "s7", kUs).ok());
  more.mutable_subscription()->set_subscription_id("again");
  EXPECT_TRUE(CreateSubscription(*hub_, more, kUs).ok());
}

TEST_F(OutboxTest, OpenFindingsAreCopiedInSteps) {
  std::vector<v1::Record> care, living;
  for (int i = 0; i < 600; ++i) {
    const Who who =
        MadeUp(i % 2 == 0 ? "王秀兰" : "李建国", matcher::CivilDate::FromDays(-10'000 + 20 * i), 100);
    care.push_back(Monthly(who, "T" + std::to_string(i), v1::EXTREME_POVERTY, MonthOf(2026, 1)));
    living.push_back(Monthly(who, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 3)));
  }
  Push(*hub_, care_, care);
  Push(*hub_, living_, living);
  const int64_t before = hub_->position();
  const v1::Subscription full = Subscribe(Named("full"), true);
  const auto open = OpenFindings(*hub_);
  EXPECT_GT(open.size(), 600u);
  EXPECT_EQ(full.last_sequence(), static_cast<int64_t>(open.size()));
  EXPECT_GE(hub_->position() - before, 3) << "the writer serves others between two steps";
}

TEST_F(OutboxTest, WhatNobodyAcknowledgesIsNotKeptWithoutEnd) {
  core::Hub::Options options = TestOptions();
  options.features.Set(BacklogSettings{.most = 100});
  hub_ = OpenHub(storage::NewMemoryStore(), std::move(options));
  Subscribe(Named("silent"));
  v1::Subscription few = Named("few");
  few.set_region_prefix("50");
  Subscribe(few);
  care_ = OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY);
  living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
  std::vector<v1::Record> care, living;
  for (int i = 0; i < 900; ++i) {
    const Who who =
        MadeUp(i % 2 == 0 ? "王秀兰" : "李建国", matcher::CivilDate::FromDays(-10'000 + 20 * i), 100);
    care.push_back(Monthly(who, "T" + std::to_string(i), v1::EXTREME_POVERTY, MonthOf(2026, 1)));
    living.push_back(Monthly(who, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 3)));
  }
  Push(*hub_, care_, care);
  Push(*hub_, living_, living);
  const int64_t last = GetSubscription(hub_->store(), "silent")->last_sequence();
  ASSERT_GT(last, 1500);
  const size_t kept = Rows(*hub_, schema::NoticePrefix("silent")).size();
  EXPECT_GE(kept, 100u);
  EXPECT_LE(kept, 100u + 500u) << "the oldest are gone, in pages";
  EXPECT_TRUE(absl::IsOutOfRange(ReadNotices(hub_->store(), "silent", 1, 10).status()));
  EXPECT_EQ(Read("silent", last - 99).size(), 100u) << "the newest are not";
}

TEST_F(OutboxTest, AcknowledgingMuchAtOnceDropsAllThatIsOld) {
  Subscribe(Named("s"));
  std::vector<v1::Record> care, living;
  for (int i = 0; i < 1300; ++i) {
    const Who who =
        MadeUp(i % 2 == 0 ? "王秀兰" : "李建国", matcher::CivilDate::FromDays(-14'000 + 15 * i), 100);
    care.push_back(Monthly(who, "T" + std::to_string(i), v1::EXTREME_POVERTY, MonthOf(2026, 1)));
    living.push_back(Monthly(who, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 3)));
  }
  Push(*hub_, care_, care);
  Push(*hub_, living_, living);
  v1::AcknowledgeRequest request;
  request.set_subscription_id("s");
  request.set_sequence(GetSubscription(hub_->store(), "s")->last_sequence());
  ASSERT_GT(request.sequence(), 2000) << "more than one step drops";
  ASSERT_TRUE(Acknowledge(*hub_, request, kUs).ok());
  EXPECT_EQ(Rows(*hub_, schema::NoticePrefix("s")).size(), 3u) << "the acknowledged one, and the retention";
}

// The hub stopped between two steps; meanwhile something opened and something changed.
TEST_F(OutboxTest, WhatIsNotCopiedYetIsToldOfOnceAsItThenIs) {
  MakeDuplicate(kWang, "1", "371302");
  Subscribe(Named("s"));
  ASSERT_TRUE(hub_->Write([&](core::WriteContext& context) {
                    context.txn.Put("hos", "");
                    return absl::OkStatus();
                  })
                  .ok());
  MakeDuplicate(kLi, "2", "371311");
  EXPECT_TRUE(Read("s").empty()) << "the copy comes first";
  ASSERT_TRUE(FinishCopying(*hub_, "s").ok());
  std::set<std::string> told;
  for (const v1::Notice& notice : Read("s"))
    EXPECT_TRUE(told.insert(notice.finding().finding_id()).second) << "twice";
  EXPECT_EQ(told.size(), OpenFindings(*hub_).size());
  EXPECT_TRUE(Rows(*hub_, "ho").empty());
}

}  // namespace
}  // namespace relief::server::notices
