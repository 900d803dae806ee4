#include "server/review/jobs.h"

#include <thread>

#include "server/review/proposal_ending.h"
#include "server/review/proposals.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

class Bulk : public ReviewFixture {
 protected:
  explicit Bulk(int approval_over = -1)
      : ReviewFixture([&] {
          v1::ReviewPolicy policy = DefaultReviewPolicy();
          policy.set_approval_bulk_over(approval_over);
          policy.set_approval_over_fen(-1);  // stake_test has the money
          return policy;
        }()) {
    for (int n = 0; n < 6; ++n) AddPair(n);
    jobs_ = std::make_unique<ReviewJobs>(*hub_);
  }
  ~Bulk() override { jobs_.reset(); }

  v1::BulkPreview Preview(uint64_t seed = 7) {
    v1::PreviewBulkRequest request;
    request.set_verdict(v1::Decision::SAME);
    request.set_seed(seed);
    request.set_samples(2);
    auto preview = jobs_->Preview(request, li_);
    EXPECT_TRUE(preview.ok()) << preview.status();
    return *preview;
  }
  absl::StatusOr<v1::ReviewJob> Start(const std::string& token) {
    v1::StartBulkRequest request;
    request.set_verdict(v1::Decision::SAME);
    request.set_comment("同名同日，换证");
    request.set_preview_token(token);
    return jobs_->Start(request, li_);
  }
  v1::ReviewJob WaitFor(const std::string& id) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (std::chrono::steady_clock::now() < end) {
      const auto job = GetReviewJob(hub_->store(), id);
      if (job.ok() && job->state() == v1::ReviewJob::DONE) return *job;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "the job is not done";
    return {};
  }

  std::unique_ptr<ReviewJobs> jobs_;
};

TEST_F(Bulk, ThePreviewCountsAndDrawsTheSameSampleForTheSameSeed) {
  const v1::BulkPreview preview = Preview();
  EXPECT_EQ(preview.conflicts(), 6);
  EXPECT_EQ(preview.amount_fen(), GetQueueSummary({*hub_, li_}, {})->amount_fen());
  EXPECT_EQ(preview.sources(), 2);
  ASSERT_EQ(preview.samples_size(), 2);
  const v1::BulkPreview again = Preview();
  EXPECT_EQ(again.samples(0).conflict().conflict_id(), preview.samples(0).conflict().conflict_id());
  EXPECT_EQ(again.seed(), 7u);
  EXPECT_EQ(List().conflicts_size(), 6) << "nothing is decided";
}

TEST_F(Bulk, AJobDecidesWhatWasPreviewedAndIsTakenBackAsOne) {
  const std::string token = Preview().preview_token();
  // One changes after the preview, one is decided, one is new: none of them was seen like that.
  v1::Record corrected =
      Monthly(MadeUp("王秀兰", {1940, 1, 2}, 100), "T0", v1::EXTREME_POVERTY, MonthOf(2026, 1));
  corrected.set_version(2);
  corrected.mutable_person()->add_phones("13800001111");
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY), {corrected});
  const v1::Conflict decided = List().conflicts(5);
  const bool changed_one = decided.record_a().record_id() == "T0" || decided.record_b().record_id() == "T0";
  const v1::Conflict other = changed_one ? List().conflicts(4) : decided;
  ASSERT_TRUE(DecideConflict(*hub_, Decide(other, v1::Decision::DIFFERENT), wu_).ok());
  AddPair(9);
  const auto started = Start(token);
  ASSERT_TRUE(started.ok()) << started.status();
  const v1::ReviewJob done = WaitFor(started->job_id());
  EXPECT_EQ(done.total(), 6);
  EXPECT_EQ(done.done(), 4);
  EXPECT_EQ(done.skipped(), 2);
  EXPECT_EQ(done.failed(), 0);
  EXPECT_EQ(Duplicates(), 4);
  EXPECT_EQ(List().conflicts_size(), 2) << "the changed and the new one";
  v1::ListReviewJobItemsRequest items;
  items.set_job_id(done.job_id());
  items.add_results(v1::ReviewJobItem::SKIPPED_CHANGED);
  EXPECT_EQ(ListReviewJobItems(hub_->store(), items)->items_size(), 1);
  items.set_results(0, v1::ReviewJobItem::SKIPPED_GONE);
  EXPECT_EQ(ListReviewJobItems(hub_->store(), items)->items(0).conflict_id(), other.conflict_id());

  v1::RevertReviewJobRequest revert;
  revert.set_job_id(done.job_id());
  EXPECT_TRUE(absl::IsInvalidArgument(jobs_->Revert(revert, li_).status())) << "a reason is required";
  revert.set_comment("看错了");
  const auto reverting = jobs_->Revert(revert, li_);
  ASSERT_TRUE(reverting.ok()) << reverting.status();
  EXPECT_EQ(WaitFor(reverting->job_id()).done(), 4);
  EXPECT_EQ(Duplicates(), 0);
  EXPECT_EQ(List().conflicts_size(), 6) << "all but the one that somebody decided by hand";
  EXPECT_TRUE(absl::IsFailedPrecondition(jobs_->Revert(revert, li_).status())) << "once";
}

TEST_F(Bulk, APreviewIsStartedOnceByWhoSawIt) {
  const std::string token = Preview().preview_token();
  v1::StartBulkRequest request;
  request.set_verdict(v1::Decision::SAME);
  request.set_comment("x");
  request.set_preview_token(token);
  EXPECT_TRUE(absl::IsAborted(jobs_->Start(request, wu_).status()));
  request.set_verdict(v1::Decision::DIFFERENT);
  EXPECT_TRUE(absl::IsAborted(jobs_->Start(request, li_).status())) << "another verdict";
  ASSERT_TRUE(Start(token).ok());
  EXPECT_TRUE(absl::IsAborted(Start(token).status()));
}

TEST_F(Bulk, AJobGoesOnAfterARestart) {
  jobs_.reset();  // nobody drives jobs now
  auto undriven = std::make_unique<ReviewJobs>(*hub_);
  v1::PreviewBulkRequest ask;
  ask.set_verdict(v1::Decision::SAME);
  const auto preview = undriven->Preview(ask, li_);
  v1::StartBulkRequest request;
  request.set_verdict(v1::Decision::SAME);
  request.set_comment("x");
  request.set_preview_token(preview->preview_token());
  const auto job = undriven->Start(request, li_);
  undriven.reset();  // stops wherever it is
  jobs_ = std::make_unique<ReviewJobs>(*hub_);
  EXPECT_EQ(WaitFor(job->job_id()).done(), 6);
}

class BulkByTwo : public Bulk {
 protected:
  BulkByTwo() : Bulk(5) {}
};

TEST_F(BulkByTwo, ManyCasesWaitForASecondPerson) {
  const v1::BulkPreview preview = Preview();
  EXPECT_TRUE(preview.needs_approval());
  const auto job = Start(preview.preview_token());
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_EQ(job->state(), v1::ReviewJob::PROPOSED);
  EXPECT_EQ(*RunJobStep(*hub_, job->job_id()), false);
  EXPECT_EQ(Duplicates(), 0);
  v1::ApproveProposalRequest approve;
  approve.set_proposal_id(job->proposal_id());
  EXPECT_TRUE(absl::IsPermissionDenied(ApproveProposal(*hub_, approve, li_again_).status()));
  ASSERT_TRUE(ApproveProposal(*hub_, approve, wu_).ok());
  jobs_->Wake();
  EXPECT_EQ(WaitFor(job->job_id()).approver(), "console:wu");
  EXPECT_EQ(Duplicates(), 6);
}

TEST_F(BulkByTwo, ARejectedJobNeverRuns) {
  const auto job = Start(Preview().preview_token());
  v1::RejectProposalRequest reject;
  reject.set_proposal_id(job->proposal_id());
  reject.set_reason("逐件看");
  ASSERT_TRUE(RejectProposal(*hub_, reject, wu_).ok());
  EXPECT_EQ(GetReviewJob(hub_->store(), job->job_id())->state(), v1::ReviewJob::REJECTED);
  EXPECT_EQ(*RunJobStep(*hub_, job->job_id()), false);
  EXPECT_EQ(Duplicates(), 0);
}

}  // namespace
}  // namespace relief::server::review
