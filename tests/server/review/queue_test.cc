#include "server/review/queue.h"

#include "server/review/work_items.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

class Queue : public ReviewFixture {
 protected:
  Queue() {
    AddPair(0, 50000, 50000);
    AddPair(1, 90000, 90000);
    AddPair(2, 10000, 10000);
  }
  std::vector<int64_t> Amounts(const v1::ListConflictsRequest& request) {
    std::vector<int64_t> amounts;
    const auto page = List(request);
    for (const v1::Conflict& conflict : page.conflicts()) amounts.push_back(conflict.work().amount_fen());
    return amounts;
  }
};

TEST_F(Queue, TheMostMoneyAtRiskComesFirst) {
  const auto list = List();
  ASSERT_EQ(list.conflicts_size(), 3);
  const int64_t monthly[] = {180000, 100000, 20000};
  for (int i = 0; i < 3; ++i) {
    const v1::Conflict& conflict = list.conflicts(i);
    int64_t findings = 0;
    for (const v1::Finding& finding : OpenFindings(*hub_))
      if (finding.person_id() == conflict.person_a_id() || finding.person_id() == conflict.person_b_id())
        findings += finding.amount_fen();
    EXPECT_EQ(conflict.work().amount_fen(), monthly[i] + findings);
    EXPECT_EQ(conflict.work().priority(), monthly[i] + findings + 10000) << "with a base of 100 yuan";
  }
  const v1::WorkItem first = list.conflicts(0).work();
  EXPECT_EQ(first.kind(), v1::Conflict::TWO_IDS);
  EXPECT_EQ(first.doubt(), 1) << "the data contradict each other";
  EXPECT_EQ(first.state(), v1::WorkItem::WAITING);
  EXPECT_EQ(first.source_ids_size(), 2);
  EXPECT_EQ(first.due_date().day(), 31) << "five days after 26 October 2026";
}

TEST_F(Queue, PagesHoldEveryCaseOnceInEveryOrder) {
  for (const v1::ConflictOrder order :
       {v1::BY_PRIORITY, v1::BY_DUE_DATE, v1::BY_AGE, v1::BY_BITS, v1::BY_AMOUNT}) {
    v1::ListConflictsRequest request;
    request.set_order(order);
    request.set_page_size(1);
    std::set<std::string> seen;
    do {
      const auto page = List(request);
      ASSERT_EQ(page.conflicts_size(), 1);
      seen.insert(page.conflicts(0).conflict_id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(seen.size(), 3u) << v1::ConflictOrder_Name(order);
  }
}

TEST_F(Queue, APageTokenIsOfItsQuery) {
  v1::ListConflictsRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request).next_page_token());
  request.set_order(v1::BY_AGE);
  EXPECT_TRUE(absl::IsInvalidArgument(ListConflicts({*hub_, li_}, request).status()));
  request.set_page_token("zz");
  EXPECT_TRUE(absl::IsInvalidArgument(ListConflicts({*hub_, li_}, request).status()));
}

TEST_F(Queue, TheFilterLetsThroughWhatItSays) {
  v1::ListConflictsRequest request;
  const std::vector<int64_t> all = Amounts(request);
  request.mutable_filter()->set_min_amount_fen(all[1]);
  EXPECT_EQ(Amounts(request).size(), 2u);
  request.mutable_filter()->set_max_amount_fen(all[0] - 1);
  EXPECT_EQ(Amounts(request), std::vector<int64_t>{all[1]});
  request.clear_filter();
  request.mutable_filter()->set_region_prefix("3714");
  EXPECT_TRUE(Amounts(request).empty());
  request.mutable_filter()->set_region_prefix("3713");
  EXPECT_EQ(Amounts(request).size(), 3u);
  request.mutable_filter()->add_programmes(v1::MEDICAL);
  EXPECT_TRUE(Amounts(request).empty());
  request.clear_filter();
  request.mutable_filter()->add_source_ids("ml");
  EXPECT_EQ(Amounts(request).size(), 3u);
  request.clear_filter();
  request.mutable_filter()->add_kinds(v1::Conflict::UNCERTAIN_MATCH);
  EXPECT_TRUE(Amounts(request).empty());
  request.clear_filter();
  request.mutable_filter()->set_min_age_days(1);
  EXPECT_TRUE(Amounts(request).empty());
  Wait(86401);  // times of commits run ahead of a clock that stands still
  EXPECT_EQ(Amounts(request).size(), 3u);
}

TEST_F(Queue, WhatIsOutsideAnOfficersScopeIsNotThere) {
  const std::string id = List().conflicts(0).conflict_id();
  const Officer elsewhere{"console:he", "person:7",
                          [](const v1::WorkItem& item) { return item.regions(0).starts_with("44"); }};
  EXPECT_EQ(ListConflicts({*hub_, elsewhere}, {})->conflicts_size(), 0);
  EXPECT_TRUE(absl::IsNotFound(GetConflict({*hub_, elsewhere}, id).status()));
  EXPECT_TRUE(absl::IsNotFound(ClaimConflict(*hub_, id, elsewhere).status()));
  EXPECT_TRUE(absl::IsNotFound(DecideConflict(*hub_, Decide(v1::Decision::SAME), elsewhere).status()));
}

TEST_F(Queue, AClaimIsSeenAndEndsByItself) {
  const std::string id = List().conflicts(0).conflict_id();
  const auto claimed = ClaimConflict(*hub_, id, li_);
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  EXPECT_EQ(claimed->state(), v1::WorkItem::CLAIMED);
  EXPECT_EQ(List().conflicts(0).work().claimed_by(), "console:li");
  EXPECT_TRUE(absl::IsAborted(ClaimConflict(*hub_, id, wu_).status()));
  Wait(15 * 60 - 1);
  EXPECT_TRUE(absl::IsAborted(ClaimConflict(*hub_, id, wu_).status()));
  Wait(2);  // times of commits run ahead of a clock that stands still
  EXPECT_EQ(List().conflicts(0).work().state(), v1::WorkItem::WAITING);
  ASSERT_TRUE(ClaimConflict(*hub_, id, wu_).ok()) << "taken over";
  EXPECT_TRUE(absl::IsFailedPrecondition(ReleaseConflict(*hub_, id, li_).status()));
  EXPECT_TRUE(ReleaseConflict(*hub_, id, wu_).ok());
  EXPECT_EQ(History(id), (std::vector<v1::CaseEvent::Kind>{v1::CaseEvent::OPENED, v1::CaseEvent::CLAIMED,
                                                           v1::CaseEvent::CLAIMED, v1::CaseEvent::RELEASED}));
}

TEST_F(Queue, WorkIsAssignedHandedOverAndCounted) {
  v1::AssignConflictsRequest assign;
  const auto all = List();
  for (const v1::Conflict& conflict : all.conflicts()) assign.add_conflict_ids(conflict.conflict_id());
  assign.add_conflict_ids("C-" + std::string(16, '0') + std::string(15, '0') + "1");
  assign.set_assignee("console:wu");
  const auto assigned = AssignConflicts(*hub_, assign, li_);
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  EXPECT_EQ(assigned->assigned(), 3);
  EXPECT_EQ(assigned->gone_conflict_ids_size(), 1);
  v1::ListConflictsRequest mine;
  mine.mutable_filter()->set_only_mine(true);
  EXPECT_EQ(ListConflicts({*hub_, wu_}, mine)->conflicts_size(), 3);
  EXPECT_EQ(ListConflicts({*hub_, li_}, mine)->conflicts_size(), 0);
  const auto summary = GetQueueSummary({*hub_, li_}, {});
  ASSERT_EQ(summary->assignees_size(), 1);
  EXPECT_EQ(summary->assignees(0).assignee(), "console:wu");
  EXPECT_EQ(summary->conflicts(), 3);
  const std::vector<int64_t> amounts = Amounts({});
  EXPECT_EQ(summary->amount_fen(), amounts[0] + amounts[1] + amounts[2]);
}

TEST_F(Queue, ACommentStaysWithTheCaseAfterItCloses) {
  const std::string id = List().conflicts(0).conflict_id();
  v1::AddCaseCommentRequest comment;
  comment.set_conflict_id(id);
  EXPECT_TRUE(absl::IsInvalidArgument(AddCaseComment(*hub_, comment, li_).status()));
  comment.set_comment("问过社区，是同一人");
  ASSERT_TRUE(AddCaseComment(*hub_, comment, li_).ok());
  EXPECT_EQ(List().conflicts(0).work().comments(), 1);
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::SAME), li_).ok());
  EXPECT_EQ(History(id), (std::vector<v1::CaseEvent::Kind>{v1::CaseEvent::OPENED, v1::CaseEvent::COMMENTED,
                                                           v1::CaseEvent::DECIDED, v1::CaseEvent::CLOSED}));
  EXPECT_TRUE(absl::IsNotFound(ClaimConflict(*hub_, id, li_).status()));
}

TEST_F(Queue, WhatNobodyTouchedLeavesNothingBehind) {
  v1::Record gone;
  gone.set_record_id("D0");
  gone.set_version(9);
  gone.set_deleted(true);
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING), {gone});
  EXPECT_EQ(List().conflicts_size(), 2);
  EXPECT_EQ(Rows(*hub_, "vw").size(), 2u);
  EXPECT_EQ(Rows(*hub_, "vq").size(), 10u) << "five orders";
  EXPECT_EQ(Rows(*hub_, "ve").size(), 2u);
}

TEST_F(Queue, MoneyThatChangesMovesTheCase) {
  const std::string least = List().conflicts(2).conflict_id();
  v1::Record more = Monthly(MadeUp("慕容德昌", matcher::CivilDate::FromDays(-10'957 + 2 * 1'100), 104), "T2",
                            v1::EXTREME_POVERTY, MonthOf(2026, 1));
  more.set_version(2);
  more.mutable_benefit()->set_amount_fen(900000);
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY), {more});
  EXPECT_EQ(List().conflicts(0).conflict_id(), least);
  EXPECT_EQ(Rows(*hub_, "vq").size(), 15u);
}

TEST(Doubt, IsGreatestInTheMiddleBetweenTheThresholds) {
  const auto model = ShippedModel();
  const double review = model->review_threshold(), link = model->link_threshold();
  const auto doubt = [&](double bits) { return Doubt(*model, matcher::ConflictKind::kUncertainMatch, bits); };
  EXPECT_NEAR(doubt((review + link) / 2), 1, 1e-9);
  EXPECT_LT(doubt(link - 0.5), doubt((review + link) / 2));
  EXPECT_GT(doubt(link - 0.5), doubt(link - 0.1));
  EXPECT_GT(doubt(link + 5), 0) << "never nothing";
  EXPECT_EQ(Doubt(*model, matcher::ConflictKind::kSharedId, 0), 1);
}

}  // namespace
}  // namespace relief::server::review
