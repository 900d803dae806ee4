#include "server/monitoring/memory_watch.h"

#include <future>

#include "tests/server/hub_fixture.h"

namespace relief::server::monitoring {
namespace {

// A process of 1,000 bytes at most, whose use and clock the test sets.
class MemoryWatchTest : public testing::Test {
 protected:
  absl::Status AdmitAt(uint64_t used) {
    used_ = used;
    now_ += std::chrono::seconds(1);
    return watch_.Admit();
  }

  uint64_t used_ = 0, relief_ = 0;  // relief_: what giving back brings
  std::vector<bool> relieved_;
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  MemoryWatch watch_{{.limit_bytes = 1000,
                      .used_bytes = [this] { return used_; },
                      .relieve =
                          [this](bool tight) {
                            relieved_.push_back(tight);
                            if (tight) used_ -= relief_;
                          },
                      .now = [this] { return now_; }}};
};

TEST_F(MemoryWatchTest, RefusesFromTheHighMarkUntilTheLowOne) {
  EXPECT_TRUE(AdmitAt(849).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(AdmitAt(850)));
  EXPECT_TRUE(absl::IsResourceExhausted(AdmitAt(760))) << "not yet: it would come and go with every batch";
  EXPECT_TRUE(AdmitAt(749).ok());
  EXPECT_TRUE(AdmitAt(849).ok());
  EXPECT_EQ(relieved_, (std::vector<bool>{true, true, false})) << "and the cache may grow again at the end";
}

TEST_F(MemoryWatchTest, WhatRestsBetweenTheMarksIsServed) {
  EXPECT_FALSE(AdmitAt(900).ok());
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(AdmitAt(800).ok());
  EXPECT_FALSE(AdmitAt(850).ok()) << "above the high mark again: it counts from here";
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(AdmitAt(800).ok());
  EXPECT_TRUE(AdmitAt(800).ok()) << "nothing is left to give back, and there is room";
}

TEST_F(MemoryWatchTest, WhatIsGivenBackMayBeEnough) {
  relief_ = 300;
  EXPECT_TRUE(AdmitAt(900).ok());
  EXPECT_FALSE(watch_.tight());
  EXPECT_EQ(relieved_, std::vector<bool>{true});
}

TEST_F(MemoryWatchTest, WhatComesBackAtOnceIsNeededAndNotGivenBackAgain) {
  relief_ = 100;
  EXPECT_TRUE(AdmitAt(900).ok());
  now_ += std::chrono::milliseconds(20);
  used_ = 860;
  EXPECT_FALSE(watch_.Admit().ok()) << "it would go on at the mark, and beyond it between two looks";
  EXPECT_EQ(relieved_, std::vector<bool>{true}) << "giving back takes time too";
  EXPECT_FALSE(AdmitAt(860).ok()) << "a second later it is tried again";
  EXPECT_EQ(relieved_, (std::vector<bool>{true, true}));
  EXPECT_EQ(used_, 760u);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(AdmitAt(760).ok());
  EXPECT_TRUE(AdmitAt(749).ok());
}

TEST_F(MemoryWatchTest, TheCacheGrowsAgainWhereNothingWasRefusedEither) {
  relief_ = 300;
  EXPECT_TRUE(AdmitAt(900).ok());
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(AdmitAt(600).ok());
  EXPECT_EQ(relieved_, std::vector<bool>{true}) << "not at once";
  EXPECT_TRUE(AdmitAt(760).ok());
  EXPECT_EQ(relieved_, std::vector<bool>{true}) << "there must be room for it";
  EXPECT_TRUE(AdmitAt(749).ok());
  EXPECT_TRUE(AdmitAt(749).ok());
  EXPECT_EQ(relieved_, (std::vector<bool>{true, false})) << "once";
}

TEST_F(MemoryWatchTest, ManyBatchesCauseOneLook) {
  EXPECT_TRUE(AdmitAt(100).ok());
  used_ = 900;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(watch_.Admit().ok());
  now_ += std::chrono::milliseconds(20);
  EXPECT_FALSE(watch_.Admit().ok());
}

// Reads take memory, too.
TEST(MemoryWatchByItself, GivesBackThoughNoBatchComes) {
  std::promise<void> relieved;
  std::atomic<uint64_t> used = 900;
  MemoryWatch watch({.limit_bytes = 1000,
                     .used_bytes = [&] { return used.load(); },
                     .relieve =
                         [&](bool tight) {
                           if (tight && used.exchange(100) == 900) relieved.set_value();
                         }});
  const std::jthread looks = watch.LookByItself();
  EXPECT_EQ(relieved.get_future().wait_for(std::chrono::minutes(2)), std::future_status::ready);
}

TEST(MemoryWatchWithoutALimit, AdmitsAll) {
  MemoryWatch watch({.limit_bytes = 0, .used_bytes = [] { return ~uint64_t{0}; }, .relieve = {}});
  EXPECT_TRUE(watch.Admit().ok());
}

TEST(HubShortOfMemory, RefusesBatchesAndAnswersReads) {
  absl::Status answer;
  core::Hub::Options options = TestOptions();
  options.features.Set(ingest::FeedSettings{.auto_register_sources = true, .admit = [&] { return answer; }});
  const auto hub = OpenHub(storage::NewMemoryStore(), options);
  const auto source = OpenBenefits(*hub, "living", v1::MINIMUM_LIVING);
  const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 2);
  v1::Batch batch;
  *batch.add_records() = Monthly(wang, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  answer = absl::ResourceExhaustedError("short");
  EXPECT_TRUE(absl::IsResourceExhausted(ingest::SubmitBatch(*hub, source, batch, "local").get().status()));
  EXPECT_TRUE(Rows(*hub, "hr").empty()) << "nothing of it was written";
  EXPECT_TRUE(ingest::GetSource(hub->store(), "living").ok());
  answer = absl::OkStatus();
  EXPECT_TRUE(ingest::SubmitBatch(*hub, source, batch, "local").get().ok()) << "the same batch, sent again";
  EXPECT_EQ(Rows(*hub, "hr").size(), 1u);
}

}  // namespace
}  // namespace relief::server::monitoring
