// Who looked at a person, or changed the person's data: asked by subject, through everything that befalls a
// person's records.
#include "server/audit/audit_access.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/audit/audit_chain.h"
#include "server/registry/person_view.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::audit {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kLi = MadeUp("李桂英", {1961, 7, 2}, 44);

class Accesses : public testing::Test {
 protected:
  Accesses() {
    core::Hub::Options options = TestOptions();
    options.clock = [this] { return now_us_ += 1'000'000; };
    hub_ = OpenHub(storage::NewMemoryStore(), options);
    living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
    poverty_ = OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY);
  }

  std::string PersonOf(const std::string& source, const std::string& record) {
    v1::RecordName name;
    name.set_source_id(source);
    name.set_record_id(record);
    const auto person = registry::ReadPersonOfRecord(hub_->store(), name);
    EXPECT_TRUE(person.ok()) << person.status();
    return person.ok() ? person->person_id() : "";
  }
  void Enter(const std::string& action, const std::string& subject, const std::string& purpose = "",
             const std::string& case_number = "") {
    ASSERT_TRUE(hub_->Write([&](core::WriteContext& context) {
                      context.Audit({"console:officer", action, subject, purpose, case_number, ""});
                      return absl::OkStatus();
                    })
                    .ok());
  }
  // "action kind", the newest first.
  static std::vector<std::string> Told(const absl::StatusOr<v1::ListAccessesResponse>& response) {
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> told;
    if (response.ok())
      for (const v1::Access& access : response->accesses())
        told.push_back(access.action() + " " + v1::Access::Kind_Name(access.kind()));
    return told;
  }
  v1::ListAccessesRequest Ask(const std::string& person_id) {
    v1::ListAccessesRequest request;
    request.set_person_id(person_id);
    return request;
  }
  v1::ListAccessesRequest Ask(const std::string& source, const std::string& record) {
    v1::ListAccessesRequest request;
    request.mutable_record()->set_source_id(source);
    request.mutable_record()->set_record_id(record);
    return request;
  }
  absl::StatusOr<v1::ListAccessesResponse> List(const v1::ListAccessesRequest& request) {
    return ListAccesses(*hub_->store().Snapshot(), request);
  }
  void Constrain(const std::string& a, const std::string& b, std::optional<matcher::Verdict> verdict) {
    ASSERT_TRUE(hub_->Write([&](core::WriteContext& context) {
                      return context.Constrain(matcher::RecordKey::Of("ml", a),
                                               matcher::RecordKey::Of("ml", b), verdict);
                    })
                    .ok());
  }

  int64_t now_us_ = 1'793'000'000'000'000;
  std::unique_ptr<core::Hub> hub_;
  v1::Source living_, poverty_;
};

TEST_F(Accesses, TellWhoSentWhoLookedAndWhy) {
  Push(*hub_, living_,
       {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1)),
        Monthly(kLi, "D2", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Push(*hub_, poverty_, {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 2))});
  const std::string wang = PersonOf("ml", "D1"), li = PersonOf("ml", "D2");
  ASSERT_EQ(wang, PersonOf("ep", "T1"));
  Enter("registry.check", wang + " " + li, "APPLICATION", "2026-17");
  Enter("registry.person", li, "REVIEW", "2026-18");
  const auto response = List(Ask(wang));
  EXPECT_EQ(Told(response),
            (std::vector<std::string>{"registry.check LOOKED", "feed.batch SENT", "feed.batch SENT"}))
      << "nothing of the other person's";
  const v1::Access& look = response->accesses(0);
  EXPECT_EQ(look.actor(), "console:officer");
  EXPECT_EQ(look.purpose(), v1::Purpose::APPLICATION);
  EXPECT_EQ(look.case_number(), "2026-17");
  EXPECT_GT(look.time().seconds(), response->accesses(2).time().seconds());
  EXPECT_EQ(Told(List(Ask("ep", "T1"))),
            (std::vector<std::string>{"registry.check LOOKED", "feed.batch SENT"}))
      << "one record: who saw it, and who sent it";
  EXPECT_TRUE(absl::IsNotFound(List(Ask("ml", "D9")).status()));
  EXPECT_TRUE(absl::IsNotFound(List(Ask("P-0000000000000000")).status()));
}

TEST_F(Accesses, DuplicatesThatChangedNothingAreNoChange) {
  const auto record = Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  Push(*hub_, living_, {record});
  Push(*hub_, living_, {record});
  EXPECT_EQ(Told(List(Ask("ml", "D1"))).size(), 1u);
}

TEST_F(Accesses, AFindingAReferralAndAConflictLeadToTheirPersons) {
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Push(*hub_, poverty_, {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  const auto findings = OpenFindings(*hub_);
  ASSERT_FALSE(findings.empty());
  Enter("finding.dispose", findings[0].finding_id());
  const auto a = matcher::RecordKey::Of("ml", "D1"), b = matcher::RecordKey::Of("ep", "T1");
  Enter("review.decide", "C-" + std::min(a, b).ToString() + std::max(a, b).ToString());
  Enter("referral.create", "R-no-such-row");
  EXPECT_EQ(Told(List(Ask(PersonOf("ml", "D1")))),
            (std::vector<std::string>{"review.decide CHANGED", "finding.dispose CHANGED", "feed.batch SENT",
                                      "feed.batch SENT"}));
}

TEST_F(Accesses, AMergeOrASplitHidesNoLook) {
  // Without numbers, and far apart: two persons until an officer says otherwise.
  Who wang = kWang, other = MadeUp("赵铁柱", {1944, 1, 5}, 9);
  Push(*hub_, living_,
       {Monthly(wang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1)),
        Monthly(other, "B", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  const std::string of_a = PersonOf("ml", "A"), of_b = PersonOf("ml", "B");
  ASSERT_NE(of_a, of_b);
  Enter("registry.person", of_a, "REVIEW", "before the merge");
  Constrain("A", "B", matcher::Verdict::kSame);
  const std::string joined = PersonOf("ml", "A");
  ASSERT_EQ(joined, PersonOf("ml", "B"));
  EXPECT_EQ(List(Ask(joined))->accesses(0).case_number(), "before the merge") << "by either's records";
  Enter("registry.person", joined, "REVIEW", "while joined");
  Constrain("A", "B", matcher::Verdict::kDifferent);
  ASSERT_NE(PersonOf("ml", "A"), PersonOf("ml", "B"));
  const auto cases = [&](const std::string& person) {
    std::vector<std::string> looks;
    const auto response = List(Ask(person));
    for (const v1::Access& access : response->accesses())
      if (access.kind() == v1::Access::LOOKED) looks.push_back(access.case_number());
    return looks;
  };
  EXPECT_EQ(cases(PersonOf("ml", "A")), (std::vector<std::string>{"while joined", "before the merge"}));
  EXPECT_EQ(cases(PersonOf("ml", "B")), std::vector<std::string>{"while joined"})
      << "whoever looked at the joined person saw this record too";
}

TEST_F(Accesses, WhoIsNoLongerInTheHubCanStillAsk) {
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  const std::string wang = PersonOf("ml", "D1");
  Enter("registry.person", wang, "REVIEW", "2026-1");
  v1::Record gone;
  gone.set_record_id("D1");
  gone.set_version(2);
  gone.set_deleted(true);
  Push(*hub_, living_, {gone});
  const std::vector<std::string> expected = {"feed.batch SENT", "registry.person LOOKED", "feed.batch SENT"};
  EXPECT_EQ(Told(List(Ask(wang))), expected);
  EXPECT_EQ(Told(List(Ask("ml", "D1"))), expected);
}

TEST_F(Accesses, WhatASnapshotEndsIsAChange) {
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  std::vector<v1::Record> others;
  for (int i = 0; i < 9; ++i)
    others.push_back(Monthly(MadeUp("周国强", {1948, 5, static_cast<uint8_t>(1 + i)}, 200 + i),
                             "E" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1)));
  Push(*hub_, living_, others);
  auto snapshot = ingest::BeginSnapshot(*hub_, "ml", "local");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  Push(*hub_, living_, others);
  const auto result = ingest::CommitSnapshot(*hub_, "ml", snapshot->snapshot_id(), "local");
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->ended(), 1);
  EXPECT_EQ(Told(List(Ask("ml", "D1"))),
            (std::vector<std::string>{"feed.snapshot.end SENT", "feed.batch SENT"}));
  EXPECT_EQ(Told(List(Ask("ml", "E1"))), std::vector<std::string>{"feed.batch SENT"});
}

TEST_F(Accesses, FilesOfManyPeopleAreToldOnlyWhenAskedFor) {
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Enter("registry.export", "", "OPERATIONS");
  Enter("finding.export", "findings.csv");
  auto request = Ask("ml", "D1");
  EXPECT_EQ(Told(List(request)), std::vector<std::string>{"feed.batch SENT"});
  request.set_listed(true);
  EXPECT_EQ(Told(List(request)),
            (std::vector<std::string>{"finding.export LISTED", "registry.export LISTED", "feed.batch SENT"}));
}

TEST_F(Accesses, PagesAndTimesCutTheListAndLoseNothing) {
  Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Push(*hub_, poverty_, {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 2))});
  const std::string wang = PersonOf("ml", "D1");
  for (int i = 0; i < 450; ++i) Enter("registry.person", wang, "REVIEW", std::to_string(i));
  auto request = Ask(wang);
  request.set_page_size(100);
  std::vector<std::string> cases;
  int pages = 0;
  do {
    const auto page = List(request);
    ASSERT_TRUE(page.ok()) << page.status();
    ++pages;
    for (const v1::Access& access : page->accesses())
      if (access.kind() == v1::Access::LOOKED) cases.push_back(access.case_number());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 5);
  ASSERT_EQ(cases.size(), 450u);
  for (int i = 0; i < 450; ++i) ASSERT_EQ(cases[static_cast<size_t>(i)], std::to_string(449 - i));

  const auto all = List(Ask(wang));
  request = Ask(wang);
  *request.mutable_to_time() = all->accesses(10).time();
  *request.mutable_from_time() = all->accesses(20).time();
  const auto between = List(request);
  ASSERT_EQ(between->accesses_size(), 10) << "from the first, before the second";
  EXPECT_EQ(between->accesses(0).sequence(), all->accesses(11).sequence());
  EXPECT_EQ(between->accesses(9).sequence(), all->accesses(20).sequence());
  EXPECT_TRUE(all->has_searched_from());

  request.set_page_token("x");
  EXPECT_TRUE(absl::IsInvalidArgument(List(request).status()));
  request = Ask(wang);
  request.set_page_size(501);
  EXPECT_TRUE(absl::IsInvalidArgument(List(request).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(List(v1::ListAccessesRequest()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(List(Ask("nobody")).status()));
}

// Callers choose some of what an entry holds: none of it may make the chain unreadable.
TEST_F(Accesses, TextThatIsNoTextDoesNotBreakTheChain) {
  Enter("charity.match", "\xe7\x8e", "\xff", std::string("a\0b", 3));
  Enter("test", "");
  EXPECT_EQ(*CheckAuditChain(hub_->store()), 4);
}

}  // namespace
}  // namespace relief::server::audit
