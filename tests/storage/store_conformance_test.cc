// What every store promises, run on each of them.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "storage/memory_store.h"
#include "storage/rocksdb_store.h"
#include "storage/transaction.h"
#include "tests/storage/key_ring_file.h"
#include "tests/storage/temp_directory.h"

namespace relief::storage {
namespace {

using namespace std::string_literals;

enum class Engine { kMemory, kRocksDb, kEncrypted, kEncryptedSm4 };

class StoreConformance : public testing::TestWithParam<Engine> {
 protected:
  StoreConformance() {
    if (GetParam() == Engine::kMemory) {
      store_ = NewMemoryStore();
      return;
    }
    RocksDbOptions options;
    options.path = directory_ / "db";
    options.min_free_bytes = 0;
    if (GetParam() != Engine::kRocksDb) {
      options.encryption = EncryptionWith(directory_, {{"k1", 'a'}});
      if (GetParam() == Engine::kEncryptedSm4) options.encryption->cipher = Cipher::kSm4Ctr;
    }
    auto opened = OpenRocksDbStore(options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  Row Get(const std::string& key) const { return (*store_->MultiGet({&key, 1}))[0]; }
  CommitResult Apply(Commit commit) {
    auto result = store_->Apply(commit);
    EXPECT_TRUE(result.ok()) << result.status();
    return *result;
  }
  Version PutOne(const std::string& key, const std::string& value) {
    return Apply({{}, {{key, value}}, {}, 0}).version;
  }
  std::vector<std::string> Keys(std::string_view prefix, std::string_view from = {},
                                size_t limit = 1000) const {
    std::vector<std::string> keys;
    const auto rows = store_->Scan(prefix, from, limit);
    for (const KeyRow& row : *rows) keys.push_back(row.key);
    return keys;
  }

  TempDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreConformance, BeginsEmpty) {
  EXPECT_EQ(store_->version(), 0u);
  EXPECT_FALSE(Get("a").present());
  EXPECT_TRUE(Keys("").empty());
}

TEST_P(StoreConformance, ReadsWhatWasCommittedWithItsVersion) {
  const Version first = PutOne("a", "1");
  const Version second = PutOne("b", "");
  EXPECT_GT(second, first);
  EXPECT_EQ(Get("a").value, "1");
  EXPECT_EQ(Get("a").version, first);
  EXPECT_TRUE(Get("b").present()) << "an empty value is a value";
  EXPECT_EQ(store_->version(), second);
}

TEST_P(StoreConformance, MultiGetAnswersInTheOrderAsked) {
  PutOne("a", "1");
  PutOne("b", "2");
  const std::vector<std::string> keys = {"b", "x", "a", "b"};
  const auto rows = store_->MultiGet(keys);
  ASSERT_EQ(rows->size(), 4u);
  EXPECT_EQ((*rows)[0].value, "2");
  EXPECT_FALSE((*rows)[1].present());
  EXPECT_EQ((*rows)[2].value, "1");
  EXPECT_EQ((*rows)[3].value, "2");
}

TEST_P(StoreConformance, RefusesALostUpdate) {
  const Version seen = PutOne("a", "1");
  EXPECT_TRUE(Apply({{{"a", seen}}, {{"a", "2"}}, {}, 0}).committed());
  const CommitResult late = Apply({{{"a", seen}}, {{"a", "3"}}, {}, 0});
  EXPECT_EQ(late.conflicting_keys, std::vector<std::string>{"a"});
  EXPECT_EQ(Get("a").value, "2");
}

TEST_P(StoreConformance, RefusesWriteSkew) {
  const Version a = PutOne("a", "1"), b = PutOne("b", "1");
  EXPECT_TRUE(Apply({{{"a", a}, {"b", b}}, {{"a", "0"}}, {}, 0}).committed());
  EXPECT_FALSE(Apply({{{"a", a}, {"b", b}}, {{"b", "0"}}, {}, 0}).committed());
  EXPECT_EQ(Get("b").value, "1");
}

TEST_P(StoreConformance, RefusesAPhantomThroughTheAbsentHead) {
  EXPECT_TRUE(Apply({{{"head", 0}}, {{"head", "x"}, {"row1", ""}}, {}, 0}).committed());
  EXPECT_FALSE(Apply({{{"head", 0}}, {{"head", "y"}, {"row2", ""}}, {}, 0}).committed());
  EXPECT_EQ(Keys("row"), std::vector<std::string>{"row1"});
}

TEST_P(StoreConformance, NamesExactlyTheGuardsThatFailed) {
  const Version a = PutOne("a", "1"), b = PutOne("b", "1"), c = PutOne("c", "1");
  PutOne("b", "2");
  Apply({{}, {}, {"c"}, 0});
  const CommitResult result = Apply({{{"a", a}, {"b", b}, {"c", c}, {"d", 0}}, {{"e", ""}}, {}, 0});
  EXPECT_EQ(std::set<std::string>(result.conflicting_keys.begin(), result.conflicting_keys.end()),
            (std::set<std::string>{"b", "c"}));
  EXPECT_FALSE(Get("e").present());
}

TEST_P(StoreConformance, LooksAtGuardsWhateverReadAtClaims) {
  const Version a = PutOne("a", "1");
  const Version read_at = store_->version();
  PutOne("a", "2");
  EXPECT_FALSE(Apply({{{"a", a}}, {{"b", ""}}, {}, read_at}).committed());
  EXPECT_TRUE(Apply({{{"a", Get("a").version}}, {{"b", ""}}, {}, store_->version()}).committed());
}

TEST_P(StoreConformance, DeletesAndGuardsTheAbsence) {
  PutOne("a", "1");
  Apply({{}, {}, {"a"}, 0});
  EXPECT_FALSE(Get("a").present());
  EXPECT_TRUE(Apply({{{"a", 0}}, {{"a", "2"}}, {}, 0}).committed());
}

TEST_P(StoreConformance, ScansInMemcmpOrderWithAnyBytes) {
  const std::vector<std::string> keys = {"a"s,     "a\0"s,   "a\0b"s,      "a\x01"s, "a\x7f"s,
                                         "a\x80"s, "a\xff"s, "a\xff\xff"s, "b"s};
  for (const std::string& key : keys) PutOne(key, "v");
  EXPECT_EQ(Keys(""), keys);
  EXPECT_EQ(Keys("a"), std::vector<std::string>(keys.begin(), keys.end() - 1));
  EXPECT_EQ(Keys("a\xff"s), (std::vector<std::string>{"a\xff"s, "a\xff\xff"s}));
  EXPECT_EQ(Keys("\xff"s), std::vector<std::string>{});
  EXPECT_EQ(Keys("a", "a\x7f"s), std::vector<std::string>(keys.begin() + 4, keys.end() - 1));
  EXPECT_EQ(Keys("a", "", 3), std::vector<std::string>(keys.begin(), keys.begin() + 3));
  EXPECT_EQ(Keys("a", "b"), std::vector<std::string>{}) << "from beyond the prefix";
  EXPECT_EQ(Keys("b", "a"), std::vector<std::string>{"b"}) << "from before the prefix";
}

TEST_P(StoreConformance, TakesLargeValuesAndLargeCommits) {
  const std::string large(1 << 20, 'x');
  PutOne("large", large);
  EXPECT_EQ(Get("large").value, large);
  Commit commit;
  for (int i = 0; i < 1000; ++i) commit.puts.push_back({"k" + std::to_string(i), std::to_string(i)});
  Apply(commit);
  EXPECT_EQ(Keys("k").size(), 1000u);
  EXPECT_EQ(Get("k0").version, Get("k999").version) << "one commit, one version";
}

TEST_P(StoreConformance, SnapshotsStayAsTheyWere) {
  PutOne("a", "1");
  const auto snapshot = store_->Snapshot();
  const Version version = snapshot->version();
  PutOne("a", "2");
  PutOne("b", "1");
  const std::vector<std::string> keys = {"a", "b"};
  EXPECT_EQ((*snapshot->MultiGet(keys))[0].value, "1");
  EXPECT_FALSE((*snapshot->MultiGet(keys))[1].present());
  EXPECT_EQ(snapshot->Scan("", "", 10)->size(), 1u);
  EXPECT_EQ(snapshot->version(), version);
  EXPECT_EQ(Get("a").value, "2");
}

TEST_P(StoreConformance, ConcurrentIncrementsLoseNothingAndNumberDensely) {
  constexpr int kThreads = 8, kEach = 40;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      for (int done = 0; done < kEach;) {
        Transaction txn(*store_);
        const int next = std::stoi(txn.Get("counter")->value_or("0")) + 1;
        txn.Put("counter", std::to_string(next));
        txn.Put("row" + std::to_string(1000 + next), "");
        if (txn.Commit().ok()) ++done;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Get("counter").value, std::to_string(kThreads * kEach));
  const std::vector<std::string> rows = Keys("row");
  ASSERT_EQ(rows.size(), static_cast<size_t>(kThreads * kEach));
  EXPECT_EQ(rows.back(), "row" + std::to_string(1000 + kThreads * kEach));
}

TEST_P(StoreConformance, CommitsOfOneGroupSeeEachOther) {
  // Blind writers hurry through together while guarded ones race for one absent row: exactly one of these may
  // win.
  std::atomic<int> winners = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(store_->Apply({{}, {{"blind" + std::to_string(t), ""}}, {}, 0}).ok());
      const auto result = store_->Apply({{{"only", 0}}, {{"only", std::to_string(t)}}, {}, 0});
      if (result.ok() && result->committed()) ++winners;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(winners, 1);
}

std::string EngineName(const testing::TestParamInfo<Engine>& info) {
  constexpr const char* kNames[] = {"Memory", "RocksDb", "Encrypted", "EncryptedSm4"};
  return kNames[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreConformance,
                         testing::Values(Engine::kMemory, Engine::kRocksDb, Engine::kEncrypted,
                                         Engine::kEncryptedSm4),
                         EngineName);

}  // namespace
}  // namespace relief::storage
