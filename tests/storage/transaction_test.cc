#include "storage/transaction.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "storage/memory_store.h"
#include "storage/scan.h"

namespace relief::storage {
namespace {

void Fill(Store& store, const std::map<std::string, std::string>& rows) {
  Commit commit;
  for (const auto& [key, value] : rows) commit.puts.push_back({key, value});
  ASSERT_TRUE(store.Apply(commit).ok());
}

TEST(Transaction, SeesItsOwnWritesAndNobodyElseDoes) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}, {"b", "2"}});
  Transaction txn(*store);
  txn.Put("a", "new");
  txn.Delete("b");
  txn.Put("c", "");
  const std::vector<std::string> keys = {"a", "b", "c"};
  const auto rows = txn.MultiGet(keys);
  EXPECT_EQ((*rows)[0].value, "new");
  EXPECT_EQ((*rows)[0].version, Transaction::kPending);
  EXPECT_FALSE((*rows)[1].present());
  EXPECT_TRUE((*rows)[2].present());
  EXPECT_EQ(*txn.Get("b"), std::nullopt);
  EXPECT_EQ((*store->MultiGet(keys))[0].value, "1");
  ASSERT_TRUE(txn.Commit().ok());
  EXPECT_EQ((*store->MultiGet(keys))[0].value, "new");
}

TEST(Transaction, GuardsWhatItReadAndOnlyThat) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}, {"b", "2"}});
  Transaction txn(*store);
  ASSERT_TRUE(txn.Get("a").ok());
  ASSERT_TRUE(txn.Get("absent").ok());
  txn.Put("c", "3");
  const Commit commit = txn.Build();
  EXPECT_EQ(commit.preconditions.size(), 2u);
  Fill(*store, {{"b", "changed"}});
  EXPECT_TRUE(txn.Commit().ok()) << "b was not read";
}

TEST(Transaction, IsAbortedWhenWhatItReadHasChanged) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}});
  for (const char* read : {"a", "absent"}) {
    Transaction txn(*store);
    ASSERT_TRUE(txn.Get(read).ok());
    txn.Put("c", "3");
    Fill(*store, {{read, "other"}});
    EXPECT_TRUE(absl::IsAborted(txn.Commit().status()));
  }
}

TEST(Transaction, ReadsOneSnapshot) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}, {"b", "1"}});
  Transaction txn(*store);
  EXPECT_EQ(*txn.Get("a"), "1");
  Fill(*store, {{"a", "2"}, {"b", "2"}, {"c", "2"}});
  EXPECT_EQ(*txn.Get("b"), "1") << "both were written together";
  EXPECT_EQ(txn.Scan("", "", 10)->size(), 2u);
}

TEST(Transaction, IsAbortedByAChangeInWhatItScanned) {
  for (const bool deletes : {false, true}) {
    auto store = NewMemoryStore();
    Fill(*store, {{"a1", ""}, {"a5", ""}});
    Transaction txn(*store);
    ASSERT_EQ(txn.Scan("a", "", 10)->size(), 2u);
    txn.Put("a3", "mine");
    txn.Put("b", "");
    storage::Commit other;
    if (deletes) {
      other.deletes = {"a1"};
    } else {
      other.puts = {{"a4", ""}};
    }
    ASSERT_TRUE(store->Apply(other).ok());
    EXPECT_TRUE(absl::IsAborted(txn.Commit().status()));
  }
}

TEST(Transaction, GuardsAScanUpToTheLastRowThatItReturned) {
  for (const std::string changed : {"a1", "a15", "a2", "a25"}) {
    auto store = NewMemoryStore();
    Fill(*store, {{"a1", ""}, {"a2", ""}, {"a3", ""}});
    Transaction txn(*store);
    ASSERT_EQ(txn.Scan("a", "", 2)->size(), 2u);
    txn.Put("b", "");
    Fill(*store, {{changed, "other"}});
    EXPECT_EQ(txn.Commit().ok(), changed == "a25") << changed;
  }
}

TEST(Transaction, GuardsAScanWhoseLimitItsOwnWritesFill) {
  for (const std::string changed : {"a1", "a15", "a3"}) {
    auto store = NewMemoryStore();
    Fill(*store, {{"a1", ""}, {"a3", ""}});
    Transaction txn(*store);
    txn.Put("a2", "mine");
    ASSERT_EQ(txn.Scan("a", "", 2)->back().key, "a2");
    Fill(*store, {{changed, "other"}});
    EXPECT_EQ(txn.Commit().ok(), changed == "a3") << changed;
  }
}

TEST(Transaction, TakesThePagesOfALongScanForOneRange) {
  auto store = NewMemoryStore();
  std::map<std::string, std::string> rows;
  for (int i = 100; i < 200; ++i) rows["a" + std::to_string(i)] = "";
  Fill(*store, rows);
  Transaction txn(*store);
  size_t seen = 0;
  const auto count = [&](const KeyRow&) -> absl::Status {
    ++seen;
    return absl::OkStatus();
  };
  ASSERT_TRUE(ForEachRow(txn, "a", "", count, 7).ok());
  EXPECT_EQ(seen, 100u);
  ASSERT_EQ(txn.Scan("a15", "", 100)->size(), 10u) << "within what was seen";
  const storage::Commit commit = txn.Build();
  ASSERT_EQ(commit.ranges.size(), 1u);
  EXPECT_EQ(commit.ranges[0].from, "a");
  EXPECT_EQ(commit.ranges[0].to, "b");
  EXPECT_EQ(commit.ranges[0].rows, 100u);
}

TEST(Transaction, IsAbortedWhenARememberedRowIsNotAsRemembered) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}});
  const Version first = store->version();
  Fill(*store, {{"b", "1"}});
  {
    Transaction txn(*store);
    txn.Assume("a", first, first);
    txn.Put("c", "");
    EXPECT_TRUE(txn.Commit().ok()) << "it is as it was";
  }
  {
    Transaction txn(*store);
    txn.Assume("a", first, txn.read_at());
    txn.Put("c", "");
    Fill(*store, {{"a", "2"}});
    EXPECT_TRUE(absl::IsAborted(txn.Commit().status())) << "it changed while the transaction ran";
  }
  Transaction txn(*store);
  txn.Assume("a", first, first);
  txn.Put("c", "");
  EXPECT_TRUE(absl::IsAborted(txn.Commit().status())) << "it had changed before the transaction began";
  EXPECT_EQ(txn.conflicting_keys(), std::vector<std::string>{"a"}) << "what a memory must forget";
}

TEST(Transaction, TellsWhatAMemoryMustForget) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}, {"b", "1"}});
  const Version remembered = store->version();
  Fill(*store, {{"a", "2"}});
  Transaction txn(*store);
  Fill(*store, {{"b", "2"}});
  EXPECT_EQ(txn.ChangedKeys("", remembered), std::vector<std::string>{"a"}) << "up to its snapshot";
  EXPECT_EQ(txn.ChangedKeys("", txn.read_at()), std::vector<std::string>{});
  EXPECT_EQ(Transaction(store->Snapshot()).ChangedKeys("", remembered), std::nullopt) << "a dry run";
}

TEST(Transaction, CanBeADryRun) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}});
  Transaction txn(store->Snapshot());
  Fill(*store, {{"a", "2"}});
  EXPECT_EQ(*txn.Get("a"), "1");
  txn.Put("b", "would be");
  EXPECT_EQ(*txn.Get("b"), "would be");
  EXPECT_TRUE(absl::IsFailedPrecondition(txn.Commit().status()));
  EXPECT_EQ(store->Scan("", "", 10)->size(), 1u);
}

TEST(Transaction, RollsBackToAMark) {
  auto store = NewMemoryStore();
  Fill(*store, {{"a", "1"}});
  Transaction txn(*store);
  txn.Put("a", "2");
  const size_t mark = txn.Mark();
  txn.Put("a", "3");
  txn.Delete("a");
  txn.Put("b", "x");
  txn.RollbackTo(mark);
  EXPECT_EQ(*txn.Get("a"), "2");
  EXPECT_EQ(*txn.Get("b"), std::nullopt);
  txn.RollbackTo(0);
  EXPECT_EQ(*txn.Get("a"), "1");
  EXPECT_TRUE(txn.empty());
}

TEST(Transaction, ScansTheStoreAndItsWritesAsOne) {
  for (int seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto key = [&] {
      return std::string(1, static_cast<char>('a' + random() % 3)) + static_cast<char>('a' + random() % 9);
    };
    std::map<std::string, std::string> model;
    for (int i = 0; i < 12; ++i) model[key()] = "stored";
    auto store = NewMemoryStore();
    Fill(*store, model);
    Transaction txn(*store);
    for (int i = 0; i < 12; ++i) {
      const std::string changed = key();
      if (random() % 2) {
        txn.Put(changed, "written");
        model[changed] = "written";
      } else {
        txn.Delete(changed);
        model.erase(changed);
      }
    }
    for (const std::string prefix : {"", "a", "b", "c"}) {
      const std::string from = random() % 2 ? key() : "";
      const size_t limit = 1 + random() % 8;
      std::vector<std::pair<std::string, std::string>> expected, got;
      for (auto row = model.lower_bound(std::max(prefix, from));
           row != model.end() && row->first.starts_with(prefix) && expected.size() < limit; ++row)
        expected.push_back(*row);
      const auto rows = txn.Scan(prefix, from, limit);
      for (const KeyRow& row : *rows) got.emplace_back(row.key, row.row.value);
      EXPECT_EQ(got, expected) << "prefix " << prefix << " from " << from << " limit " << limit;
    }
  }
}

}  // namespace
}  // namespace relief::storage
