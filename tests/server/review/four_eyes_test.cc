#include "server/review/proposal_ending.h"
#include "server/review/proposals.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

class FourEyes : public ReviewFixture {
 protected:
  FourEyes()
      : ReviewFixture([] {
          v1::ReviewPolicy policy = DefaultReviewPolicy();
          policy.set_approval_over_fen(60000);
          return policy;
        }()) {
    AddPair(0, 50000, 50000);
  }
  std::string Propose(v1::Decision::Verdict verdict = v1::Decision::SAME) {
    const auto decision = DecideConflict(*hub_, Decide(verdict), li_);
    EXPECT_TRUE(decision.ok()) << decision.status();
    EXPECT_TRUE(decision->decision_id().empty()) << "nothing is decided yet";
    return decision->proposal_id();
  }
  absl::StatusOr<v1::Proposal> Approve(const std::string& id, const Officer& officer) {
    v1::ApproveProposalRequest request;
    request.set_proposal_id(id);
    return ApproveProposal(*hub_, request, officer);
  }
  absl::StatusOr<v1::Proposal> Reject(const std::string& id, const Officer& officer,
                                      const std::string& reason) {
    v1::RejectProposalRequest request;
    request.set_proposal_id(id);
    request.set_reason(reason);
    return RejectProposal(*hub_, request, officer);
  }
};

TEST_F(FourEyes, MuchMoneyWaitsForASecondPerson) {
  const std::string id = Propose();
  EXPECT_EQ(Duplicates(), 0);
  EXPECT_EQ(List().conflicts(0).work().state(), v1::WorkItem::PROPOSED);
  EXPECT_EQ(ListProposals({*hub_, wu_}, {})->proposals_size(), 1);
  EXPECT_EQ(GetQueueSummary({*hub_, wu_}, {})->proposals_pending(), 1);
  const auto approved = Approve(id, wu_);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), v1::Proposal::APPROVED);
  EXPECT_EQ(Duplicates(), 1);
  EXPECT_EQ(List().conflicts_size(), 0);
  const v1::Decision decision = ListDecisions({*hub_, li_}, {})->decisions(0);
  EXPECT_EQ(decision.officer(), "console:li");
  EXPECT_EQ(decision.approver(), "console:wu");
  EXPECT_EQ(decision.decision_id(), approved->decision_id());
  EXPECT_TRUE(absl::IsFailedPrecondition(Approve(id, wu_).status())) << "once";
  EXPECT_EQ(GetQueueSummary({*hub_, wu_}, {})->proposals_pending(), 0);
}

TEST_F(FourEyes, NobodyApprovesTheirOwnProposalByAnyAccount) {
  const std::string id = Propose();
  EXPECT_TRUE(GetProposal({*hub_, li_again_}, id)->mine());
  EXPECT_FALSE(GetProposal({*hub_, wu_}, id)->mine());
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(id, li_).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(id, li_again_).status()))
      << "the same person under another account";
  EXPECT_TRUE(absl::IsPermissionDenied(Reject(id, li_again_, "不对").status()));
  EXPECT_EQ(Duplicates(), 0);
}

TEST_F(FourEyes, ARejectionSaysWhyAndGivesTheCaseBack) {
  const std::string id = Propose();
  EXPECT_TRUE(absl::IsInvalidArgument(Reject(id, wu_, "  ").status()));
  ASSERT_TRUE(Reject(id, wu_, "证据不足").ok());
  EXPECT_EQ(List().conflicts(0).work().state(), v1::WorkItem::WAITING);
  EXPECT_EQ(GetProposal({*hub_, li_}, id)->reason(), "证据不足");
  EXPECT_EQ(ListProposals({*hub_, wu_}, {})->proposals_size(), 0);
  EXPECT_EQ(History(List().conflicts(0).conflict_id()).back(), v1::CaseEvent::REJECTED);
}

TEST_F(FourEyes, OnlyTheProposerWithdraws) {
  v1::WithdrawProposalRequest request;
  request.set_proposal_id(Propose());
  EXPECT_TRUE(absl::IsPermissionDenied(WithdrawProposal(*hub_, request, wu_).status()));
  ASSERT_TRUE(WithdrawProposal(*hub_, request, li_).ok());
  EXPECT_EQ(List().conflicts(0).work().state(), v1::WorkItem::WAITING);
}

TEST_F(FourEyes, WhatChangedMeanwhileIsNotApprovedUnseen) {
  const std::string id = Propose();
  v1::Record corrected =
      Monthly(MadeUp("王秀兰", {1940, 1, 2}, 100), "T0", v1::EXTREME_POVERTY, MonthOf(2026, 1));
  corrected.set_version(2);
  corrected.mutable_person()->add_phones("13800001111");
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY), {corrected});
  EXPECT_TRUE(absl::IsAborted(Approve(id, wu_).status()));
  EXPECT_EQ(GetProposal({*hub_, wu_}, id)->state(), v1::Proposal::STALE);
  EXPECT_EQ(List().conflicts(0).work().state(), v1::WorkItem::WAITING) << "to be proposed again";
  EXPECT_EQ(Duplicates(), 0);
}

TEST_F(FourEyes, ACaseThatWaitsIsNotDecidedBesides) {
  Propose();
  EXPECT_TRUE(
      absl::IsFailedPrecondition(DecideConflict(*hub_, Decide(v1::Decision::DIFFERENT), wu_).status()));
}

TEST_F(FourEyes, WhatTwoDidTwoUndo) {
  v1::UndoDecisionRequest undo;
  undo.set_decision_id(Approve(Propose(), wu_)->decision_id());
  const auto proposed = UndoDecision(*hub_, undo, li_);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(Duplicates(), 1) << "still stands";
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(proposed->proposal_id(), li_).status()));
  ASSERT_TRUE(Approve(proposed->proposal_id(), wu_).ok());
  EXPECT_EQ(Duplicates(), 0);
  EXPECT_EQ(List().conflicts_size(), 1);
}

TEST_F(FourEyes, DoubtNeedsNobodyElse) {
  ASSERT_FALSE(DecideConflict(*hub_, Decide(v1::Decision::UNSURE), li_)->decision_id().empty());
  EXPECT_EQ(List().conflicts(0).work().state(), v1::WorkItem::UNSURE);
}

}  // namespace
}  // namespace relief::server::review
