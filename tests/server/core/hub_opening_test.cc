#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "server/core/counters.h"
#include "server/core/schema.h"
#include "server/findings/tally.h"
#include "storage/rocksdb_store.h"
#include "tests/server/hub_fixture.h"
#include "tests/storage/temp_directory.h"

namespace relief::server::core {
namespace {

// A store of 187 records that a hub of format 7 wrote (RELIEF_STORE_7).
class StoreOfFormat7 : public testing::Test {
 protected:
  StoreOfFormat7() {
    const std::string command = "tar -xzf " RELIEF_STORE_7 " -C " + (directory_ / "");
    EXPECT_EQ(system(command.c_str()), 0);
  }

  absl::StatusOr<std::unique_ptr<Hub>> Open(bool may_upgrade) {
    storage::RocksDbOptions store_options;
    store_options.path = directory_ / "data";
    auto store = storage::OpenRocksDbStore(store_options);
    if (!store.ok()) return store.status();
    Hub::Options options = TestOptions();
    options.may_upgrade = may_upgrade;
    return Hub::Open(std::move(options), *std::move(store), ShippedModel(), ShippedRules());
  }

  storage::TempDirectory directory_;
};

TEST_F(StoreOfFormat7, IsNotTouchedWithoutBeingAskedTo) {
  const auto refused = Open(false);
  ASSERT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_NE(std::string(refused.status().message()).find("--upgrade"), std::string::npos);
  EXPECT_TRUE(Open(true).ok()) << "and it is whole";
}

TEST_F(StoreOfFormat7, KeepsItsRecordsAndCountsWhatItHolds) {
  std::map<std::string, std::string> counts;
  {
    auto hub = Open(true);
    ASSERT_TRUE(hub.ok()) << hub.status();
    const auto counters = ReadCounters((*hub)->store());
    ASSERT_TRUE(counters.ok()) << counters.status();
    EXPECT_EQ(counters->live_records(), 187);
    EXPECT_EQ(counters->persons(), static_cast<int64_t>(Rows(**hub, "mp").size()));
    const auto open = static_cast<int64_t>(OpenFindings(**hub).size());
    EXPECT_GT(open, 0);
    EXPECT_EQ(counters->open_findings(), open);
    findings::TallyQuery query;
    query.open_only = true;
    const auto tally = findings::ReadTally((*hub)->store(), query);
    ASSERT_TRUE(tally.ok()) << tally.status();
    int64_t told = 0;
    for (const auto& cell : tally->cells) told += cell.figures[findings::kFindings];
    EXPECT_EQ(told, open);
    counts = Rows(**hub, "hg");
  }
  auto again = Open(false);
  ASSERT_TRUE(again.ok()) << "it has the new format now: " << again.status();
  EXPECT_EQ(Rows(**again, "hg"), counts);
}

}  // namespace
}  // namespace relief::server::core
