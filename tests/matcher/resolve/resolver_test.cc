#include "matcher/resolve/resolver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/normalize/id_number.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/record_key.h"
#include "matcher/resolve/cluster.h"
#include "matcher/resolve/index_reader.h"
#include "matcher/resolve/match_types.h"
#include "storage/memory_store.h"

namespace relief::matcher {
namespace {

std::shared_ptr<const Model> TestModel(int block_limit = 0, int phone_limit = 30) {
  std::ifstream file(RELIEF_MODEL_FILE);
  std::stringstream text;
  text << file.rdbuf();
  std::string content = text.str();
  if (block_limit > 0) {
    const size_t at = content.find("block_limit:");
    content.replace(at, content.find('\n', at) - at, "block_limit: " + std::to_string(block_limit));
    const size_t phones = content.find("phone_limit:");
    content.replace(phones, content.find('\n', phones) - phones,
                    "phone_limit: " + std::to_string(std::min(block_limit, phone_limit)));
  }
  auto model = Model::Parse(content);
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

struct Person {
  std::string name;
  std::string id;
  CivilDate birth;
  Sex sex = Sex::kMale;
  std::string phone;
};

RawIdentity Raw(const Person& person) {
  RawIdentity raw;
  raw.name = person.name;
  raw.id_number = person.id;
  raw.birth_date = person.birth;
  raw.sex = person.sex;
  if (!person.phone.empty()) raw.phones = {person.phone};
  raw.region_code = "371302";
  return raw;
}

std::string IdNumberOf(CivilDate birth, int sequence) {
  char text[32];
  std::snprintf(text, sizeof text, "371302%04d%02d%02d%03d", birth.year, birth.month, birth.day, sequence);
  return std::string(text) + ResidentIdCheckDigit(text);
}

RecordKey Key(int number) { return RecordKey::Of("test", std::to_string(number)); }

Change Insert(int number, const RawIdentity& raw, int32_t anchor_day = 0) {
  return {Key(number), Normalize(raw), anchor_day};
}
Change Remove(int number) { return {Key(number), std::nullopt, 0}; }

// Every row, as text: two indexes with the same dump cannot be told apart.
std::map<std::string, std::string> DumpOf(const storage::Store& store) {
  std::map<std::string, std::string> rows;
  const auto all = store.Scan("", "", 10'000'000);
  for (const storage::KeyRow& row : *all) rows[row.key] = row.row.value;
  return rows;
}

class Index {
 public:
  explicit Index(std::shared_ptr<const Model> model)
      : resolver_(std::move(model), 16), store_(storage::NewMemoryStore()) {}

  ResolveDelta Apply(const std::vector<Change>& changes) {
    storage::Transaction txn(*store_);
    auto delta = resolver_.Apply(txn, changes);
    EXPECT_TRUE(delta.ok()) << delta.status();
    EXPECT_TRUE(txn.Commit().ok());
    return *delta;
  }

  ResolveDelta Constrain(int a, int b, std::optional<Verdict> verdict) {
    storage::Transaction txn(*store_);
    auto delta = resolver_.Constrain(txn, Key(a), Key(b), verdict);
    EXPECT_TRUE(delta.ok()) << delta.status();
    EXPECT_TRUE(txn.Commit().ok());
    return *delta;
  }

  PersonId PersonOf(int number) const { return *PersonOfRecord(*store_, Key(number)); }
  bool Together(int a, int b) const { return PersonOf(a) == PersonOf(b); }
  std::vector<MatchConflict> Conflicts() const { return *ListConflicts(*store_, "", 100000); }
  const storage::Store& store() const { return *store_; }

  std::map<std::string, std::string> Dump() const { return DumpOf(*store_); }

 private:
  Resolver resolver_;
  std::unique_ptr<storage::Store> store_;
};

const CivilDate kBirth{1975, 3, 14};
const Person kWang{"王秀兰", IdNumberOf(kBirth, 122), kBirth, Sex::kFemale, "13800001111"};

TEST(Resolver, RecordsOfOnePersonBecomeOnePerson) {
  Index index(TestModel());
  Person without_number = kWang;
  without_number.id = "";
  Person other{"李建国", IdNumberOf({1960, 7, 1}, 35), {1960, 7, 1}, Sex::kMale, ""};
  index.Apply(
      {Insert(1, Raw(kWang)), Insert(2, Raw(kWang)), Insert(3, Raw(without_number)), Insert(4, Raw(other))});
  EXPECT_TRUE(index.Together(1, 2));
  EXPECT_TRUE(index.Together(1, 3));
  EXPECT_FALSE(index.Together(1, 4));
  EXPECT_EQ(MembersOf(index.store(), index.PersonOf(1))->size(), 3u);
}

TEST(Resolver, TwoValidNumbersAreTwoPersonsAndAConflict) {
  Index index(TestModel());
  Person twin = kWang;
  twin.id = IdNumberOf(kBirth, 124);
  index.Apply({Insert(1, Raw(kWang)), Insert(2, Raw(twin))});
  EXPECT_FALSE(index.Together(1, 2));
  ASSERT_EQ(index.Conflicts().size(), 1u);
  EXPECT_EQ(index.Conflicts()[0].kind, ConflictKind::kTwoIds);
}

TEST(Resolver, ASourceThatHoldsEachPersonOnceKeepsItsRecordsApart) {
  Index index(TestModel());
  Change first = Insert(1, Raw(kWang)), second = Insert(2, Raw(kWang)), elsewhere = Insert(3, Raw(kWang));
  first.exclusive_source = second.exclusive_source = 7;
  elsewhere.exclusive_source = 8;
  index.Apply({first, second});
  EXPECT_FALSE(index.Together(1, 2));
  ASSERT_EQ(index.Conflicts().size(), 1u)
      << "the source broke its promise, or they are two people: an officer looks";
  index.Apply({elsewhere});
  EXPECT_FALSE(index.Together(1, 2)) << "nor does a third record bring them together";
  index.Constrain(1, 2, Verdict::kSame);
  EXPECT_TRUE(index.Together(1, 2)) << "an officer may";
}

TEST(Resolver, ARecordThatFitsTwoPersonsJoinsNeither) {
  Index index(TestModel());
  Person twin = kWang, between = kWang;
  twin.id = IdNumberOf(kBirth, 124);
  between.id = "";
  index.Apply({Insert(1, Raw(kWang)), Insert(2, Raw(twin)), Insert(3, Raw(between))});
  EXPECT_FALSE(index.Together(1, 3));
  EXPECT_FALSE(index.Together(2, 3));
  std::set<ConflictKind> kinds;
  for (const MatchConflict& conflict : index.Conflicts()) kinds.insert(conflict.kind);
  EXPECT_TRUE(kinds.contains(ConflictKind::kAmbiguousRecord));
}

TEST(Resolver, ADecisionOutlivesLaterFeedsAndCanBeTakenBack) {
  Index index(TestModel());
  Person twin = kWang;
  twin.id = IdNumberOf(kBirth, 124);
  index.Apply({Insert(1, Raw(kWang)), Insert(2, Raw(twin))});
  index.Constrain(1, 2, Verdict::kSame);
  EXPECT_TRUE(index.Together(1, 2));
  EXPECT_TRUE(index.Conflicts().empty());
  index.Apply({Remove(2)});
  index.Apply({Insert(2, Raw(twin)), Insert(3, Raw(kWang))});
  EXPECT_TRUE(index.Together(1, 2));
  EXPECT_TRUE(index.Together(1, 3));
  index.Constrain(1, 2, std::nullopt);
  EXPECT_FALSE(index.Together(1, 2));
  EXPECT_EQ(index.Conflicts().size(), 1u);
}

TEST(Resolver, DifferentKeepsApartWhatTheMachineWouldLink) {
  Index index(TestModel());
  Person plain = kWang;
  plain.id = "";
  index.Apply({Insert(1, Raw(plain)), Insert(2, Raw(plain))});
  EXPECT_TRUE(index.Together(1, 2));
  index.Constrain(2, 1, Verdict::kDifferent);
  EXPECT_FALSE(index.Together(1, 2));
  EXPECT_TRUE(index.Conflicts().empty()) << "the matter is settled";
}

TEST(Resolver, PersonsAreNamedAfterTheirEarliestRecordAndOldIdsFollow) {
  Index index(TestModel());
  index.Apply({Insert(1, Raw(kWang), 200)});
  const PersonId first = index.PersonOf(1);
  index.Apply({Insert(2, Raw(kWang), 300)});
  EXPECT_EQ(index.PersonOf(2), first) << "a later record does not rename the person";
  index.Apply({Insert(3, Raw(kWang), 100)});
  EXPECT_EQ(index.PersonOf(1), PersonId{Key(3)});
  EXPECT_EQ(*FollowPersonId(index.store(), first), PersonId{Key(3)});
  EXPECT_TRUE(absl::IsNotFound(MembersOf(index.store(), first).status()));
}

TEST(Resolver, DeltaNamesWhatChangedAndNothingElse) {
  Index index(TestModel());
  Person other{"李建国", IdNumberOf({1960, 7, 1}, 35), {1960, 7, 1}, Sex::kMale, ""};
  ResolveDelta delta = index.Apply({Insert(1, Raw(kWang)), Insert(2, Raw(other))});
  EXPECT_EQ(delta.persons_added, 2);
  delta = index.Apply({Insert(3, Raw(kWang), 5)});
  EXPECT_EQ(delta.persons_added, 0);
  ASSERT_EQ(delta.persons.size(), 1u);
  EXPECT_EQ(delta.persons.begin()->second.size(), 2u);
  delta = index.Apply({Insert(3, Raw(kWang), 5)});
  EXPECT_TRUE(delta.persons.empty()) << "the same again changes nothing";
  delta = index.Apply({Remove(2)});
  EXPECT_EQ(delta.persons_added, -1);
  ASSERT_EQ(delta.persons.size(), 1u);
  EXPECT_TRUE(delta.persons.begin()->second.empty());
}

TEST(Resolver, AHouseholdThatGrowsTooLargeOrShrinksRegroupsItsRecords) {
  Index index(TestModel(6));
  static const char* const kNames[] = {"赵云", "钱多", "孙立", "李白", "周瑜", "吴用", "郑和"};
  const auto member = [&](int number) {
    RawIdentity raw = Raw({kNames[number], "", CivilDate::FromDays(-7000 + 400 * number), Sex::kMale, ""});
    raw.household = "H1";
    return Insert(number, raw);
  };
  for (int number = 0; number < 6; ++number) EXPECT_TRUE(index.Apply({member(number)}).reblocked.empty());
  EXPECT_EQ(index.Apply({member(6)}).reblocked.size(), 7u);
  EXPECT_EQ(index.Apply({Remove(6)}).reblocked.size(), 6u);
}

TEST(Resolver, ANameThatBecomesCommonRegroupsNobody) {
  Index index(TestModel(6));
  for (int number = 0; number < 8; ++number) {
    const CivilDate birth = CivilDate::FromDays(-7000 + 400 * number);
    EXPECT_TRUE(index.Apply({Insert(number, Raw({"王伟", IdNumberOf(birth, number), birth, Sex::kMale, ""}))})
                    .reblocked.empty());
  }
}

TEST(Resolver, FindPersonsRanksTheRightOneFirst) {
  Index index(TestModel());
  Person other{"王秀兰", "", {1975, 8, 14}, Sex::kFemale, ""};
  index.Apply({Insert(1, Raw(kWang)), Insert(2, Raw(other))});
  Person asked = kWang;
  asked.phone = "";
  const auto found = FindPersons(index.store(), *TestModel(), Normalize(Raw(asked)), 5);
  ASSERT_TRUE(found.ok());
  ASSERT_FALSE(found->empty());
  EXPECT_EQ((*found)[0].person, index.PersonOf(1));
  EXPECT_GE((*found)[0].score.bits, TestModel()->link_threshold());
}

// ---- Order does not matter
// -----------------------------------------------------------------------------------------

// A crowd with few names, birthdays and phones, so that records meet, clash and become oversized all the time.
RawIdentity RandomIdentity(std::mt19937& random) {
  static const char* const kNames[] = {
      "王伟", "王玮", "李娜", "张秀英", "张秀", "欧阳明月", "阿卜杜拉·买买提", "王?"};
  const auto pick = [&](int n) { return static_cast<int>(random() % n); };
  Person person;
  person.name = kNames[pick(8)];
  person.birth = CivilDate{static_cast<int16_t>(1970 + pick(2)), static_cast<uint8_t>(1 + pick(2)),
                           static_cast<uint8_t>(1 + pick(3))};
  person.sex = pick(2) ? Sex::kMale : Sex::kFemale;
  if (pick(3)) person.id = IdNumberOf(person.birth, 10 + pick(3) * 2 + (person.sex == Sex::kMale ? 1 : 0));
  if (pick(12) == 0) person.id = IdNumberOf({1950, 1, 1}, 11);  // somebody else's number
  if (pick(2)) person.phone = "1380000000" + std::to_string(pick(4));
  RawIdentity raw = Raw(person);
  if (pick(4) == 0) raw.birth_date.reset();
  if (pick(3) == 0) raw.household = "test/H" + std::to_string(pick(4));
  return raw;
}

// Some records come from two sources that hold each person once.
Change InsertRandom(int number, const RawIdentity& raw, int32_t day) {
  Change change = Insert(number, raw, day);
  if (number % 5 == 0) change.exclusive_source = 1 + static_cast<uint64_t>(number % 2);
  return change;
}

struct Life {
  std::map<int, std::pair<RawIdentity, int32_t>> records;  // what is live in the end
  std::map<std::pair<int, int>, Verdict> decisions;        // what stands in the end
};

// What an index that never saw anything but the final state holds.
std::map<std::string, std::string> BuiltAtOnce(const Life& life, std::shared_ptr<const Model> model,
                                               std::mt19937& random) {
  Index index(model);
  std::vector<Change> changes;
  for (const auto& [number, record] : life.records)
    changes.push_back(InsertRandom(number, record.first, record.second));
  std::shuffle(changes.begin(), changes.end(), random);
  for (const auto& [pair, verdict] : life.decisions) index.Constrain(pair.first, pair.second, verdict);
  index.Apply(changes);
  return index.Dump();
}

// The keys that differ, as hexadecimal: a whole dump is unreadable.
std::string Difference(const std::map<std::string, std::string>& got,
                       const std::map<std::string, std::string>& wanted) {
  std::set<std::string> keys;
  for (const auto& [key, value] : got)
    if (const auto found = wanted.find(key); found == wanted.end() || found->second != value)
      keys.insert(key);
  for (const auto& [key, value] : wanted)
    if (!got.contains(key)) keys.insert(key);
  std::string text;
  for (const std::string& key : keys) {
    text += key.substr(0, 2) + " ";
    if (key.size() >= 12) text += RecordKey::FromBytes(key.data() + 2).ToString();
    text += "\n";
  }
  return text;
}

class OrderDoesNotMatter : public testing::TestWithParam<int> {};

TEST_P(OrderDoesNotMatter, AnyStreamLeavesWhatItsFinalStateAloneWouldLeave) {
  const int seed = GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto model =
      TestModel(seed % 2 ? 6 : 0);  // a small limit makes blocks become oversized and come back
  Index index(model);
  Life life;
  for (int step = 0; step < 60; ++step) {
    std::map<int, Change> batch;
    const int size = 1 + static_cast<int>(random() % (step % 10 == 0 ? 25 : 3));
    for (int i = 0; i < size; ++i) {
      const int number = static_cast<int>(random() % 60);
      if (random() % 4 == 0) {
        life.records.erase(number);
        batch.insert_or_assign(number, Remove(number));
      } else {
        const RawIdentity raw = RandomIdentity(random);
        const auto day = static_cast<int32_t>(random() % 5);
        life.records[number] = {raw, day};
        batch.insert_or_assign(number, InsertRandom(number, raw, day));
      }
    }
    std::vector<Change> changes;
    for (auto& [number, change] : batch) changes.push_back(change);
    std::shuffle(changes.begin(), changes.end(), random);
    index.Apply(changes);
    if (random() % 3 == 0) {
      const int a = static_cast<int>(random() % 60), b = static_cast<int>(random() % 60);
      if (a != b) {
        const std::pair<int, int> pair = std::minmax(a, b);
        if (random() % 3 == 0) {
          life.decisions.erase(pair);
          index.Constrain(a, b, std::nullopt);
        } else {
          const Verdict verdict = random() % 2 ? Verdict::kSame : Verdict::kDifferent;
          life.decisions[pair] = verdict;
          index.Constrain(a, b, verdict);
        }
      }
    }
  }
  for (int order = 0; order < 2; ++order)
    EXPECT_EQ(Difference(index.Dump(), BuiltAtOnce(life, model, random)), "");
}

INSTANTIATE_TEST_SUITE_P(Seeds, OrderDoesNotMatter, testing::Range(1, 41));

// ---- Several writers (F10) ----

// What resolvers remember, and who shares a resolver, must make no difference.
struct Memory {
  const char* name;
  size_t remembered;
  bool shared;
};

class SeveralWriters : public testing::TestWithParam<Memory> {};

// Four bring the same new people at the same instant. What each read is what its commit is guarded by, so of
// four commits one holds, and the others see it when they try again. Then each of them changes its record.
TEST_P(SeveralWriters, BringTheSameNewPersonAtOnceAndNobodyMakesASecondOne) {
  constexpr int kWriters = 4, kRounds = 25;
  const auto model = TestModel(8);  // blocks become oversized on the way
  auto store = storage::NewMemoryStore();
  std::mt19937 random(10);
  Life life;
  std::vector<RawIdentity> people;
  for (int round = 0; round < 2 * kRounds; ++round) people.push_back(RandomIdentity(random));
  const auto number_of = [](int round, int writer) { return (round % kRounds) * kWriters + writer; };
  for (int round = 0; round < 2 * kRounds; ++round)
    for (int writer = 0; writer < kWriters; ++writer)
      life.records[number_of(round, writer)] = {people[round], 0};

  std::barrier together(kWriters);
  std::atomic<int> again = 0;
  const Resolver shared(model, GetParam().remembered);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer)
    writers.emplace_back([&, writer] {
      const Resolver own(model, GetParam().remembered);
      const Resolver& resolver = GetParam().shared ? shared : own;
      for (int round = 0; round < 2 * kRounds; ++round) {
        const std::vector<Change> change = {InsertRandom(number_of(round, writer), people[round], 0)};
        for (bool first = true;; first = false) {
          storage::Transaction txn(*store);
          EXPECT_TRUE(resolver.Apply(txn, change).ok());
          if (first) together.arrive_and_wait();
          const auto committed = txn.Commit();
          if (committed.ok()) break;
          ASSERT_TRUE(absl::IsAborted(committed.status())) << committed.status();
          ++again;
        }
        together.arrive_and_wait();
      }
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_GE(again, kRounds * (kWriters - 1));

  EXPECT_EQ(Difference(DumpOf(*store), BuiltAtOnce(life, model, random)), "");
}

INSTANTIATE_TEST_SUITE_P(Memories, SeveralWriters,
                         testing::Values(Memory{"Nothing", 0, false}, Memory{"Own", 1000, false},
                                         Memory{"Shared", 1000, true}, Memory{"Little", 8, false}),
                         [](const auto& info) { return info.param.name; });

TEST(Resolver, WhatItRemembersIsAPreconditionLikeWhatItReads) {
  const auto model = TestModel(0);
  auto store = storage::NewMemoryStore();
  std::mt19937 random(5);
  const Resolver remembers(model, 100), reads(model);
  std::vector<RawIdentity> people;
  for (int number = 0; number < 10; ++number) people.push_back(RandomIdentity(random));
  const auto preconditions = [&](const Resolver& resolver, int number, bool commit) {
    storage::Transaction txn(*store);
    const std::vector<Change> change = {InsertRandom(number, people[static_cast<size_t>(number % 5)], 0)};
    EXPECT_TRUE(resolver.Apply(txn, change).ok());
    std::map<std::string, storage::Version> rows;
    for (const storage::Precondition& row : txn.Build().preconditions) rows[row.key] = row.expected;
    if (commit) {
      EXPECT_TRUE(txn.Commit().ok());
    }
    return rows;
  };
  for (int number = 0; number < 40; ++number) {
    const auto when_read = preconditions(reads, number, false);
    EXPECT_EQ(preconditions(remembers, number, true), when_read) << number;
  }
}

// The memory that is out of date when a transaction begins, and the one that becomes so while it runs.
TEST(Resolver, ARememberedRecordThatAnotherWriterChangedIsReadAgain) {
  for (const bool while_running : {false, true}) {
    const auto model = TestModel(0);
    auto store = storage::NewMemoryStore();
    std::mt19937 random(3);
    const RawIdentity before = RandomIdentity(random);
    RawIdentity after = before;
    after.id_number.clear();  // in the same blocks still, by its name
    Life life;
    life.records[1] = {after, 0};
    life.records[2] = {before, 0};
    life.records[3] = {before, 0};
    const Resolver one(model, 100), other(model, 100);
    const auto apply = [&](const Resolver& resolver, storage::Transaction& txn, int number,
                           const RawIdentity& raw) {
      const std::vector<Change> change = {InsertRandom(number, raw, 0)};
      ASSERT_TRUE(resolver.Apply(txn, change).ok());
    };
    const auto commit = [&](const Resolver& resolver, int number, const RawIdentity& raw) {
      storage::Transaction txn(*store);
      apply(resolver, txn, number, raw);
      ASSERT_TRUE(txn.Commit().ok());
    };
    commit(one, 1, before);
    commit(one, 2, before);  // reads 1, and remembers it
    if (while_running) {
      storage::Transaction txn(*store);
      apply(one, txn, 3, before);
      commit(other, 1, after);
      EXPECT_TRUE(absl::IsAborted(txn.Commit().status())) << "it compared with what was no more";
    } else {
      commit(other, 1, after);
    }
    commit(one, 3, before);
    EXPECT_EQ(Difference(DumpOf(*store), BuiltAtOnce(life, model, random)), "");
  }
}

// A slow, obvious resolver: every pair that shares a block of allowed size is scored, everything is one
// component.
TEST(Resolver, AgreesWithTheObviousOne) {
  for (int seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto model = TestModel(seed % 2 ? 8 : 100, 5);
    Index index(model);
    std::vector<Change> changes;
    for (int number = 0; number < 80; ++number)
      changes.push_back(Insert(number, RandomIdentity(random), number % 7));
    index.Apply(changes);

    std::sort(changes.begin(), changes.end(), [](const Change& l, const Change& r) { return l.key < r.key; });
    std::map<BlockKey, std::vector<int>> blocks;
    for (size_t i = 0; i < changes.size(); ++i)
      for (BlockKey block : BlockingKeys(*changes[i].identity)) blocks[block].push_back(static_cast<int>(i));
    std::set<std::pair<int, int>> pairs;
    for (const auto& [block, members] : blocks) {
      if (members.size() > static_cast<size_t>(model->block_limit())) continue;
      for (int a : members)
        for (int b : members)
          if (a < b) pairs.emplace(a, b);
    }
    std::vector<ClusterRecord> records;
    for (const Change& change : changes)
      records.push_back(
          {change.key, change.anchor_day, change.identity->id.trusted() ? change.identity->id.text : ""});
    std::vector<ClusterEdge> edges;
    const auto phone_of_many = [&](const Identity& a, const Identity& b) {
      std::vector<size_t> bearers;
      for (const std::string& phone : a.phones)
        if (std::count(b.phones.begin(), b.phones.end(), phone) > 0)
          bearers.push_back(blocks.at(PhoneBlock(phone)).size());
      return !bearers.empty() &&
             *std::min_element(bearers.begin(), bearers.end()) > static_cast<size_t>(model->phone_limit());
    };
    for (const auto& [a, b] : pairs) {
      const Identity &x = *changes[a].identity, &y = *changes[b].identity;
      const PairScore score = Score(*model, x, y, nullptr, phone_of_many(x, y));
      edges.push_back({a, b, static_cast<int32_t>(std::lround(score.bits * 64)), score.vetoes});
    }
    const Clustering clustering = ClusterComponent(*model, records, edges, {});
    for (size_t i = 0; i < records.size(); ++i)
      EXPECT_EQ(PersonOfRecord(index.store(), records[i].key)->anchor, records[clustering.anchor[i]].key);
  }
}

TEST(Resolver, ClearedIndexKeepsOnlyDecisions) {
  auto store = storage::NewMemoryStore();
  Resolver resolver(TestModel());
  {
    storage::Transaction txn(*store);
    ASSERT_TRUE(resolver.Apply(txn, std::vector<Change>{Insert(1, Raw(kWang)), Insert(2, Raw(kWang))}).ok());
    ASSERT_TRUE(resolver.Constrain(txn, Key(1), Key(2), Verdict::kDifferent).ok());
    ASSERT_TRUE(txn.Commit().ok());
  }
  for (bool empty = false; !empty;) {
    storage::Transaction txn(*store);
    empty = *ClearIndex(txn, 3);
    ASSERT_TRUE(txn.Commit().ok());
  }
  EXPECT_EQ(store->Scan("", "", 100)->size(), 2u);
  storage::Transaction txn(*store);
  ASSERT_TRUE(resolver.Apply(txn, std::vector<Change>{Insert(1, Raw(kWang)), Insert(2, Raw(kWang))}).ok());
  ASSERT_TRUE(txn.Commit().ok());
  EXPECT_NE(*PersonOfRecord(*store, Key(1)), *PersonOfRecord(*store, Key(2)));
}

}  // namespace
}  // namespace relief::matcher
