// What every store promises, run on each of them.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <random>
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

// kForgetful: RocksDB that keeps nothing of recent commits in memory.
enum class Engine { kMemory, kRocksDb, kForgetful, kEncrypted, kEncryptedSm4 };

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
    if (GetParam() == Engine::kForgetful) options.recent_writes_bytes = 0;
    if (GetParam() == Engine::kEncrypted || GetParam() == Engine::kEncryptedSm4) {
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

TEST_P(StoreConformance, NamesExactlyThePreconditionsThatFailed) {
  const Version a = PutOne("a", "1"), b = PutOne("b", "1"), c = PutOne("c", "1");
  PutOne("b", "2");
  Apply({{}, {}, {"c"}, 0});
  const CommitResult result = Apply({{{"a", a}, {"b", b}, {"c", c}, {"d", 0}}, {{"e", ""}}, {}, 0});
  EXPECT_EQ(std::set<std::string>(result.conflicting_keys.begin(), result.conflicting_keys.end()),
            (std::set<std::string>{"b", "c"}));
  EXPECT_FALSE(Get("e").present());
}

TEST_P(StoreConformance, RefusesAChangeInARangeThatWasRead) {
  const auto range_of_b = [](Version read_at) {
    Commit commit;
    commit.read_at = read_at;
    commit.ranges = {{"b", "c", 2}};
    commit.puts = {{"mine", ""}};
    return commit;
  };
  Apply({{}, {{"a1", ""}, {"b1", ""}, {"b5", ""}, {"c", ""}}, {}, 0});
  Version read_at = store_->version();
  Apply({{}, {{"a1", "changed"}, {"a9", "new"}, {"c", "changed"}}, {}, 0});
  EXPECT_TRUE(Apply(range_of_b(read_at)).committed()) << "nothing in the range has changed";
  const Commit changes[] = {{{}, {{"b3", "new"}}, {"b5"}, 0},  // the count is as before
                            {{}, {{"b1", "changed"}}, {}, 0},
                            {{}, {}, {"b1"}, 0},
                            {{}, {{"b", "first"}}, {}, 0}};
  for (const Commit& change : changes) {
    read_at = store_->version();
    Apply(change);
    PutOne("elsewhere", "");
    EXPECT_FALSE(Apply(range_of_b(read_at)).committed());
  }
}

TEST_P(StoreConformance, RefusesAPhantomInAnEmptyRangeAndInAnEmptyStore) {
  Commit first;
  first.ranges = {{"", "", 0}};
  first.puts = {{"x", ""}};
  Commit second = first;
  EXPECT_TRUE(Apply(first).committed());
  EXPECT_FALSE(Apply(second).committed()) << "both saw an empty store";
  first.read_at = second.read_at = store_->version();
  first.ranges = second.ranges = {{"y", "z", 0}};
  first.puts = {{"y1", ""}};
  second.puts = {{"y2", ""}};
  EXPECT_TRUE(Apply(first).committed());
  EXPECT_FALSE(Apply(second).committed()) << "both saw an empty range";
  EXPECT_EQ(Keys("y"), std::vector<std::string>{"y1"});
}

TEST_P(StoreConformance, NamesTheKeyThatChangedInARange) {
  PutOne("a1", "");
  Commit commit;
  commit.read_at = store_->version();
  commit.ranges = {{"a", "b", 1}};
  PutOne("a2", "");
  EXPECT_EQ(Apply(commit).conflicting_keys, std::vector<std::string>{"a2"});
}

TEST_P(StoreConformance, AlwaysLooksAtAssumptions) {
  const Version a = PutOne("a", "1");
  const Version newer = PutOne("a", "2");
  for (const Version assumed : {a, newer, Version{0}}) {
    Commit commit;
    commit.read_at = store_->version();
    commit.assumptions = {{"a", assumed}};
    commit.puts = {{"b", ""}};
    EXPECT_EQ(Apply(commit).committed(), assumed == newer);
  }
}

TEST_P(StoreConformance, TellsWhichKeysChangedOrThatItDoesNotKnow) {
  const Version before = PutOne("a1", "");
  PutOne("a2", "");
  const Version last = Apply({{}, {{"a3", ""}, {"b", ""}}, {"a1"}, 0}).version;
  PutOne("a9", "");
  const auto changed = store_->ChangedKeys("a", before, last);
  if (GetParam() == Engine::kForgetful) {
    EXPECT_EQ(changed, std::nullopt);
    return;
  }
  ASSERT_TRUE(changed.has_value());
  EXPECT_EQ(std::set<std::string>(changed->begin(), changed->end()),
            (std::set<std::string>{"a1", "a2", "a3"}));
}

TEST_P(StoreConformance, LooksAtPreconditionsWhateverReadAtClaims) {
  const Version a = PutOne("a", "1");
  const Version read_at = store_->version();
  PutOne("a", "2");
  EXPECT_FALSE(Apply({{{"a", a}}, {{"b", ""}}, {}, read_at}).committed());
  EXPECT_TRUE(Apply({{{"a", Get("a").version}}, {{"b", ""}}, {}, store_->version()}).committed());
}

TEST_P(StoreConformance, DeletesAndKeepsTheAbsence) {
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

TEST_P(StoreConformance, OfTwoWritersWhoSawNobodyOneIsAborted) {
  Transaction one(*store_), other(*store_);
  for (Transaction* txn : {&one, &other}) {
    ASSERT_TRUE(txn->Scan("person", "", 10)->empty());
    txn->Put(txn == &one ? "person1" : "person2", "the same");
  }
  EXPECT_TRUE(one.Commit().ok());
  EXPECT_TRUE(absl::IsAborted(other.Commit().status()));
  EXPECT_EQ(other.conflicting_keys(), std::vector<std::string>{"person1"});
}

// Transactions that run at once, step by step in a random order: those that commit must have read exactly
// what they would have read alone, one after the other.
TEST_P(StoreConformance, CommittedTransactionsAreAsIfOneRanAfterTheOther) {
  struct Reading {
    std::string prefix, from;  // of a scan; a look-up of `from` if there is no limit
    size_t limit = 0;
    std::vector<std::pair<std::string, std::string>> rows;
  };
  struct Running {
    std::unique_ptr<Transaction> txn;
    std::vector<Reading> readings;
    std::map<std::string, std::optional<std::string>> writes;
  };
  std::map<std::string, std::string> model;
  const unsigned seed = 7;
  std::mt19937 random(seed);
  const auto key = [&] {
    return std::string(1, static_cast<char>('a' + random() % 3)) + static_cast<char>('a' + random() % 6);
  };
  // What the model, with the transaction's own writes on top, answers to a reading.
  const auto answer = [&](const Reading& reading, const Running& running) {
    std::map<std::string, std::string> rows = model;
    for (const auto& [written, value] : running.writes)
      if (value) {
        rows[written] = *value;
      } else {
        rows.erase(written);
      }
    std::vector<std::pair<std::string, std::string>> found;
    if (reading.limit == 0) {
      if (const auto row = rows.find(reading.from); row != rows.end()) found.push_back(*row);
      return found;
    }
    for (auto row = rows.lower_bound(std::max(reading.prefix, reading.from));
         row != rows.end() && row->first.starts_with(reading.prefix) && found.size() < reading.limit; ++row)
      found.push_back(*row);
    return found;
  };
  int committed = 0, aborted = 0;
  std::vector<Running> running(4);
  for (int step = 0; step < 4000; ++step) {
    Running& turn = running[random() % running.size()];
    if (!turn.txn) turn = {std::make_unique<Transaction>(*store_), {}, {}};
    const unsigned kind = random() % 10;
    if (kind < 4) {  // reads come before the writes, so that the model can repeat them with none on top
      if (!turn.writes.empty()) continue;
      Reading reading;
      reading.from = random() % 2 ? key() : "";
      if (random() % 2) {
        reading.prefix = std::string(random() % 2, static_cast<char>('a' + random() % 3));
        reading.limit = 1 + random() % 5;
        const auto rows = turn.txn->Scan(reading.prefix, reading.from, reading.limit);
        for (const KeyRow& row : *rows) reading.rows.emplace_back(row.key, row.row.value);
      } else {
        reading.from = key();
        if (const auto value = *turn.txn->Get(reading.from)) reading.rows.emplace_back(reading.from, *value);
      }
      turn.readings.push_back(std::move(reading));
    } else if (kind < 8) {
      const std::string written = key();
      if (random() % 3) {
        turn.txn->Put(written, std::to_string(step));
        turn.writes[written] = std::to_string(step);
      } else {
        turn.txn->Delete(written);
        turn.writes[written] = std::nullopt;
      }
    } else {
      const auto version = turn.txn->Commit();
      if (!version.ok()) {
        ASSERT_TRUE(absl::IsAborted(version.status())) << version.status();
        ++aborted;
      } else {
        ++committed;
        for (const Reading& reading : turn.readings)
          ASSERT_EQ(reading.rows, answer(reading, Running{}))
              << "step " << step << " seed " << seed << " prefix " << reading.prefix << " from "
              << reading.from << " limit " << reading.limit;
        for (const auto& [written, value] : turn.writes)
          if (value) {
            model[written] = *value;
          } else {
            model.erase(written);
          }
      }
      turn.txn.reset();
    }
  }
  EXPECT_GT(committed, 100);
  EXPECT_GT(aborted, 20);
  std::vector<std::string> keys;
  for (const auto& [row, value] : model) keys.push_back(row);
  EXPECT_EQ(Keys(""), keys);
}

TEST_P(StoreConformance, ManyWritersWhoScanTakeEachNumberOnce) {
  constexpr int kThreads = 4, kEach = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      for (int done = 0; done < kEach;) {
        Transaction txn(*store_);
        const size_t number = txn.Scan("row", "", 1000)->size();
        txn.Put("row" + std::to_string(1000 + number), "");
        if (txn.Commit().ok()) ++done;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Keys("row").size(), static_cast<size_t>(kThreads * kEach)) << "two took the same number";
}

TEST_P(StoreConformance, AnExclusiveTurnKeepsOthersWaiting) {
  std::unique_ptr<ExclusiveTurn> turn = store_->TakeTurn();
  ASSERT_NE(turn, nullptr);
  std::atomic<bool> other_done = false;
  std::thread other([&] {
    PutOne("a", "other");
    other_done = true;
  });
  Transaction txn(*store_, turn.get());
  ASSERT_EQ(*txn.Get("a"), std::nullopt);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a chance to overtake, if it were let
  txn.Put("a", "mine");
  EXPECT_TRUE(txn.Commit().ok());
  EXPECT_FALSE(other_done);
  turn.reset();
  other.join();
  EXPECT_EQ(Get("a").value, "other");
}

TEST_P(StoreConformance, WhoTakesAnExclusiveTurnDoesNotStarve) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> busy;
  for (int t = 0; t < 3; ++t)
    busy.emplace_back([&] {
      while (!stop) PutOne("hot", "x");
    });
  for (int round = 0; round < 5; ++round) {
    const auto turn = store_->TakeTurn();
    Transaction txn(*store_, turn.get());
    ASSERT_TRUE(txn.Get("hot").ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    txn.Put("slow", std::to_string(round));
    EXPECT_TRUE(txn.Commit().ok()) << "no other commit came between";
  }
  stop = true;
  for (std::thread& thread : busy) thread.join();
}

std::string EngineName(const testing::TestParamInfo<Engine>& info) {
  constexpr const char* kNames[] = {"Memory", "RocksDb", "Forgetful", "Encrypted", "EncryptedSm4"};
  return kNames[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreConformance,
                         testing::Values(Engine::kMemory, Engine::kRocksDb, Engine::kForgetful,
                                         Engine::kEncrypted, Engine::kEncryptedSm4),
                         EngineName);

}  // namespace
}  // namespace relief::storage
