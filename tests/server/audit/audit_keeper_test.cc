// What time does to the audit chain of a hub: heads, another digest, retention.
#include "server/audit/audit_keeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>
#include <utility>

#include "server/audit/audit_chain.h"
#include "server/audit/audit_export.h"
#include "server/audit/audit_rows.h"
#include "server/audit/audit_verifier.h"
#include "server/audit/audit_witness.h"
#include "server/core/schema.h"
#include "tests/server/audit/audit_chain_file.h"
#include "tests/server/contested_store.h"

namespace relief::server::audit {
namespace {

constexpr int64_t kMinuteUs = int64_t{60} * 1'000'000, kHourUs = 60 * kMinuteUs, kDayUs = 24 * kHourUs;

class Keeper : public testing::Test {
 protected:
  Keeper() {
    files_.Make("hub");
    settings_.key = files_.Signing("hub");
    settings_.sign_every_entries = 3;
  }

  std::unique_ptr<core::Hub> Open(audit::Entry::Digest digest = audit::Entry::SHA_256) {
    core::Hub::Options options = TestOptions();
    options.clock = [this] { return now_us_.load(); };
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store_), options);
    const absl::Status status = UseAuditDigest(*hub, digest);
    EXPECT_TRUE(status.ok()) << status;
    return hub;
  }
  static void Enter(core::Hub& hub, int entries = 1) {
    for (int i = 0; i < entries; ++i)
      ASSERT_TRUE(hub.Write([](core::WriteContext& context) {
                       context.Audit({"local", "test", "", "", "", ""});
                       return absl::OkStatus();
                     })
                      .ok());
  }
  std::vector<int64_t> SignedEntries(const core::Hub& hub) {
    std::vector<int64_t> sequences;
    for (const auto& [key, value] : Rows(hub, audit_rows::kHeadPrefix)) {
      audit::Head head;
      EXPECT_TRUE(head.ParseFromString(value));
      EXPECT_EQ(files_.Public({"hub"}).Check(head), AuditPublicKeys::Answer::kGood);
      sequences.push_back(head.sequence());
    }
    return sequences;
  }
  // The exported chain as the auditor's program sees it.
  AuditReport Verify(const core::Hub& hub) {
    AuditVerifier verifier(files_.Public({"hub"}));
    std::string text;
    EXPECT_TRUE(ExportAuditChain(*hub.store().Snapshot(), [&](std::string lines) {
                  text += lines;
                  return true;
                }).ok());
    std::istringstream file(text);
    for (std::string line; std::getline(file, line);) verifier.Add(line);
    return verifier.Finish();
  }
  // Ticks once an hour, for so many hours; returns how many entries were removed.
  int64_t TickHours(AuditKeeper& keeper, int hours) {
    int64_t removed = 0;
    for (int i = 0; i < hours; ++i) {
      now_us_ += kHourUs;
      const auto one = keeper.Tick();
      EXPECT_TRUE(one.ok()) << one.status();
      removed += one.value_or(0);
    }
    return removed;
  }

  KeyFiles files_;
  AuditSettings settings_;
  std::atomic<int64_t> now_us_ = 1'793'000'000'000'000;
  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
};

TEST_F(Keeper, SignsWhenEnoughEntriesCameOrEnoughTimePassed) {
  auto hub = Open();
  AuditKeeper keeper(*hub, settings_);
  Enter(*hub);
  EXPECT_TRUE(keeper.Tick().ok());
  EXPECT_EQ(SignedEntries(*hub), std::vector<int64_t>{1}) << "the first is signed at once";
  Enter(*hub, 2);
  EXPECT_TRUE(keeper.Tick().ok());
  EXPECT_EQ(SignedEntries(*hub), std::vector<int64_t>{1}) << "neither three entries nor ten minutes";
  Enter(*hub);
  EXPECT_TRUE(keeper.Tick().ok());
  EXPECT_EQ(SignedEntries(*hub), (std::vector<int64_t>{1, 4}));
  Enter(*hub);
  now_us_ += 10 * kMinuteUs;
  EXPECT_TRUE(keeper.Tick().ok());
  EXPECT_EQ(SignedEntries(*hub), (std::vector<int64_t>{1, 4, 5}));
  now_us_ += 10 * kMinuteUs;
  EXPECT_TRUE(keeper.Tick().ok());
  EXPECT_EQ(SignedEntries(*hub), (std::vector<int64_t>{1, 4, 5})) << "nothing new to sign";
  Enter(*hub);
  now_us_ -= kDayUs;  // the clock was set back
  EXPECT_TRUE(keeper.Tick().ok());
  EXPECT_EQ(SignedEntries(*hub), (std::vector<int64_t>{1, 4, 5, 6}));
  const AuditReport report = Verify(*hub);
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.signed_to, 6);
}

// Two hubs on one store: between what one read and its commit, the other does the same.
TEST_F(Keeper, OfTwoNeitherTakesTheOthersHeadBackNorRemovesTwice) {
  auto contested = std::make_unique<ContestedStore>(*store_);
  ContestedStore& between = *contested;
  core::Hub::Options options = TestOptions();
  options.clock = [this] { return now_us_.load(); };
  auto hub = OpenHub(std::move(contested), options);
  auto other = Open();
  AuditKeeper keeper(*hub, settings_), other_keeper(*other, settings_);
  Enter(*hub);
  bool first = true;
  between.before_commit = [&](const storage::Commit&) {
    if (!std::exchange(first, false)) return;
    Enter(*other, 2);
    ASSERT_TRUE(other_keeper.SignNow().ok());
  };
  ASSERT_TRUE(keeper.SignNow().ok());
  EXPECT_EQ(SignedEntries(*hub), std::vector<int64_t>{3});
  audit::Head newest;
  ASSERT_TRUE(newest.ParseFromString(
      Rows(*hub, audit_rows::kNewestHeadRow).at(std::string(audit_rows::kNewestHeadRow))));
  EXPECT_EQ(newest.sequence(), 3);

  now_us_ += settings_.retention_us;
  int64_t removed = 0;
  for (int hour = 0; hour < 12; ++hour) {
    now_us_ += kHourUs;
    first = true;
    between.before_commit = [&](const storage::Commit&) {
      if (std::exchange(first, false)) removed += *other_keeper.Tick();
    };
    removed += *keeper.Tick();
    between.before_commit = nullptr;
    removed += *other_keeper.Tick();
  }
  EXPECT_GT(removed, 0);
  const auto head = Rows(*hub, schema::kAuditHeadRow);
  audit::Entry last;
  ASSERT_TRUE(last.ParseFromString(head.at(std::string(schema::kAuditHeadRow))));
  EXPECT_EQ(*CheckAuditChain(hub->store()) + removed, last.sequence()) << "each entry is removed once";
  const AuditReport report = Verify(*hub);
  EXPECT_FALSE(report.problem) << static_cast<int>(report.problem->kind) << " at " << report.problem->first;
}

TEST_F(Keeper, SignsWhatIsLeftWhenItStops) {
  auto hub = Open();
  AuditKeeper keeper(*hub, settings_);
  keeper.Start();
  Enter(*hub, 2);
  keeper.Stop();
  EXPECT_EQ(SignedEntries(*hub).back(), 2);
}

TEST_F(Keeper, WithoutAKeyNothingIsSignedAndNothingRemoved) {
  auto hub = Open();
  settings_.key.reset();
  AuditKeeper keeper(*hub, settings_);
  Enter(*hub, 5);
  now_us_ += 3000 * kDayUs;
  EXPECT_EQ(TickHours(keeper, 10), 0);
  EXPECT_TRUE(keeper.SignNow().ok());
  EXPECT_TRUE(SignedEntries(*hub).empty());
  EXPECT_EQ(*CheckAuditChain(hub->store()), 5);
}

TEST_F(Keeper, AChainMayChangeItsDigestAndOldEntriesStillHold) {
  {
    auto hub = Open();
    Enter(*hub, 2);
  }
  {
    auto hub = Open(audit::Entry::SM3);
    Enter(*hub, 2);
  }
  auto hub = Open();
  Enter(*hub, 2);
  EXPECT_EQ(*CheckAuditChain(hub->store()), 6 + 2);
  AuditKeeper keeper(*hub, settings_);
  ASSERT_TRUE(keeper.SignNow().ok());
  const AuditReport report = Verify(*hub);
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.signed_to, 8);
  std::vector<int> digests;
  for (const auto& [key, value] : Rows(*hub, schema::kAuditPrefix)) {
    audit::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(value));
    digests.push_back(entry.digest());
  }
  using E = audit::Entry;
  EXPECT_EQ(digests, (std::vector<int>{E::SHA_256, E::SHA_256, E::SM3, E::SM3, E::SM3, E::SHA_256, E::SHA_256,
                                       E::SHA_256}))
      << "that the digest changed is an entry of its own";
}

TEST_F(Keeper, AChainFromBeforeThereWasAChoiceGoesOn) {
  // As the hub wrote them: no digest, no records.
  storage::Commit commit;
  std::string previous;
  for (int i = 1; i <= 3; ++i) {
    audit::Entry entry;
    entry.set_sequence(i);
    entry.set_time_us(now_us_ - kDayUs);
    entry.set_actor("local");
    entry.set_action("feed.register");
    entry.set_previous_hash(previous);
    entry.set_hash(DigestOf(audit::Entry::SHA_256, entry.SerializeAsString()));
    previous = entry.hash();
    commit.puts.push_back({schema::AuditRow(i), entry.SerializeAsString()});
    if (i == 3) commit.puts.push_back({std::string(schema::kAuditHeadRow), entry.SerializeAsString()});
  }
  ASSERT_TRUE(store_->Apply(commit).ok());
  auto hub = Open(audit::Entry::SM3);
  Enter(*hub, 2);
  EXPECT_EQ(*CheckAuditChain(hub->store()), 3 + 1 + 2);
  EXPECT_FALSE(Verify(*hub).problem);
  EXPECT_EQ(Rows(*hub, audit_rows::kIndexedFromRow).begin()->second, audit_rows::Number("", 4));
}

TEST_F(Keeper, RemovesWhatIsOldEnoughAndNothingYounger) {
  auto hub = Open();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);  // entry 1
  const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 122);
  Push(*hub, source, {Monthly(wang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});  // entry 2, on one record
  Enter(*hub, 700);
  const int64_t old_until = 702;
  now_us_ += 10 * kDayUs;
  Enter(*hub, 3);
  AuditKeeper keeper(*hub, settings_);
  ASSERT_TRUE(keeper.SignNow().ok());
  const size_t indexed = Rows(*hub, "hAx").size();
  EXPECT_EQ(indexed, 1u);

  now_us_ += 1085 * kDayUs;
  EXPECT_EQ(TickHours(keeper, 20), 0) << "1,095 days and some hours: settings say 1,100";
  now_us_ += 5 * kDayUs;
  EXPECT_EQ(TickHours(keeper, 6), 0) << "not before the clock has run steadily";
  EXPECT_EQ(TickHours(keeper, 1), 500) << "a page at a time";
  EXPECT_EQ(*CheckAuditChain(hub->store()), 705 + 1 - 500) << "and an entry that says so";
  EXPECT_FALSE(Verify(*hub).problem);
  EXPECT_EQ(TickHours(keeper, 10), old_until - 500);
  EXPECT_EQ(Rows(*hub, schema::kAuditPrefix).begin()->first, schema::AuditRow(old_until + 1));
  EXPECT_TRUE(Rows(*hub, "hAx").empty()) << "the index goes with the entries";

  ASSERT_TRUE(keeper.SignNow().ok());
  const AuditReport report = Verify(*hub);
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.removed_to, old_until);
  EXPECT_EQ(report.first_sequence, old_until + 1);
  EXPECT_EQ(report.signed_to, report.last_sequence);
  hub->Shutdown();
  EXPECT_EQ(*CheckAuditChain(*store_), 3 + 2);
}

TEST_F(Keeper, AClockThatJumpedRemovesNothingBeforeSomebodyCanSetItRight) {
  auto hub = Open();
  AuditKeeper keeper(*hub, settings_);
  Enter(*hub, 5);
  EXPECT_EQ(TickHours(keeper, 12), 0);
  now_us_ += 3650 * kDayUs;
  EXPECT_EQ(TickHours(keeper, 5), 0);
  now_us_ -= 3650 * kDayUs;
  EXPECT_EQ(TickHours(keeper, 12), 0);
  EXPECT_EQ(*CheckAuditChain(hub->store()), 5);
}

TEST_F(Keeper, TheStoresCheckSeesWhatDoesNotAgreeWithASignature) {
  auto hub = Open();
  Enter(*hub, 4);
  AuditKeeper keeper(*hub, settings_);
  ASSERT_TRUE(keeper.SignNow().ok());
  audit::Head head;
  ASSERT_TRUE(head.ParseFromString(Rows(*hub, audit_rows::kHeadPrefix).begin()->second));
  const auto with = [&](int64_t sequence, const std::string& hash) {
    EXPECT_TRUE(hub->Write([&](core::WriteContext& context) {
                     audit::Head changed = head;
                     changed.set_sequence(sequence);
                     changed.set_entry_hash(hash);
                     context.txn.Delete(audit_rows::HeadRow(4));
                     context.txn.Delete(audit_rows::HeadRow(9));
                     context.txn.Put(audit_rows::HeadRow(sequence), changed.SerializeAsString());
                     return absl::OkStatus();
                   })
                    .ok());
    return std::string(CheckAuditChain(hub->store()).status().message());
  };
  EXPECT_EQ(with(4, "another"), "audit entry 4: is not the one that was signed");
  EXPECT_EQ(with(9, head.entry_hash()), "audit entry 5: missing") << "cut off after what was signed";
  EXPECT_EQ(with(4, head.entry_hash()), "");
}

// What many threads enter while heads are signed is one chain.
TEST_F(Keeper, ManyWritersAndASignerMakeOneChain) {
  auto hub = Open();
  AuditKeeper keeper(*hub, settings_);
  keeper.Start();
  std::atomic<int> writing = 4;
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t)
    writers.emplace_back([&] {
      Enter(*hub, 100);
      --writing;
    });
  while (writing > 0) EXPECT_TRUE(keeper.SignNow().ok());
  for (std::thread& writer : writers) writer.join();
  keeper.Stop();
  EXPECT_EQ(*CheckAuditChain(hub->store()), 400);
  const AuditReport report = Verify(*hub);
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.signed_to, 400);
  EXPECT_GT(report.heads, 1);
}

TEST(AuditSettings, RefuseWhatTheLawDoesNotAllow) {
  config::Audit audit;
  EXPECT_TRUE(LoadAuditSettings(audit).ok());
  audit.set_retention_days(1094);
  EXPECT_TRUE(absl::IsInvalidArgument(LoadAuditSettings(audit).status()));
  audit.set_retention_days(-1);
  EXPECT_TRUE(absl::IsInvalidArgument(LoadAuditSettings(audit).status()));
  audit.set_retention_days(1095);
  EXPECT_EQ(LoadAuditSettings(audit)->retention_us, 1095 * kDayUs);
  audit.set_digest(config::Audit::SM3);
  EXPECT_EQ(LoadAuditSettings(audit)->digest, audit::Entry::SM3);
  audit.set_sign_every_entries(-1);
  EXPECT_TRUE(absl::IsInvalidArgument(LoadAuditSettings(audit).status()));
  audit.clear_sign_every_entries();
  audit.set_signing_key_file("/nowhere/key.pem");
  EXPECT_TRUE(absl::IsNotFound(LoadAuditSettings(audit).status()));
}

// A directory put back is as sound in itself as the newest one: only what is kept outside of it tells.
TEST_F(Keeper, ADirectoryPutBackIsNoticed) {
  const std::string witness = files_.path("witness.json");
  settings_.witness_file = witness;
  EXPECT_TRUE(CheckWitness(*store_, witness).ok()) << "there is none yet";
  {
    auto hub = Open();
    AuditKeeper keeper(*hub, settings_);
    Enter(*hub, 2);
    EXPECT_TRUE(keeper.Tick().ok());
  }
  const auto older = [&] {
    auto hub = Open();
    return Rows(*hub, "");
  }();
  {
    auto hub = Open();
    AuditKeeper keeper(*hub, settings_);
    Enter(*hub, 3);  // three look-ups
    EXPECT_TRUE(keeper.Tick().ok());
    EXPECT_TRUE(CheckWitness(hub->store(), witness).ok());
    Enter(*hub);
    EXPECT_TRUE(CheckWitness(hub->store(), witness).ok()) << "the chain may be ahead, as after a fault";
  }
  auto put_back = storage::NewMemoryStore();
  storage::Transaction txn(*put_back);
  for (const auto& [key, value] : older) txn.Put(key, value);
  ASSERT_TRUE(txn.Commit().ok());
  EXPECT_TRUE(CheckAuditChain(*put_back).ok()) << "whole in itself";
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckWitness(*put_back, witness)));
  // And where it went on since, so that it is as long as it was.
  store_ = std::move(put_back);
  {
    auto hub = Open();
    ASSERT_TRUE(hub->Write([](core::WriteContext& context) {
                     context.Audit({"somebody.else", "test.look", "", "", "", ""});
                     return absl::OkStatus();
                   })
                    .ok());
    Enter(*hub, 20);
  }
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckWitness(*store_, witness)));
  std::ofstream(witness) << "anything\n";
  EXPECT_TRUE(absl::IsInvalidArgument(CheckWitness(*store_, witness)));
}

}  // namespace
}  // namespace relief::server::audit
