// What needs two people needs them however it is cut.
#include "server/review/stake.h"

#include <thread>

#include "server/review/case_view.h"
#include "server/review/clusters.h"
#include "server/review/jobs.h"
#include "server/review/proposal_ending.h"
#include "server/review/proposals.h"
#include "server/review/review_rows.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

constexpr int kPairs = 6;
constexpr int64_t kFenOfPair =
    180'000;  // at risk in each of the fixture's pairs: what is paid, and what is open

v1::ReviewPolicy PolicyOf(int64_t over_fen, int32_t bulk_over = -1) {
  v1::ReviewPolicy policy = DefaultReviewPolicy();
  policy.set_approval_over_fen(over_fen);
  policy.set_approval_bulk_over(bulk_over);
  return policy;
}

class StakeFixture : public ReviewFixture {
 protected:
  explicit StakeFixture(v1::ReviewPolicy policy) : ReviewFixture(std::move(policy)) {
    for (int n = 0; n < kPairs; ++n) AddPair(n);
    jobs_ = std::make_unique<ReviewJobs>(*hub_);
  }
  ~StakeFixture() override { jobs_.reset(); }

  absl::StatusOr<v1::ReviewJob> StartBulk(const Officer& officer, const std::string& source = "",
                                          v1::Decision::Verdict verdict = v1::Decision::SAME) {
    v1::PreviewBulkRequest ask;
    ask.set_verdict(verdict);
    if (!source.empty()) ask.mutable_filter()->add_source_ids(source);
    auto preview = jobs_->Preview(ask, officer);
    if (!preview.ok()) return preview.status();
    foretold_ = preview->needs_approval();
    v1::StartBulkRequest request;
    *request.mutable_filter() = ask.filter();
    request.set_verdict(verdict);
    request.set_comment("换证");
    request.set_preview_token(preview->preview_token());
    return jobs_->Start(request, officer);
  }
  v1::ReviewJob WaitUntilItRests(const std::string& id) {
    for (int i = 0; i < 2000; ++i) {
      const auto job = GetReviewJob(hub_->store(), id);
      if (job.ok() && job->state() != v1::ReviewJob::RUNNING) return *job;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "the job runs and runs";
    return {};
  }
  absl::Status Approve(const std::string& id, const Officer& officer) {
    v1::ApproveProposalRequest request;
    request.set_proposal_id(id);
    auto approved = ApproveProposal(*hub_, request, officer);
    jobs_->Wake();
    return approved.status();
  }
  // The decision's id; empty: it was proposed instead.
  std::string DecideFirst(const Officer& officer, v1::Decision::Verdict verdict = v1::Decision::SAME) {
    const auto list = List();
    for (const v1::Conflict& conflict : list.conflicts()) {
      if (conflict.work().state() != v1::WorkItem::WAITING) continue;
      auto decision = DecideConflict(*hub_, Decide(conflict, verdict), officer);
      EXPECT_TRUE(decision.ok()) << decision.status();
      return decision.ok() ? decision->decision_id() : "";
    }
    ADD_FAILURE() << "no case is left";
    return "";
  }

  bool foretold_ = false;
  std::unique_ptr<ReviewJobs> jobs_;
};

class MoneyOfAJob : public StakeFixture {
 protected:
  MoneyOfAJob() : StakeFixture(PolicyOf(3 * kFenOfPair)) {}
};

TEST_F(MoneyOfAJob, IsTheSumOfItsCases) {
  ASSERT_GE(List().conflicts(0).work().amount_fen(), kFenOfPair);
  const auto job = StartBulk(li_);
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_TRUE(foretold_) << "the preview says so";
  EXPECT_EQ(job->state(), v1::ReviewJob::PROPOSED);
  EXPECT_EQ(GetProposal({*hub_, wu_}, job->proposal_id())->ground(), v1::Proposal::AMOUNT);
  EXPECT_EQ(Duplicates(), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(job->proposal_id(), li_again_)));
  ASSERT_TRUE(Approve(job->proposal_id(), wu_).ok());
  EXPECT_EQ(WaitUntilItRests(job->job_id()).done(), kPairs);
  EXPECT_EQ(Duplicates(), kPairs);
}

TEST_F(MoneyOfAJob, IsAtStakeAgainWhenItIsTakenBack) {
  const auto job = StartBulk(li_);
  ASSERT_TRUE(Approve(job->proposal_id(), wu_).ok());
  WaitUntilItRests(job->job_id());
  v1::RevertReviewJobRequest revert;
  revert.set_job_id(job->job_id());
  revert.set_comment("看错了");
  const auto reverting = jobs_->Revert(revert, wu_);
  ASSERT_TRUE(reverting.ok()) << reverting.status();
  EXPECT_EQ(reverting->state(), v1::ReviewJob::PROPOSED) << "two people did it, the approver too is one";
  EXPECT_EQ(Duplicates(), kPairs);
  ASSERT_TRUE(Approve(reverting->proposal_id(), li_).ok());
  EXPECT_EQ(WaitUntilItRests(reverting->job_id()).done(), kPairs);
  EXPECT_EQ(Duplicates(), 0);
}

TEST_F(MoneyOfAJob, IsCountedWithWhatThePersonDecidedBefore) {
  EXPECT_FALSE(DecideFirst(li_).empty());
  EXPECT_FALSE(DecideFirst(li_again_).empty()) << "another account of the same person";
  EXPECT_FALSE(DecideFirst(li_).empty());
  EXPECT_TRUE(DecideFirst(li_).empty()) << "the fourth of a day is over the limit of three";
  EXPECT_TRUE(DecideFirst(li_again_).empty());
  EXPECT_FALSE(DecideFirst(wu_).empty()) << "another person's day is another one";
  EXPECT_EQ(Duplicates(), 4);
}

TEST_F(MoneyOfAJob, TheNextDayBeginsAnew) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
  EXPECT_TRUE(DecideFirst(li_).empty());
  Wait(24 * 3600);
  EXPECT_FALSE(DecideFirst(li_).empty());
}

TEST_F(MoneyOfAJob, TheCaseSaysBeforehandThatASecondPersonIsNeeded) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
  const std::string next = List().conflicts(0).conflict_id();
  EXPECT_TRUE(ReadCase(*hub_, li_, next)->needs_approval_if_same());
  EXPECT_FALSE(ReadCase(*hub_, wu_, next)->needs_approval_if_same());
}

TEST_F(MoneyOfAJob, WhatAnotherPersonDecidedCountsWhenItIsTakenBack) {
  const std::string first = DecideFirst(li_);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(wu_).empty());
  v1::UndoDecisionRequest undo;
  undo.set_decision_id(first);
  const auto undone = UndoDecision(*hub_, undo, wu_);
  ASSERT_TRUE(undone.ok()) << undone.status();
  EXPECT_FALSE(undone->proposal_id().empty());
  EXPECT_EQ(Duplicates(), 4);
}

TEST_F(MoneyOfAJob, ASlipIsTakenBackByTheHandThatMadeItAndGivenBackToTheDay) {
  const std::string first = DecideFirst(li_);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
  v1::UndoDecisionRequest undo;
  undo.set_decision_id(first);
  const auto undone = UndoDecision(*hub_, undo, li_again_);
  ASSERT_TRUE(undone.ok()) << undone.status();
  EXPECT_TRUE(undone->has_undo_time()) << "at once, by another account of the same person";
  EXPECT_EQ(Duplicates(), 2);
  EXPECT_FALSE(DecideFirst(li_).empty()) << "one more of the day's three";
  EXPECT_TRUE(DecideFirst(li_).empty()) << "and no more than that";
}

TEST_F(MoneyOfAJob, ASlipOfYesterdayCounts) {
  const std::string first = DecideFirst(li_);
  Wait(24 * 3600 + 1);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
  v1::UndoDecisionRequest undo;
  undo.set_decision_id(first);
  EXPECT_FALSE(UndoDecision(*hub_, undo, li_)->proposal_id().empty());
}

TEST_F(MoneyOfAJob, DoubtCostsNothing) {
  for (int i = 0; i < 2 * kPairs; ++i) {
    auto doubt = DecideConflict(*hub_, Decide(List().conflicts(0), v1::Decision::UNSURE), li_);
    ASSERT_TRUE(doubt.ok()) << doubt.status();
    EXPECT_FALSE(doubt->decision_id().empty());
  }
}

// The same through the other doors: a cluster's KEEP joins what a case's SAME would.
TEST_F(MoneyOfAJob, AClusterIsNoWayAround) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
  const v1::Conflict conflict = List().conflicts(0);
  v1::ClusterDecision keep;
  keep.set_operation(v1::Decision::KEEP);
  keep.set_person_id(PersonOf(conflict.record_a().source_id(), conflict.record_a().record_id()));
  keep.set_etag(ReadCluster({*hub_, li_}, keep.person_id())->etag());
  auto& group = *keep.add_groups();
  *group.add_records() = conflict.record_a();
  *group.add_records() = conflict.record_b();
  const auto decision = DecideCluster(*hub_, keep, li_);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_TRUE(decision->decision_id().empty());
  EXPECT_EQ(GetProposal({*hub_, wu_}, decision->proposal_id())->ground(), v1::Proposal::AMOUNT);
  EXPECT_EQ(Duplicates(), 3);
  ASSERT_TRUE(Approve(decision->proposal_id(), wu_).ok());
  EXPECT_EQ(Duplicates(), 4);
}

TEST_F(MoneyOfAJob, WhatTwoDecidedOneDoesNotDecideOtherwise) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
  const v1::Conflict conflict = List().conflicts(0);
  const auto proposed = DecideConflict(*hub_, Decide(conflict, v1::Decision::DIFFERENT), li_);
  ASSERT_TRUE(Approve(proposed->proposal_id(), wu_).ok());
  v1::ClusterDecision keep;
  keep.set_operation(v1::Decision::KEEP);
  keep.set_person_id(PersonOf(conflict.record_a().source_id(), conflict.record_a().record_id()));
  keep.set_etag(ReadCluster({*hub_, wu_}, keep.person_id())->etag());
  auto& group = *keep.add_groups();
  *group.add_records() = conflict.record_a();
  *group.add_records() = conflict.record_b();
  const auto decision = DecideCluster(*hub_, keep, wu_);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_TRUE(decision->decision_id().empty()) << "little money, and all the same not wu's alone";
}

class CasesInBulk : public StakeFixture {
 protected:
  CasesInBulk() : StakeFixture(PolicyOf(-1, 4)) {}
};

TEST_F(CasesInBulk, AreCountedOverTheDayAndStopAJobOnItsWay) {
  // Two jobs of three, each below the limit of four. The runner may decide on the first before the second is there.
  v1::PreviewBulkRequest ask;
  ask.set_verdict(v1::Decision::SAME);
  std::vector<std::string> ids;
  const auto list = List();
  const auto start = [&](int from) {
    stored::ReviewJob row;
    v1::ReviewJob& job = *row.mutable_job();
    job.set_job_id(review_rows::Numbered('J', 900 + from));
    job.set_state(v1::ReviewJob::RUNNING);
    job.set_verdict(v1::Decision::SAME);
    job.set_comment("x");
    job.set_officer(li_.name);
    job.set_total(3);
    row.set_person(li_.person);
    row.set_next_item(1);
    auto done = hub_->Write([&](core::WriteContext& context) {
      for (int i = 0; i < 3; ++i) {
        stored::ReviewJobItem item;
        item.mutable_item()->set_number(i + 1);
        item.mutable_item()->set_conflict_id(list.conflicts(from + i).conflict_id());
        item.mutable_item()->set_result(v1::ReviewJobItem::PENDING);
        item.set_etag(list.conflicts(from + i).etag());
        context.txn.Put(review_rows::JobItemRow(job.job_id(), i + 1), item.SerializeAsString());
      }
      context.txn.Put(review_rows::JobRow(job.job_id()), row.SerializeAsString());
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done.status();
    ids.push_back(job.job_id());
  };
  start(0);
  start(3);
  jobs_->Wake();
  const v1::ReviewJob first = WaitUntilItRests(ids[0]), second = WaitUntilItRests(ids[1]);
  EXPECT_EQ(first.done() + second.done(), 4) << "as many as one person may";
  const v1::ReviewJob& waits = first.state() == v1::ReviewJob::PROPOSED ? first : second;
  ASSERT_EQ(waits.state(), v1::ReviewJob::PROPOSED);
  const auto proposal = GetProposal({*hub_, wu_}, waits.proposal_id());
  EXPECT_EQ(proposal->ground(), v1::Proposal::BULK);
  EXPECT_EQ(proposal->conflicts(), 2) << "those that are left";
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(waits.proposal_id(), li_again_)));
  ASSERT_TRUE(Approve(waits.proposal_id(), wu_).ok());
  EXPECT_EQ(WaitUntilItRests(waits.job_id()).state(), v1::ReviewJob::DONE);
  EXPECT_EQ(Duplicates(), kPairs);
}

TEST_F(CasesInBulk, ASecondJobOfTheDayIsForetoldToNeedASecondPerson) {
  v1::ReviewJob first;
  {
    // All but two are settled one by one, which counts for no bulk.
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(DecideFirst(li_).empty());
    auto job = StartBulk(li_);
    ASSERT_TRUE(job.ok()) << job.status();
    EXPECT_FALSE(foretold_);
    first = WaitUntilItRests(job->job_id());
    EXPECT_EQ(first.done(), 3);
  }
  for (int n = 6; n < 8; ++n) AddPair(n);
  const auto second = StartBulk(li_);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(foretold_) << "three and two are more than four";
  EXPECT_EQ(second->state(), v1::ReviewJob::PROPOSED);
  // Nor may the first be taken back by the same person today: three and three are more than four.
  v1::RevertReviewJobRequest revert;
  revert.set_job_id(first.job_id());
  revert.set_comment("x");
  EXPECT_EQ(jobs_->Revert(revert, li_)->state(), v1::ReviewJob::PROPOSED);
}

}  // namespace
}  // namespace relief::server::review
