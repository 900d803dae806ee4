#include "server/review/clusters.h"
#include "server/review/proposal_ending.h"
#include "server/review/proposals.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

class Clusters : public ReviewFixture {
 protected:
  explicit Clusters(bool approval = false)
      : ReviewFixture([&] {
          v1::ReviewPolicy policy = DefaultReviewPolicy();
          policy.set_approval_of_splits(approval);
          policy.set_approval_over_fen(-1);
          return policy;
        }()) {
    const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 122), ouyang = MadeUp("欧阳海波", {1961, 7, 9}, 131);
    Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY),
         {Monthly(wang, "T1", v1::EXTREME_POVERTY, MonthOf(2025, 1)),
          Monthly(wang, "T2", v1::EXTREME_POVERTY, MonthOf(2026, 1)),
          Monthly(ouyang, "T3", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
         {Monthly(wang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  }
  v1::Cluster Read() {
    auto cluster = ReadCluster({*hub_, li_}, PersonOf("ep", "T1"));
    EXPECT_TRUE(cluster.ok()) << cluster.status();
    return *cluster;
  }
  v1::ClusterDecision Ask(v1::Decision::Operation operation,
                          const std::vector<std::vector<std::pair<std::string, std::string>>>& groups) {
    v1::ClusterDecision decision;
    decision.set_operation(operation);
    decision.set_person_id(PersonOf("ep", "T1"));
    decision.set_etag(Read().etag());
    for (const auto& names : groups) {
      auto& group = *decision.add_groups();
      for (const auto& [source, record] : names) {
        v1::RecordName& name = *group.add_records();
        name.set_source_id(source);
        name.set_record_id(record);
      }
    }
    return decision;
  }
};

TEST_F(Clusters, ShowsThePersonAndWhatHoldsItTogether) {
  const v1::Cluster cluster = Read();
  ASSERT_EQ(cluster.groups_size(), 1);
  EXPECT_EQ(cluster.groups(0).records_size(), 3);
  int holds = 0, weakest = 0;
  for (const v1::Cluster::Link& link : cluster.links()) {
    holds += link.holds();
    weakest += link.weakest();
  }
  EXPECT_EQ(holds, 2);
  EXPECT_EQ(weakest, 1);
}

TEST_F(Clusters, ASplitHoldsAndIsUndoneAsOne) {
  EXPECT_EQ(Duplicates(), 1) << "the rows of one programme are one run";
  const v1::ClusterDecision split = Ask(v1::Decision::SPLIT, {{{"ep", "T1"}, {"ep", "T2"}}, {{"ml", "D1"}}});
  const auto effect = PreviewCluster(*hub_, split);
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_TRUE(effect->achieves());
  EXPECT_EQ(effect->closes_size(), 1);
  EXPECT_EQ(Duplicates(), 1) << "previewing changes nothing";
  const auto decision = DecideCluster(*hub_, split, li_);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(Duplicates(), 0);
  EXPECT_EQ(PersonOf("ep", "T1"), PersonOf("ep", "T2"));
  EXPECT_NE(PersonOf("ep", "T1"), PersonOf("ml", "D1"));
  v1::UndoDecisionRequest undo;
  undo.set_decision_id(decision->decision_id());
  ASSERT_TRUE(UndoDecision(*hub_, undo, wu_).ok());
  EXPECT_EQ(Duplicates(), 1);
  EXPECT_EQ(PersonOf("ep", "T1"), PersonOf("ml", "D1"));
  EXPECT_TRUE(Rows(*hub_, "me").empty()) << "no constraint is left";
}

TEST_F(Clusters, AMovedRecordBelongsToTheOtherPerson) {
  const auto moved = DecideCluster(*hub_, Ask(v1::Decision::MOVE, {{{"ml", "D1"}}, {{"ep", "T3"}}}), li_);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->constraints_size(), 3) << "one to the new person, two away from the old one";
  EXPECT_EQ(PersonOf("ml", "D1"), PersonOf("ep", "T3"));
  EXPECT_EQ(PersonOf("ep", "T1"), PersonOf("ep", "T2"));
  EXPECT_NE(PersonOf("ml", "D1"), PersonOf("ep", "T1"));
}

TEST_F(Clusters, WhatIsKeptSurvivesWhatTheDataSayLater) {
  ASSERT_TRUE(DecideCluster(*hub_, Ask(v1::Decision::KEEP, {{{"ep", "T1"}, {"ml", "D1"}}}), li_).ok());
  const Who other = MadeUp("王秀兰", {1950, 3, 14}, 155);
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
       {Monthly(other, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3), "371302", 2)});
  EXPECT_EQ(PersonOf("ep", "T1"), PersonOf("ml", "D1"));
}

TEST_F(Clusters, AStaleClusterIsRefused) {
  const v1::ClusterDecision split = Ask(v1::Decision::SPLIT, {{{"ep", "T1"}, {"ep", "T2"}}, {{"ml", "D1"}}});
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
       {Monthly(MadeUp("王秀兰", {1950, 3, 14}, 122), "D2", v1::MINIMUM_LIVING, MonthOf(2026, 4))});
  EXPECT_TRUE(absl::IsAborted(DecideCluster(*hub_, split, li_).status()));
}

TEST_F(Clusters, GroupsMustFitTheOperation) {
  for (const v1::ClusterDecision& wrong :
       {Ask(v1::Decision::SPLIT, {{{"ep", "T1"}}, {{"ml", "D1"}}}),
        Ask(v1::Decision::SPLIT, {{{"ep", "T1"}}}), Ask(v1::Decision::MOVE, {{{"ml", "D1"}}, {{"ep", "T1"}}}),
        Ask(v1::Decision::KEEP, {{{"ep", "T1"}}}),
        Ask(v1::Decision::KEEP, {{{"ep", "T1"}, {"ep", "nobody"}}}),
        Ask(v1::Decision::PAIR, {{{"ep", "T1"}}})})
    EXPECT_TRUE(absl::IsInvalidArgument(DecideCluster(*hub_, wrong, li_).status())) << wrong.DebugString();
}

class SplitsByTwo : public Clusters {
 protected:
  SplitsByTwo() : Clusters(true) {}
};

TEST_F(SplitsByTwo, ASplitWaitsForASecondPerson) {
  const auto asked =
      DecideCluster(*hub_, Ask(v1::Decision::SPLIT, {{{"ep", "T1"}, {"ep", "T2"}}, {{"ml", "D1"}}}), li_);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_TRUE(asked->decision_id().empty());
  EXPECT_EQ(PersonOf("ep", "T1"), PersonOf("ml", "D1"));
  v1::ApproveProposalRequest approve;
  approve.set_proposal_id(asked->proposal_id());
  EXPECT_TRUE(absl::IsPermissionDenied(ApproveProposal(*hub_, approve, li_).status()));
  ASSERT_TRUE(ApproveProposal(*hub_, approve, wu_).ok());
  EXPECT_NE(PersonOf("ep", "T1"), PersonOf("ml", "D1"));
}

}  // namespace
}  // namespace relief::server::review
