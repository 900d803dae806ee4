#include <algorithm>

#include "server/notice/finding_store.h"
#include "tests/server/hub_fixture.h"

namespace relief::server {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);

class Findings : public testing::Test {
 protected:
  void MakeDuplicate(int64_t version = 1) {
    Push(*hub_, care_, {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub_, living_, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3), "371302", version)});
  }
  void Withdraw(int64_t version) {
    v1::Record gone;
    gone.set_record_id("D1");
    gone.set_version(version);
    gone.set_deleted(true);
    Push(*hub_, living_, {gone});
  }
  v1::Finding Duplicate() {
    v1::ListFindingsRequest request;
    request.mutable_filter()->add_rule_ids("D01");
    const auto found = ListFindings(hub_->store(), request);
    EXPECT_EQ(found->findings_size(), 1);
    return found->findings_size() > 0 ? found->findings(0) : v1::Finding();
  }

  int64_t now_us_ = 1'793'000'000'000'000;
  std::unique_ptr<Hub> hub_ = OpenHub(storage::NewMemoryStore(), [this] {
    Hub::Options options = TestOptions();
    options.clock = [this] { return now_us_ += 1'000'000; };
    return options;
  }());
  v1::Source care_ = OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY);
  v1::Source living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
};

TEST_F(Findings, OpenCloseAndReopenUnderOneId) {
  MakeDuplicate();
  const v1::Finding opened = Duplicate();
  EXPECT_EQ(opened.state(), v1::Finding::OPEN);
  EXPECT_TRUE(opened.has_due_date());
  EXPECT_EQ(opened.regions(0), "371302");

  v1::AddDispositionRequest disposition;
  disposition.set_finding_id(opened.finding_id());
  disposition.mutable_disposition()->set_outcome(v1::Disposition::CONFIRMED);
  ASSERT_TRUE(AddDisposition(*hub_, disposition, "spiffe://civil-affairs").ok());

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
  EXPECT_TRUE(absl::IsInvalidArgument(AddDisposition(*hub_, request, "a").status()));
  request.mutable_disposition()->set_outcome(v1::Disposition::NOT_A_PROBLEM);
  EXPECT_TRUE(absl::IsInvalidArgument(AddDisposition(*hub_, request, "a").status())) << "say why";
  request.mutable_disposition()->set_note("the hand-over took longer");
  request.mutable_disposition()->set_agency("somebody else");
  EXPECT_EQ(AddDisposition(*hub_, request, "a")->dispositions(0).agency(), "a")
      << "the caller, whatever it says";
  EXPECT_EQ(AddDisposition(*hub_, request, "b")->dispositions_size(), 2);
  request.set_finding_id("F-0000000000000000");
  EXPECT_TRUE(absl::IsNotFound(AddDisposition(*hub_, request, "a").status()));
}

// Two persons whom an officer takes for one: what was found on each stays what it is.
TEST_F(Findings, MoveWithTheirRecordsWithoutASecondAlert) {
  Who other = kWang;
  other.id_number = MadeUp("", kWang.birth, 124).id_number;
  MakeDuplicate();
  Push(*hub_, living_, {Monthly(other, "D2", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  v1::CreateSubscriptionRequest subscribe;
  subscribe.mutable_subscription()->set_subscription_id("s");
  ASSERT_TRUE(CreateSubscription(*hub_, subscribe, "local").ok());
  const v1::Finding before = Duplicate();
  const auto key = [](const std::string& source, const std::string& id) {
    return matcher::RecordKey::Of(source, id);
  };
  const auto decide = [&](std::optional<matcher::Verdict> verdict) {
    ASSERT_TRUE(hub_->Write([&](WriteContext& context) {
                      return context.Constrain(key("ml", "D1"), key("ml", "D2"), verdict);
                    })
                    .ok());
  };
  decide(matcher::Verdict::kSame);
  decide(std::nullopt);
  int about_the_old_pair = 0;
  const auto notices = ReadNotices(hub_->store(), "s", 1, 1000);
  for (const v1::Notice& notice : *notices) {
    if (notice.finding().finding_id() != before.finding_id()) continue;
    ++about_the_old_pair;
    EXPECT_EQ(notice.event(), v1::Notice::CHANGED) << "neither closed nor opened again";
  }
  EXPECT_LE(about_the_old_pair, 2);
  v1::ListFindingsRequest request;
  request.mutable_filter()->add_rule_ids("D01");
  request.mutable_filter()->add_states(v1::Finding::OPEN);
  EXPECT_EQ(ListFindings(hub_->store(), request)->findings_size(), 1)
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
    const auto page = ListFindings(hub_->store(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Finding& finding : page->findings()) ids.push_back(finding.finding_id());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(ids.size(), 7u);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));

  request.set_page_token(ListFindings(hub_->store(), request)->next_page_token());
  request.mutable_filter()->add_rule_ids("M01");
  EXPECT_TRUE(absl::IsInvalidArgument(ListFindings(hub_->store(), request).status()));
}

TEST_F(Findings, AreFiltered) {
  MakeDuplicate();
  const v1::Finding finding = Duplicate();
  const auto passes = [&](const std::function<void(v1::FindingFilter&)>& set) {
    v1::FindingFilter filter;
    set(filter);
    return MatchesFilter(filter, finding);
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

}  // namespace
}  // namespace relief::server
