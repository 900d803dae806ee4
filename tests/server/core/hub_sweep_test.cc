#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "tests/server/hub_fixture.h"

namespace relief::server::core {
namespace {

using std::chrono::milliseconds;

const Who kWang = MadeUp("王桂英", {1948, 3, 15}, 12);

// Waits for what must come; the test fails if it does not come for a long time.
bool Eventually(const std::function<bool()>& holds) {
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
       std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(milliseconds(5)))
    if (holds()) return true;
  return holds();
}

// Refuses every commit while it is broken, as a full disk does.
class BrokenStore final : public BorrowedStore {
 public:
  using BorrowedStore::BorrowedStore;
  absl::StatusOr<storage::CommitResult> Apply(const storage::Commit& commit) override {
    if (!broken) return BorrowedStore::Apply(commit);
    ++refused;
    return absl::ResourceExhaustedError("full");
  }
  std::atomic<bool> broken = false;
  std::atomic<int> refused = 0;
};

class HubSweep : public testing::Test {
 protected:
  HubSweep() : memory_(storage::NewMemoryStore()) {
    Hub::Options options = TestOptions();
    options.as_of.reset();
    options.clock = [this] { return now_.load(); };
    options.sweep_retry = milliseconds(1);
    auto store = std::make_unique<BrokenStore>(*memory_);
    store_ = store.get();
    Turn({2026, 1, 31});
    hub_ = OpenHub(std::move(store), options);
    Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY),
         {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
         {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  }

  void Turn(matcher::CivilDate day) { now_ = (day.days() * int64_t{24} + 4) * 3600 * 1'000'000; }
  // The writer looks at the day when it works.
  void Wake() {
    (void)hub_->Write([](WriteContext&) { return absl::OkStatus(); });
  }

  std::atomic<int64_t> now_;
  std::unique_ptr<storage::Store> memory_;
  BrokenStore* store_;
  std::unique_ptr<Hub> hub_;
};

TEST_F(HubSweep, ADayThatCannotBeJudgedIsTriedAgainAndTheHubSaysSoMeanwhile) {
  ASSERT_TRUE(OpenFindings(*hub_).empty()) << "one hand-over month is allowed";
  store_->broken = true;
  Turn({2026, 3, 31});
  Wake();
  ASSERT_TRUE(Eventually([&] { return store_->refused > 3; })) << "it is tried again";
  EXPECT_EQ(hub_->as_of(), (matcher::CivilDate{2026, 3, 31}));
  EXPECT_EQ(hub_->judged_for(), (matcher::CivilDate{2026, 1, 31}));
  store_->broken = false;
  ASSERT_TRUE(Eventually([&] { return hub_->judged_for() == (matcher::CivilDate{2026, 3, 31}); }));
  EXPECT_FALSE(OpenFindings(*hub_).empty());
}

TEST_F(HubSweep, WhoReplacesRulesLearnsOfAFailureAndTheRulesAreJudgedAllTheSame) {
  Turn({2026, 3, 31});
  Wake();
  ASSERT_TRUE(Eventually([&] { return !OpenFindings(*hub_).empty(); }));
  auto none = coverage::RuleSet::Parse("none", "");
  ASSERT_TRUE(none.ok()) << none.status();
  store_->broken = true;
  EXPECT_TRUE(absl::IsResourceExhausted(hub_->ReplaceRules(*none).status()));
  store_->broken = false;
  EXPECT_TRUE(Eventually([&] { return OpenFindings(*hub_).empty(); }));
}

}  // namespace
}  // namespace relief::server::core
