// Two hubs on one store, and a store in which commits conflict: what the hub decided on, it guards, and a
// conflict is tried again until the work is done.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <set>
#include <utility>
#include <vector>

#include "server/core/schema.h"
#include "server/findings/account_index.h"
#include "server/findings/finding_store.h"
#include "server/notices/outbox.h"
#include "server/review/case_history.h"
#include "server/review/deciding.h"
#include "tests/server/contested_store.h"

namespace relief::server::core {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kLi = MadeUp("李建国", {1960, 7, 1}, 35);

class TwoHubs : public testing::Test {
 protected:
  TwoHubs() {
    auto contested = std::make_unique<ContestedStore>(*store_);
    contested_ = contested.get();
    hub_ = OpenHub(std::move(contested));
    other_ = OpenHub(std::make_unique<BorrowedStore>(*store_));
    care_ = OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY);
    living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
  }

  // 特困 and 低保 at once: a duplicate, and whatever gaps the rules see.
  void MakeDuplicate(Hub& hub, const Who& who, const std::string& id) {
    Push(hub, care_, {Monthly(who, "T" + id, v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(hub, living_, {Monthly(who, "D" + id, v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  }
  static absl::Status Put(Hub& hub, const std::string& key) {
    return hub
        .Write([&](WriteContext& write) {
          write.txn.Put(key, "x");
          return absl::OkStatus();
        })
        .status();
  }
  // The commits that `act` makes.
  template <typename Act>
  std::vector<storage::Commit> CommitsOf(const Act& act) {
    std::vector<storage::Commit> commits;
    contested_->before_commit = [&](const storage::Commit& commit) { commits.push_back(commit); };
    act();
    contested_->before_commit = nullptr;
    EXPECT_FALSE(commits.empty());
    return commits;
  }

  const std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  ContestedStore* contested_ = nullptr;  // below hub_
  std::unique_ptr<Hub> hub_, other_;
  v1::Source care_, living_;
};

TEST_F(TwoHubs, NoticesOfBothAreNumberedDenselyAndNoneIsLost) {
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_subscription_id("all");
  ASSERT_TRUE(notices::CreateSubscription(*hub_, request, {"local", "local"}).ok());
  bool first = true;
  contested_->before_commit = [&](const storage::Commit&) {
    if (std::exchange(first, false)) MakeDuplicate(*other_, kLi, "2");
  };
  MakeDuplicate(*hub_, kWang, "1");
  EXPECT_GT(contested_->conflicts, 0);
  const auto notices = notices::ReadNotices(*store_, "all", 1, 1000);
  ASSERT_TRUE(notices.ok()) << notices.status();
  std::set<std::string> told;
  for (size_t i = 0; i < notices->size(); ++i) {
    EXPECT_EQ((*notices)[i].sequence(), static_cast<int64_t>(i) + 1);
    told.insert((*notices)[i].finding().finding_id());
  }
  EXPECT_EQ(told.size(), Rows(*hub_, schema::kFindingPrefix).size());
}

TEST_F(TwoHubs, WhatOneRemembersOfARecordIsNotOlderThanWhatTheOtherWrote) {
  Push(*hub_, care_, {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  // The other hub corrects one of the two: it is Li's. The first still has it in memory as Wang's.
  Push(*other_, care_, {Monthly(kLi, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1), "371302", 2)});
  Push(*hub_, living_, {Monthly(kLi, "D2", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  const auto person_of = [&](const std::string& source, const std::string& record) {
    return matcher::PersonOfRecord(*store_, matcher::RecordKey::Of(source, record))->ToString();
  };
  EXPECT_EQ(person_of("ep", "T1"), person_of("ml", "D2"));
  EXPECT_NE(person_of("ep", "T1"), person_of("ml", "D1"));
}

TEST_F(TwoHubs, WhoIsPaidIntoAnAccountIsGuarded) {
  v1::Record record = Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1));
  record.mutable_benefit()->set_payee_account("6217001234567890");
  const auto commits = CommitsOf([&] { Push(*hub_, care_, {record}); });
  stored::Record stored;
  *stored.mutable_record() = record;
  const auto account = findings::AccountOf(stored, *matcher::ReadBlockSecret(*store_));
  ASSERT_TRUE(account.has_value());
  const auto another = schema::AccountRow(*account, matcher::RecordKey::Of("ml", "another"));
  EXPECT_TRUE(IsGuarded(commits.back(), another)) << "two at once would not see each other";
}

TEST_F(TwoHubs, WhoAddsANoticeGuardsTheSubscriptions) {
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_subscription_id("all");
  ASSERT_TRUE(notices::CreateSubscription(*hub_, request, {"local", "local"}).ok());
  const auto commits = CommitsOf([&] { MakeDuplicate(*hub_, kWang, "1"); });
  const std::string notice = schema::NoticeRow("all", 1);
  for (const storage::Commit& commit : commits) {
    if (std::none_of(commit.puts.begin(), commit.puts.end(),
                     [&](const storage::Put& put) { return put.key == notice; }))
      continue;
    EXPECT_TRUE(IsGuarded(commit, schema::SubscriptionRow("all"))) << "its number would be taken twice";
    EXPECT_TRUE(IsGuarded(commit, schema::SubscriptionRow("another"))) << "one made meanwhile would miss it";
    return;
  }
  FAIL() << "no commit holds the first notice";
}

TEST_F(TwoHubs, TwoEventsOfACaseAndTwoDecisionsDoNotTakeTheSameNumber) {
  storage::Transaction one(*store_), two(*store_);
  for (storage::Transaction* txn : {&one, &two})
    ASSERT_EQ(review::AppendCaseEvent(*txn, "C-1", v1::CaseEvent(), 1)->sequence(), 1);
  EXPECT_TRUE(one.Commit().ok());
  EXPECT_TRUE(absl::IsAborted(two.Commit().status()));

  storage::Transaction three(*store_), four(*store_);
  for (storage::Transaction* txn : {&three, &four})
    ASSERT_EQ(
        *review::NextNumber(*txn, &stored::ReviewCounters::decisions, &stored::ReviewCounters::set_decisions),
        1);
  EXPECT_TRUE(three.Commit().ok());
  EXPECT_TRUE(absl::IsAborted(four.Commit().status()));
}

TEST_F(TwoHubs, ASweepGuardsThePersonsThatItFound) {
  MakeDuplicate(*hub_, kWang, "1");
  // Other rules: what was found is no finding any more, so that the page of persons has something to write.
  auto rules = coverage::RuleSet::Parse("test.textproto", R"(
      rules {
        id: "D99" version: 1 kind: DUPLICATE title_zh: "重复" title_en: "twice" legal_basis: "test"
        basis_confirmed: false effective_from { year: 2020 month: 1 day: 1 } severity: HIGH notify: HOUSING
        deadline_days: 30
        overlap { left { programme: HOUSING } right { programme: TEMPORARY } allowed_months { value: 1 } }
      })");
  ASSERT_TRUE(rules.ok()) << rules.status();
  const auto commits = CommitsOf([&] { ASSERT_TRUE(hub_->ReplaceRules(*rules).ok()); });
  const std::string added = "mp" + std::string(matcher::RecordKey::kSize, '\x01');
  EXPECT_TRUE(std::any_of(commits.begin(), commits.end(), [&](const storage::Commit& commit) {
    return IsGuarded(commit, added);
  })) << "a person that is added among those of the page would be passed over";
}

TEST_F(TwoHubs, ASubscriptionWithWhatIsOpenGuardsTheFindings) {
  MakeDuplicate(*hub_, kWang, "1");
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_subscription_id("all");
  request.set_include_open_findings(true);
  bool first = true;
  contested_->before_commit = [&](const storage::Commit&) {
    if (std::exchange(first, false)) MakeDuplicate(*other_, kLi, "2");
  };
  ASSERT_TRUE(notices::CreateSubscription(*hub_, request, {"local", "local"}).ok());
  std::set<std::string> told;
  const auto notices = notices::ReadNotices(*store_, "all", 1, 1000);
  for (const v1::Notice& notice : *notices) told.insert(notice.finding().finding_id());
  EXPECT_EQ(told.size(), OpenFindings(*hub_).size()) << "each open finding once, whoever opened it";
  EXPECT_EQ(told.size(), notices->size());
}

TEST_F(TwoHubs, AHubOpensWhileAnotherDoes) {
  const auto store = storage::NewMemoryStore();
  auto contested = std::make_unique<ContestedStore>(*store);
  std::unique_ptr<Hub> other;
  contested->before_commit = [&](const storage::Commit&) {
    if (!other) other = OpenHub(std::make_unique<BorrowedStore>(*store));
  };
  auto hub = Hub::Open(TestOptions(), std::move(contested), ShippedModel(), ShippedRules());
  ASSERT_TRUE(hub.ok()) << hub.status();
  ASSERT_NE(other, nullptr);
  EXPECT_TRUE(Put(**hub, "x").ok());
  EXPECT_TRUE(Put(*other, "y").ok());
}

TEST_F(TwoHubs, ConflictsAreTriedAgainAndNobodyHearsOfThem) {
  contested_->conflicts_to_tell = 5;
  EXPECT_TRUE(Put(*hub_, "test").ok());
  EXPECT_EQ(contested_->conflicts_to_tell, 0);
}

// One piece of work of a group meets another writer again and again.
TEST_F(TwoHubs, AHotRowTakesNobodyDownWithItAndDoesNotStarve) {
  ASSERT_TRUE(Put(*other_, "hot").ok());
  contested_->before_commit = [&](const storage::Commit& commit) {
    if (IsGuarded(commit, "hot")) {
      storage::Commit hot;
      hot.puts = {{"hot", "other"}};
      ASSERT_TRUE(store_->Apply(hot).ok());
    }
  };
  std::promise<void> all_wait;
  auto busy = hub_->Post([waiting = all_wait.get_future().share()](WriteContext&) {
    waiting.wait();
    return absl::OkStatus();
  });
  std::vector<std::future<absl::StatusOr<int64_t>>> done;
  for (int i = 0; i < 8; ++i)
    done.push_back(hub_->Post([i](WriteContext& write) -> absl::Status {
      if (i == 5) {
        if (auto hot = write.txn.Get("hot"); !hot.ok()) return hot.status();
      }
      write.txn.Put("work" + std::to_string(i), "done");
      return absl::OkStatus();
    }));
  all_wait.set_value();
  EXPECT_TRUE(busy.get().ok());
  for (auto& one : done) {
    const auto position = one.get();
    EXPECT_TRUE(position.ok()) << position.status();
  }
  EXPECT_EQ(Rows(*hub_, "work").size(), 8u);
  EXPECT_GT(contested_->conflicts, 3) << "it was contested";
}

}  // namespace
}  // namespace relief::server::core
