#include <algorithm>

#include "server/core/schema.h"
#include "server/findings/finding_answers.h"
#include "server/findings/finding_life.h"
#include "server/findings/finding_store.h"
#include "server/notices/outbox.h"
#include "server/records/stored.pb.h"
#include "tests/server/findings/duplicate_fixture.h"

namespace relief::server::rpc {
namespace {

using Findings = findings::OneDuplicate;

TEST_F(Findings, OpenCloseAndReopenUnderOneId) {
  MakeDuplicate();
  const v1::Finding opened = Duplicate();
  EXPECT_EQ(opened.state(), v1::Finding::OPEN);
  EXPECT_TRUE(opened.has_due_date());
  EXPECT_EQ(opened.regions(0), "371302");

  v1::AddDispositionRequest disposition;
  disposition.set_finding_id(opened.finding_id());
  disposition.mutable_disposition()->set_outcome(v1::Disposition::CONFIRMED);
  ASSERT_TRUE(findings::AddDisposition(*hub_, disposition, "spiffe://civil-affairs").ok());

  Withdraw(2);
  const v1::Finding closed = Duplicate();
  EXPECT_EQ(closed.finding_id(), opened.finding_id());
  EXPECT_EQ(closed.state(), v1::Finding::CLOSED);
  EXPECT_TRUE(closed.has_close_time());

  MakeDuplicate(3);
  const v1::Finding again = Duplicate();
  EXPECT_EQ(again.finding_id(), opened.finding_id());
  EXPECT_EQ(again.state(), v1::Finding::OPEN);
  EXPECT_EQ(again.open_time().seconds(), opened.open_time().seconds()) << "it is the same finding";
  EXPECT_FALSE(again.has_close_time());
  ASSERT_EQ(again.dispositions_size(), 1);
  EXPECT_EQ(again.dispositions(0).agency(), "spiffe://civil-affairs");
}

TEST_F(Findings, DispositionsAreCheckedAndAppended) {
  MakeDuplicate();
  v1::AddDispositionRequest request;
  request.set_finding_id(Duplicate().finding_id());
  EXPECT_TRUE(absl::IsInvalidArgument(findings::AddDisposition(*hub_, request, "a").status()));
  request.mutable_disposition()->set_outcome(v1::Disposition::NOT_A_PROBLEM);
  EXPECT_TRUE(absl::IsInvalidArgument(findings::AddDisposition(*hub_, request, "a").status())) << "say why";
  request.mutable_disposition()->set_note("the hand-over took longer");
  request.mutable_disposition()->set_agency("somebody else");
  EXPECT_EQ(findings::AddDisposition(*hub_, request, "a")->dispositions(0).agency(), "a")
      << "the caller, whatever it says";
  EXPECT_EQ(findings::AddDisposition(*hub_, request, "b")->dispositions_size(), 2);
  request.set_finding_id("F-0000000000000000");
  EXPECT_TRUE(absl::IsNotFound(findings::AddDisposition(*hub_, request, "a").status()));
}

// Two persons whom an officer takes for one: what was found on each stays what it is.
TEST_F(Findings, MoveWithTheirRecordsWithoutASecondAlert) {
  Who other = kWang;
  other.id_number = MadeUp("", kWang.birth, 124).id_number;
  MakeDuplicate();
  Push(*hub_, living_, {Monthly(other, "D2", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  v1::CreateSubscriptionRequest subscribe;
  subscribe.mutable_subscription()->set_subscription_id("s");
  ASSERT_TRUE(notices::CreateSubscription(*hub_, subscribe, {"local", "local"}).ok());
  const v1::Finding before = Duplicate();
  const auto key = [](const std::string& source, const std::string& id) {
    return matcher::RecordKey::Of(source, id);
  };
  const auto decide = [&](std::optional<matcher::Verdict> verdict) {
    ASSERT_TRUE(hub_->Write([&](core::WriteContext& context) {
                      return context.Constrain(key("ml", "D1"), key("ml", "D2"), verdict);
                    })
                    .ok());
  };
  decide(matcher::Verdict::kSame);
  decide(std::nullopt);
  int about_the_old_pair = 0;
  const auto notices = notices::ReadNotices(hub_->store(), "s", 1, 1000);
  for (const v1::Notice& notice : *notices) {
    if (notice.finding().finding_id() != before.finding_id()) continue;
    ++about_the_old_pair;
    EXPECT_EQ(notice.event(), v1::Notice::CHANGED) << "neither closed nor opened again";
  }
  EXPECT_LE(about_the_old_pair, 2);
  v1::ListFindingsRequest request;
  request.mutable_filter()->add_rule_ids("D01");
  request.mutable_filter()->add_states(v1::Finding::OPEN);
  EXPECT_EQ(findings::ListFindings(hub_->store(), request)->findings_size(), 1)
      << "and what the merge opened is closed again";
}

TEST_F(Findings, AreListedInPagesOfTheSameQuery) {
  for (int i = 0; i < 7; ++i) {
    const Who who = MadeUp("赵国庆", {1950, 1, static_cast<uint8_t>(1 + i)}, 101 + 2 * i);
    Push(*hub_, care_, {Monthly(who, "T" + std::to_string(i), v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub_, living_, {Monthly(who, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  }
  v1::ListFindingsRequest request;
  request.mutable_filter()->add_rule_ids("D01");
  request.set_page_size(3);
  std::vector<std::string> ids;
  int pages = 0;
  do {
    const auto page = findings::ListFindings(hub_->store(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Finding& finding : page->findings()) ids.push_back(finding.finding_id());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(ids.size(), 7u);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));

  request.set_page_token(findings::ListFindings(hub_->store(), request)->next_page_token());
  request.mutable_filter()->add_rule_ids("M01");
  EXPECT_TRUE(absl::IsInvalidArgument(findings::ListFindings(hub_->store(), request).status()));
}

TEST_F(Findings, AreFiltered) {
  MakeDuplicate();
  const v1::Finding finding = Duplicate();
  const auto passes = [&](const std::function<void(v1::FindingFilter&)>& set) {
    v1::FindingFilter filter;
    set(filter);
    return findings::MatchesFilter(filter, finding);
  };
  EXPECT_TRUE(passes([](auto&) {}));
  EXPECT_TRUE(passes([](auto& f) { f.add_rule_ids("D01"); }));
  EXPECT_FALSE(passes([](auto& f) { f.add_rule_ids("D07"); }));
  EXPECT_TRUE(passes([](auto& f) { f.add_kinds(v1::DUPLICATE); }));
  EXPECT_FALSE(passes([](auto& f) { f.add_kinds(v1::MISSING); }));
  EXPECT_FALSE(passes([](auto& f) { f.add_states(v1::Finding::CLOSED); }));
  EXPECT_TRUE(passes([](auto& f) { f.set_region_prefix("3713"); }));
  EXPECT_FALSE(passes([](auto& f) { f.set_region_prefix("11"); }));
  EXPECT_TRUE(passes([&](auto& f) { f.set_person_id(finding.person_id()); }));
  EXPECT_FALSE(passes([](auto& f) { f.set_person_id("P-0000000000000000"); }));
  EXPECT_TRUE(passes([](auto& f) { f.add_programmes(v1::EXTREME_POVERTY); }));
  EXPECT_FALSE(passes([](auto& f) { f.add_programmes(v1::DISASTER); }));
}

std::vector<std::string> History(const core::Hub& hub, const std::string& finding_id) {
  v1::ListFindingEventsRequest request;
  request.set_finding_id(finding_id);
  const auto events = findings::ListFindingEvents(hub.store(), request);
  EXPECT_TRUE(events.ok()) << events.status();
  std::vector<std::string> kinds;
  int64_t sequence = 0;
  for (const v1::FindingEvent& event : events->events()) {
    EXPECT_EQ(event.sequence(), ++sequence);
    kinds.push_back(v1::FindingEvent::Kind_Name(event.kind()));
  }
  return kinds;
}

TEST_F(Findings, HaveAHistoryThatOnlyGrows) {
  MakeDuplicate();
  Withdraw(2);
  MakeDuplicate(3);
  const v1::Finding finding = Duplicate();
  EXPECT_EQ(finding.reopened(), 1);
  EXPECT_EQ(History(*hub_, finding.finding_id()), (std::vector<std::string>{"OPENED", "CLOSED", "REOPENED"}));
  v1::ListFindingEventsRequest nothing;
  nothing.set_finding_id("F-none");
  EXPECT_TRUE(absl::IsNotFound(findings::ListFindingEvents(hub_->store(), nothing).status()));
}

class Answers : public Findings {
 protected:
  v1::Finding Say(const std::string& agency, v1::Disposition::Outcome outcome) {
    v1::AddDispositionRequest request;
    request.set_finding_id(Duplicate().finding_id());
    request.mutable_disposition()->set_outcome(outcome);
    request.mutable_disposition()->set_note("按规定衔接");
    const auto finding = findings::AddDisposition(*hub_, request, agency);
    EXPECT_TRUE(finding.ok()) << finding.status();
    return *finding;
  }
  int64_t OpenCount() {
    stored::Counters counters;
    EXPECT_TRUE(counters.ParseFromString(Rows(*hub_, schema::kCountersRow).begin()->second));
    return counters.open_findings();
  }
};

TEST_F(Answers, SettleAFindingWhenBothSidesAgreeThatItIsAllowed) {
  MakeDuplicate();
  const int64_t open = OpenCount();
  ASSERT_GT(Duplicate().notify_size(), 1);
  EXPECT_EQ(Say("civil-affairs", v1::Disposition::NOT_A_PROBLEM).state(), v1::Finding::OPEN)
      << "one side is not enough";
  EXPECT_EQ(Say("care", v1::Disposition::ACKNOWLEDGED).state(), v1::Finding::OPEN)
      << "a receipt is no answer";
  EXPECT_EQ(Say("care", v1::Disposition::NOT_A_PROBLEM).state(), v1::Finding::SETTLED);
  EXPECT_EQ(OpenCount(), open - 1);
  MakeDuplicate(4);  // the same again, corrected in nothing that matters
  EXPECT_EQ(Duplicate().state(), v1::Finding::SETTLED) << "what was agreed on is not asked twice";
  EXPECT_EQ(Say("care", v1::Disposition::CONFIRMED).state(), v1::Finding::OPEN)
      << "somebody thought better of it";
  EXPECT_TRUE(Duplicate().disputed());
  EXPECT_EQ(OpenCount(), open);
  Withdraw(5);
  EXPECT_EQ(Duplicate().state(), v1::Finding::CLOSED);
  EXPECT_EQ(OpenCount(), open - 1);
}

TEST_F(Answers, ThatContradictOneAnotherMakeItDisputed) {
  MakeDuplicate();
  EXPECT_FALSE(Say("civil-affairs", v1::Disposition::CONFIRMED).disputed());
  EXPECT_TRUE(Say("care", v1::Disposition::WRONG_DATA).disputed());
  EXPECT_FALSE(Say("care", v1::Disposition::CONFIRMED).disputed()) << "the newest word of each counts";
  const auto history = History(*hub_, Duplicate().finding_id());
  EXPECT_EQ(std::count(history.begin(), history.end(), "DISPUTED"), 1);
  EXPECT_EQ(std::count(history.begin(), history.end(), "DISPOSED"), 3);
}

TEST_F(Answers, ReachTheOtherSideAsANotice) {
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_subscription_id("care");
  ASSERT_TRUE(notices::CreateSubscription(*hub_, request, {"care", "care"}).ok());
  MakeDuplicate();
  const int64_t before = notices::GetSubscription(hub_->store(), "care")->last_sequence();
  Say("civil-affairs", v1::Disposition::CONFIRMED);
  EXPECT_EQ(notices::GetSubscription(hub_->store(), "care")->last_sequence(), before + 1);
}

TEST(FindingDeadline, IsKeptByATimerAndOverdueIsSaidOnce) {
  const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
  const auto store = storage::NewMemoryStore();
  core::Hub::Options options = TestOptions();
  std::string id;
  matcher::CivilDate due;
  {
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    Push(*hub, OpenBenefits(*hub, "ep", v1::EXTREME_POVERTY),
         {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    v1::Record ended = Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3));
    *ended.mutable_benefit()->mutable_end_month() = MonthOf(2026, 6);  // so that no month changes the finding
    Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING), {ended});
    for (const v1::Finding& finding : OpenFindings(*hub)) {
      if (finding.rule_id() != "D01") continue;
      id = finding.finding_id();
      due = *records::ToCivilDate(finding.due_date());
    }
    ASSERT_NE(id, "");
  }
  const auto on = [&](int days_after_due) {
    options.as_of = matcher::CivilDate::FromDays(due.days() + days_after_due);
    auto hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
    const auto history = History(*hub, id);
    return std::pair(findings::GetFinding(hub->store(), id)->overdue(),
                     std::count(history.begin(), history.end(), "OVERDUE"));
  };
  EXPECT_EQ(on(0), std::pair(false, std::ptrdiff_t{0})) << "the day itself is still in time";
  EXPECT_EQ(on(1), std::pair(true, std::ptrdiff_t{1}));
  EXPECT_EQ(on(2), std::pair(true, std::ptrdiff_t{1}));
  EXPECT_EQ(on(40), std::pair(true, std::ptrdiff_t{1}));
}

}  // namespace
}  // namespace relief::server::rpc
