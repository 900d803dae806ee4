#include "storage/transaction.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "storage/memory_store.h"

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
  EXPECT_EQ(commit.guards.size(), 2u);
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
