#include "server/core/hub.h"

#include <openssl/sha.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <random>
#include <set>
#include <thread>

#include "server/audit/audit.pb.h"
#include "server/core/schema.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::core {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);

TEST(Hub, ARecordBecomesAPersonAFindingAndANoticeInOneCommit) {
  auto hub = OpenHub();
  const v1::Source care = OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY);
  const v1::Source living = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  Push(*hub, care, {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  const auto before = hub->store().version();
  Push(*hub, living, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  EXPECT_EQ(hub->store().version(), before + 1)
      << "record, person, finding, counters and audit are one commit";
  int overlaps = 0;
  for (const v1::Finding& finding : OpenFindings(*hub)) {
    if (finding.rule_id() != "D01") continue;
    ++overlaps;
    EXPECT_EQ(finding.evidence_size(), 2);
    EXPECT_EQ(finding.overlap_months_size(), 7) << "March is the hand-over";
    EXPECT_FALSE(finding.legal_basis().empty());
  }
  EXPECT_EQ(overlaps, 1);
}

TEST(Hub, RefusedWorkLeavesNoTraceAndTheGroupGoesOn) {
  auto hub = OpenHub();
  const auto refuse = [](WriteContext& context) {
    context.txn.Put("zz-refused", "x");
    context.CountLiveRecords(100);
    context.Audit({"local", "test", "", "", "", ""});
    return absl::FailedPreconditionError("no");
  };
  const auto accept = [](WriteContext& context) {
    context.txn.Put("zz-accepted", "x");
    return absl::OkStatus();
  };
  auto first = hub->Post(refuse);
  auto second = hub->Post(accept);
  EXPECT_TRUE(absl::IsFailedPrecondition(first.get().status()));
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(Rows(*hub, "zz").size(), 1u);
  EXPECT_TRUE(Rows(*hub, "ha").empty());
}

TEST(Hub, AnswersEverybodyWhenItShutsDown) {
  auto hub = OpenHub();
  std::vector<std::future<absl::StatusOr<int64_t>>> answers;
  for (int i = 0; i < 50; ++i)
    answers.push_back(hub->Post([i](WriteContext& context) {
      context.txn.Put("zz" + std::to_string(i), "x");
      return absl::OkStatus();
    }));
  hub->Shutdown();
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok()) << "what was taken is finished";
  EXPECT_EQ(Rows(*hub, "zz").size(), 50u);
  EXPECT_TRUE(absl::IsUnavailable(hub->Write([](WriteContext&) { return absl::OkStatus(); }).status()));
}

TEST(Hub, ManyWritersLoseNothing) {
  auto hub = OpenHub();
  std::vector<std::thread> writers;
  for (int t = 0; t < 8; ++t)
    writers.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(hub->Write([](WriteContext& context) {
                         context.CountLiveRecords(1);
                         return absl::OkStatus();
                       })
                        .ok());
    });
  for (std::thread& writer : writers) writer.join();
  stored::Counters counters;
  ASSERT_TRUE(counters.ParseFromString(Rows(*hub, schema::kCountersRow).begin()->second));
  EXPECT_EQ(counters.live_records(), 400);
}

TEST(Hub, TheAuditChainHangsTogether) {
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  for (int i = 0; i < 5; ++i)
    Push(*hub, source, {Monthly(kWang, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  std::string previous;
  int64_t sequence = 0;
  for (const auto& [key, value] : Rows(*hub, schema::kAuditPrefix)) {
    audit::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(value));
    EXPECT_EQ(entry.sequence(), ++sequence);
    EXPECT_EQ(entry.previous_hash(), previous);
    const std::string hash = entry.hash();
    entry.clear_hash();
    const std::string bytes = entry.SerializeAsString();
    std::string computed(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(computed.data()));
    EXPECT_EQ(hash, computed);
    EXPECT_EQ(entry.detail().find(kWang.name), std::string::npos);
    previous = hash;
  }
  EXPECT_EQ(sequence, 6) << "the registration and five batches";
}

// ---- Order does not matter, end to end
// -------------------------------------------------------------------------------

struct Event {
  std::string source;
  v1::Record record;
};

std::vector<Event> Village(std::mt19937& random) {
  std::vector<Event> events;
  int number = 0;
  for (int i = 0; i < 12; ++i) {
    const Who who = MadeUp(i % 3 ? "孙玉梅" : "周国强",
                           {static_cast<int16_t>(1948 + i % 4), 5, static_cast<uint8_t>(1 + i)}, 200 + i);
    const auto month = [&] {
      return MonthOf(2025 + static_cast<int>(random() % 2), 1 + static_cast<int>(random() % 9));
    };
    for (int64_t version = 1; version <= 1 + static_cast<int64_t>(random() % 3); ++version)
      events.push_back(
          {"ml", Monthly(who, "D" + std::to_string(i), v1::MINIMUM_LIVING, month(), "371302", version)});
    if (random() % 2)
      events.push_back(
          {"ep", Monthly(who, "T" + std::to_string(i), v1::EXTREME_POVERTY, month(), "371302", 1)});
    if (random() % 2)
      events.push_back({"facts", FactOf(who, "F" + std::to_string(++number), v1::DEATH, {2026, 2, 3})});
    if (random() % 3 == 0) {
      v1::Record gone;
      gone.set_record_id("D" + std::to_string(i));
      gone.set_version(9);
      gone.set_deleted(true);
      events.push_back({"ml", gone});
    }
  }
  return events;
}

// What anybody could see: persons, findings without their times, conflicts.
std::map<std::string, std::string> Visible(const Hub& hub) {
  std::map<std::string, std::string> rows = Rows(hub, "mp");
  rows.merge(Rows(hub, "mc"));
  for (v1::Finding finding : OpenFindings(hub)) {
    finding.clear_open_time();  // its history is how it got there, which may differ
    finding.clear_update_time();
    finding.clear_events();
    finding.clear_reopened();
    rows[finding.finding_id()] = finding.SerializeAsString();
  }
  return rows;
}

TEST(Hub, AnyOrderAndBatchingGivesTheSamePersonsAndFindings) {
  for (int seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::vector<Event> events = Village(random);
    std::map<std::string, std::string> expected;
    for (int order = 0; order < 4; ++order) {
      auto hub = OpenHub();
      const std::map<std::string, v1::Source> sources = {
          {"ml", OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING)},
          {"ep", OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY)},
          {"facts", OpenFacts(*hub, "facts")}};
      std::vector<Event> sent = events;
      if (order == 3) sent.insert(sent.end(), events.begin(), events.end());  // everything twice
      std::shuffle(sent.begin(), sent.end(), random);
      for (size_t begin = 0; begin < sent.size();) {
        const size_t end = std::min(sent.size(), begin + 1 + random() % (order == 0 ? 1 : 20));
        std::map<std::string, std::vector<v1::Record>> batches;
        for (size_t i = begin; i < end; ++i) batches[sent[i].source].push_back(sent[i].record);
        for (const auto& [source, records] : batches) Push(*hub, sources.at(source), records);
        begin = end;
      }
      if (order == 0) expected = Visible(*hub);
      EXPECT_EQ(Visible(*hub), expected);
    }
    EXPECT_FALSE(expected.empty());
  }
}

TEST(Hub, OtherRulesAreJudgedForEverybody) {
  auto hub = OpenHub();
  Push(*hub, OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY),
       {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING),
       {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  const auto open = static_cast<int64_t>(OpenFindings(*hub).size());
  ASSERT_GT(open, 0);
  auto none = coverage::RuleSet::Parse("none", "");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(hub->ReplaceRules(*none)->closed, open);
  EXPECT_TRUE(OpenFindings(*hub).empty());
  EXPECT_EQ(hub->ReplaceRules(ShippedRules())->opened, open);
}

TEST(Hub, TimeAndModelAreCaughtUpWithAtTheNextStart) {
  auto store = storage::NewMemoryStore();
  Hub::Options options = TestOptions();
  options.as_of = matcher::CivilDate{2026, 1, 31};
  std::map<std::string, std::string> persons;
  {
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    Push(*hub, OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY),
         {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING),
         {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
    EXPECT_TRUE(OpenFindings(*hub).empty()) << "one hand-over month is allowed";
    persons = Rows(*hub, "mp");
  }
  options.as_of = matcher::CivilDate{2026, 3, 31};
  {
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    EXPECT_FALSE(OpenFindings(*hub).empty());
  }
  // The index says that another model made it: it is built again from the records, and is the same.
  {
    storage::Transaction txn(*store);
    stored::Basis basis;
    ASSERT_TRUE(basis.ParseFromString(**txn.Get(schema::kBasisRow)));
    basis.set_model_version("another");
    txn.Put(schema::kBasisRow, basis.SerializeAsString());
    ASSERT_TRUE(txn.Commit().ok());
  }
  auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
  EXPECT_EQ(Rows(*hub, "mp"), persons);
  EXPECT_FALSE(OpenFindings(*hub).empty());
}

// Whoever sees keys of the index, in a diary of the store or in a dump of its keys, tries all numbers in
// vain.
TEST(Hub, KeysOfTheIndexAreHashedUnderASecretOfTheStore) {
  const auto keys = [](const Hub& hub, std::string_view prefix) {
    std::set<std::string> found;
    for (const auto& [key, value] : Rows(hub, prefix)) found.insert(key);
    return found;
  };
  const auto load = [](Hub& hub) {
    v1::Record record = Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1));
    record.mutable_benefit()->set_payee_account("6222020200112233445");
    Push(hub, OpenBenefits(hub, "ml", v1::MINIMUM_LIVING), {record});
  };
  auto store = storage::NewMemoryStore();
  auto one = OpenHub(std::make_unique<BorrowedStore>(*store));
  auto other = OpenHub();
  load(*one);
  load(*other);
  for (const char* prefix : {"mb", "hk"}) {
    const auto mine = keys(*one, prefix), theirs = keys(*other, prefix);
    EXPECT_EQ(mine.size(), theirs.size());
    EXPECT_FALSE(mine.empty());
    std::vector<std::string> common;
    std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(common));
    EXPECT_TRUE(common.empty()) << prefix;
  }
  const auto before = keys(*one, "mb");
  one.reset();
  one = OpenHub(std::make_unique<BorrowedStore>(*store));
  load(*one);
  EXPECT_EQ(keys(*one, "mb"), before) << "the secret is kept";
}

// Findings as anybody sees them, without the times at which they changed.
std::map<std::string, std::string> FindingsOf(const Hub& hub) {
  std::map<std::string, std::string> rows;
  for (v1::Finding finding : OpenFindings(hub)) {
    finding.clear_open_time();
    finding.clear_update_time();
    finding.clear_events();
    finding.clear_reopened();
    finding.clear_overdue();
    finding.clear_escalation();
    // They count from the day it opened, which depends on when the hub looked.
    finding.clear_due_date();
    finding.clear_action_zh();
    finding.clear_action_en();
    rows[finding.finding_id()] = finding.SerializeAsString();
  }
  return rows;
}

// Days, weeks or months go by between batches, with restarts: the timers alone bring the findings to where
// judging everybody on the last day would.
TEST(Hub, TimePassesByItself) {
  int total = 0;
  for (int seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::vector<Event> events = Village(random);
    auto store = storage::NewMemoryStore();
    Hub::Options options = TestOptions();
    matcher::CivilDate day{2025, 6, 1};
    std::vector<Event> sent;
    for (size_t begin = 0; begin < events.size() + 12;) {  // time goes on after the last batch
      options.as_of = day;
      auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
      const size_t end = begin + 1 + random() % 6;
      for (size_t i = begin; i < std::min(end, events.size()); ++i) {
        const v1::Source source = events[i].source == "facts" ? OpenFacts(*hub, "facts")
                                  : events[i].source == "ml"  ? OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING)
                                                              : OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY);
        Push(*hub, source, {events[i].record});
        sent.push_back(events[i]);
      }
      begin = end;
      auto fresh = OpenHub(storage::NewMemoryStore(), options);
      for (const Event& event : sent) {
        const v1::Source source = event.source == "facts" ? OpenFacts(*fresh, "facts")
                                  : event.source == "ml"  ? OpenBenefits(*fresh, "ml", v1::MINIMUM_LIVING)
                                                          : OpenBenefits(*fresh, "ep", v1::EXTREME_POVERTY);
        Push(*fresh, source, {event.record});
      }
      ASSERT_EQ(FindingsOf(*hub), FindingsOf(*fresh)) << day.ToString();
      total += static_cast<int>(FindingsOf(*hub).size());
      day = matcher::CivilDate::FromDays(day.days() + (random() % 3 ? static_cast<int>(random() % 70) : 0));
    }
  }
  EXPECT_GT(total, 20);
}

TEST(Hub, ADayThatBeginsJudgesOnlyThoseItConcerns) {
  auto store = storage::NewMemoryStore();
  Hub::Options options = TestOptions();
  options.as_of = matcher::CivilDate{2026, 1, 10};
  {
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    std::vector<v1::Record> records;
    for (int i = 0; i < 30; ++i)
      records.push_back(Monthly(MadeUp("孙玉梅", {1950, 1, static_cast<uint8_t>(1 + i)}, 200),
                                "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2024, 1)));
    Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING), records);
  }
  const auto woken_on = [&](matcher::CivilDate day) {
    options.as_of = day;
    const auto before = Rows(*OpenHub(std::make_unique<BorrowedStore>(*store), options), "ht");
    int due = 0;
    for (const auto& [key, value] : before) due += schema::DecodeTimer(key)->day <= day.days();
    return std::pair(before.size(), due);
  };
  EXPECT_EQ(woken_on({2026, 1, 11}), std::pair(size_t{30}, 0))
      << "all were looked at, and each has its next day";
  const auto rows = [&] {
    options.as_of = matcher::CivilDate{2026, 1, 12};
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    return Rows(*hub, "ht");
  };
  const auto timers = rows();
  for (const auto& [key, value] : timers)
    EXPECT_GT(schema::DecodeTimer(key)->day, (matcher::CivilDate{2026, 1, 12}.days()));
  EXPECT_EQ(rows(), timers) << "nobody was due: nothing was written";
}

TEST(Hub, AClockThatGoesBackIsBorne) {
  auto store = storage::NewMemoryStore();
  Hub::Options options = TestOptions();
  options.as_of = matcher::CivilDate{2026, 1, 31};
  {
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    Push(*hub, OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY),
         {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING),
         {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
    EXPECT_EQ(FindingsOf(*hub).size(), 0u);
  }
  for (const auto& [day, expected] :
       {std::pair(matcher::CivilDate{2026, 4, 1}, true), std::pair(matcher::CivilDate{2026, 1, 31}, false),
        std::pair(matcher::CivilDate{2026, 5, 1}, true)}) {
    options.as_of = day;
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    const auto findings = FindingsOf(*hub);
    EXPECT_EQ(std::any_of(findings.begin(), findings.end(),
                          [](const auto& one) { return one.second.find("D01") != std::string::npos; }),
              expected)
        << day.ToString();
  }
}

// Below the disk's watermark the store takes a few rows and refuses many.
class NarrowStore final : public BorrowedStore {
 public:
  using BorrowedStore::BorrowedStore;
  absl::StatusOr<storage::CommitResult> Apply(const storage::Commit& commit) override {
    if (narrow && commit.puts.size() > 8) return absl::ResourceExhaustedError("full");
    return BorrowedStore::Apply(commit);
  }
  std::atomic<bool> narrow = false;
};

TEST(Hub, ABatchThatTheDiskHasNoRoomForTakesNobodyDownWithIt) {
  auto store = storage::NewMemoryStore();
  auto narrow = std::make_unique<NarrowStore>(*store);
  NarrowStore& disk = *narrow;
  auto hub = OpenHub(std::move(narrow), TestOptions());
  disk.narrow = true;
  const auto rows = [](int count) {
    return [count](WriteContext& write) {
      for (int i = 0; i < count; ++i) write.txn.Put("test" + std::to_string(i), "x");
      write.Audit({"a", "test.looked", "", "", "", ""});
      return absl::OkStatus();
    };
  };
  // The writer is busy until all of them wait, so that they are one group.
  std::promise<void> all_wait;
  auto busy = hub->Post([waiting = all_wait.get_future().share()](WriteContext&) {
    waiting.wait();
    return absl::OkStatus();
  });
  auto before = hub->Post(rows(1)), batch = hub->Submit(rows(100), 100), after = hub->Post(rows(1));
  all_wait.set_value();
  EXPECT_TRUE(busy.get().ok());
  EXPECT_TRUE(before.get().ok());
  EXPECT_TRUE(absl::IsResourceExhausted(batch.get().status()));
  EXPECT_TRUE(after.get().ok());
}

TEST(Hub, SmallWorkGoesBeforeBatchesThatWait) {
  auto hub = OpenHub();
  std::vector<std::string> order;  // written by the hub's writer alone
  const auto mark = [&order](std::string what) {
    return [&order, what](WriteContext& context) {
      order.push_back(what);
      context.txn.Put("zz" + what, "x");
      return absl::OkStatus();
    };
  };
  std::promise<void> all_wait;
  auto busy = hub->Post([waiting = all_wait.get_future().share()](WriteContext&) {
    waiting.wait();
    return absl::OkStatus();
  });
  auto first = hub->Submit(mark("batch 1"), 500), second = hub->Submit(mark("batch 2"), 500);
  auto look = hub->Post(mark("look"));
  all_wait.set_value();
  for (auto* done : {&busy, &first, &second, &look}) ASSERT_TRUE(done->get().ok());
  EXPECT_EQ(order, (std::vector<std::string>{"look", "batch 1", "batch 2"}));
}

TEST(Hub, SmallWorkThatComesMeanwhileEndsTheGroupAfterTheBatchAtHand) {
  auto hub = OpenHub();
  std::future<absl::StatusOr<int64_t>> look;
  std::promise<void> both_wait;
  auto busy = hub->Post([waiting = both_wait.get_future().share()](WriteContext&) {
    waiting.wait();
    return absl::OkStatus();
  });
  auto first = hub->Submit(
      [&](WriteContext& context) {
        if (!look.valid())
          look = hub->Post([](WriteContext& write) {
            write.txn.Put("zz-look", "x");
            return absl::OkStatus();
          });
        context.txn.Put("zz-1", "x");
        return absl::OkStatus();
      },
      500);
  auto second = hub->Submit(
      [](WriteContext& context) {
        context.txn.Put("zz-2", "x");
        return absl::OkStatus();
      },
      500);
  both_wait.set_value();
  const auto first_at = first.get(), second_at = second.get();
  const auto look_at = look.get();
  ASSERT_TRUE(busy.get().ok() && first_at.ok() && second_at.ok() && look_at.ok());
  EXPECT_LT(*first_at, *look_at);
  EXPECT_LE(*look_at, *second_at) << "the second batch waited in its place";
}

TEST(Hub, SmallWorkNeverWaitsForRoomInTheQueueOfBatches) {
  Hub::Options options = TestOptions();
  options.queue_limit = 1;
  auto hub = OpenHub(storage::NewMemoryStore(), options);
  std::promise<void> go_on;
  auto busy = hub->Post([waiting = go_on.get_future().share()](WriteContext&) {
    waiting.wait();
    return absl::OkStatus();
  });
  auto batch = hub->Submit([](WriteContext&) { return absl::OkStatus(); }, 1);  // the queue is full
  auto look = hub->Post([](WriteContext&) { return absl::OkStatus(); });
  go_on.set_value();
  EXPECT_TRUE(look.get().ok());
  EXPECT_TRUE(batch.get().ok());
  EXPECT_TRUE(busy.get().ok());
}

TEST(Hub, TimesOfCommitsGrowWhateverTheClockSays) {
  std::atomic<int64_t> now = 1'793'000'000'000'000;
  Hub::Options options = TestOptions();
  options.clock = [&now] { return now.load(); };
  auto store = storage::NewMemoryStore();
  std::vector<int64_t> times;
  const auto commit = [&times](Hub& hub) {
    ASSERT_TRUE(hub.Write([&times](WriteContext& context) {
                     times.push_back(context.now_us);
                     context.txn.Put("zz", std::to_string(context.now_us));
                     return absl::OkStatus();
                   })
                    .ok());
  };
  {
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    commit(*hub);
    now -= 3'600'000'000;  // an hour back
    commit(*hub);
    commit(*hub);
  }
  auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);  // and after a restart
  commit(*hub);
  now += 7'200'000'000;
  commit(*hub);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end(), std::less_equal<>())) << "strictly";
  EXPECT_EQ(times.back(), now.load());
}

TEST(Hub, RefusesAStoreOfANewerFormat) {
  auto store = storage::NewMemoryStore();
  storage::Transaction txn(*store);
  stored::Basis basis;
  basis.set_format(schema::kFormat + 1);
  txn.Put(schema::kBasisRow, basis.SerializeAsString());
  ASSERT_TRUE(txn.Commit().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Hub::Open(TestOptions(), std::move(store), ShippedModel(), ShippedRules()).status()));
}

}  // namespace
}  // namespace relief::server::core
