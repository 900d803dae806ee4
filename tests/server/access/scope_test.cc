// Review of security, 1, 7 and 10: what stands for many rows, or for rows of others, is seen, changed and approved
// within one's own programmes and regions only; and nobody who is honest is written down as having tried more.
#include "server/review/quality.h"
#include "tests/server/access/two_counties.h"

namespace relief::server::access {
namespace {

using Review = v1::ReviewService::Stub;
using Registry = v1::RegistryService::Stub;
using grpc::StatusCode;

class Jobs : public TwoCounties {
 protected:
  using TwoCounties::TwoCounties;

  StatusCode Get(const std::string& user, const std::string& id) {
    v1::GetReviewJobRequest request;
    request.set_job_id(id);
    v1::ReviewJob job;
    return Call(*review_, &Review::GetReviewJob, user, request, &job).error_code();
  }
  int Listed(const std::string& user) {
    v1::ListReviewJobsResponse response;
    EXPECT_TRUE(Call(*review_, &Review::ListReviewJobs, user, v1::ListReviewJobsRequest(), &response).ok());
    return response.jobs_size();
  }
  StatusCode Revert(const std::string& user, const std::string& id) {
    v1::RevertReviewJobRequest request;
    request.set_job_id(id);
    request.set_comment("看错了");
    v1::ReviewJob job;
    return Call(*review_, &Review::RevertReviewJob, user, request, &job).error_code();
  }
  StatusCode Cancel(const std::string& user, const std::string& id) {
    v1::CancelReviewJobRequest request;
    request.set_job_id(id);
    v1::ReviewJob job;
    return Call(*review_, &Review::CancelReviewJob, user, request, &job).error_code();
  }
};

TEST_F(Jobs, AnotherCountysJobIsNeitherSeenNorTakenBack) {
  const v1::ReviewJob job = Done(StartBulk("here"));
  EXPECT_EQ(job.done(), 2) << "the cases of the county";
  EXPECT_EQ(Get("beside", job.job_id()), StatusCode::NOT_FOUND);
  EXPECT_EQ(Listed("beside"), 0);
  EXPECT_EQ(Revert("beside", job.job_id()), StatusCode::NOT_FOUND);
  EXPECT_EQ(Cancel("beside", job.job_id()), StatusCode::NOT_FOUND);
  EXPECT_EQ(Standing(), 2);
  EXPECT_EQ(Get("here", job.job_id()), StatusCode::OK);
  EXPECT_EQ(Listed("here"), 1);
  EXPECT_EQ(Revert("here", job.job_id()), StatusCode::OK);
}

TEST_F(Jobs, AJobOfTwoCountiesIsChangedByThoseWhoSeeBoth) {
  const v1::ReviewJob job = Done(StartBulk("both"));
  EXPECT_EQ(job.done(), 3);
  EXPECT_EQ(Get("here", job.job_id()), StatusCode::OK) << "some of it is theirs";
  EXPECT_EQ(Revert("here", job.job_id()), StatusCode::NOT_FOUND);
  EXPECT_EQ(Standing(), 3);
  EXPECT_EQ(Revert("chief", job.job_id()), StatusCode::OK);
}

// A filter says one region: without one, what lies elsewhere would be decided too.
TEST_F(Jobs, WhoSeesTwoRegionsNamesOneOfThem) {
  v1::BulkPreview preview;
  EXPECT_EQ(Preview("scattered", &preview).error_code(), StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(Preview("scattered", &preview, "3713").ok());
  EXPECT_EQ(preview.conflicts(), 2) << "not the county beside";
}

// A case of 低保 here and 特困 elsewhere is none of 特困 here.
TEST_F(Jobs, ACaseIsSeenByItsRecordsNotByItsProgrammesAndRegionsMixed) {
  const Who one = MadeUp("尉迟建军", {1955, 5, 5}, 101),
            other{one.name, MadeUp("", one.birth, 303).id_number, one.birth};
  v1::Record a = Monthly(one, "TX", v1::EXTREME_POVERTY, MonthOf(2026, 1), "371321");
  a.mutable_person()->set_region_code("371321");
  Push(hub(), OpenBenefits(hub(), "ep", v1::EXTREME_POVERTY), {a});
  Push(hub(), OpenBenefits(hub(), "ml", v1::MINIMUM_LIVING),
       {Monthly(other, "DX", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  running_.policy().Replace(WithCallers(
      "callers { id: \"console:poverty\" grants { roles: DATA_OFFICER programmes: EXTREME_POVERTY "
      "region_prefixes: \"371302\" purposes: REVIEW } }"));
  v1::BulkPreview preview;
  ASSERT_TRUE(Preview("poverty", &preview).ok());
  EXPECT_EQ(preview.conflicts(), 2);
}

class BulkProposals : public Jobs {
 protected:
  BulkProposals() : Jobs(-1, 1) {}

  StatusCode Approve(const std::string& user, const std::string& id) {
    v1::ApproveProposalRequest request;
    request.set_proposal_id(id);
    v1::Proposal proposal;
    return Call(*review_, &Review::ApproveProposal, user, request, &proposal).error_code();
  }
  int Pending(const std::string& user) {
    v1::ListProposalsResponse response;
    EXPECT_TRUE(Call(*review_, &Review::ListProposals, user, v1::ListProposalsRequest(), &response).ok());
    return response.proposals_size();
  }
};

TEST_F(BulkProposals, AnApproverCarriesOutOnlyWhatTheApproverSees) {
  const v1::ReviewJob job = StartBulk("both");
  ASSERT_EQ(job.state(), v1::ReviewJob::PROPOSED);
  EXPECT_EQ(Approve("chief-beside", job.proposal_id()), StatusCode::NOT_FOUND);
  v1::RejectProposalRequest reject;
  reject.set_proposal_id(job.proposal_id());
  reject.set_reason("不同意");
  v1::Proposal proposal;
  EXPECT_EQ(Call(*review_, &Review::RejectProposal, "chief-here", reject, &proposal).error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(JobNow(job.job_id()).state(), v1::ReviewJob::PROPOSED);
  EXPECT_EQ(Approve("chief", job.proposal_id()), StatusCode::OK);
  EXPECT_EQ(Done(job).done(), 3);
}

TEST_F(BulkProposals, ATakingBackIsApprovedByThoseWhoSeeIt) {
  const v1::ReviewJob job = StartBulk("here");
  EXPECT_EQ(Pending("chief-beside"), 0);
  ASSERT_EQ(Approve("chief-here", job.proposal_id()), StatusCode::OK);
  Done(job);
  v1::RevertReviewJobRequest request;
  request.set_job_id(job.job_id());
  request.set_comment("看错了");
  v1::ReviewJob reverting;
  ASSERT_TRUE(Call(*review_, &Review::RevertReviewJob, "here", request, &reverting).ok());
  ASSERT_EQ(reverting.state(), v1::ReviewJob::PROPOSED);
  EXPECT_EQ(Approve("chief-beside", reverting.proposal_id()), StatusCode::NOT_FOUND);
  EXPECT_EQ(Standing(), 2);
  EXPECT_EQ(Approve("chief-here", reverting.proposal_id()), StatusCode::OK);
}

class OwnProposals : public TwoCounties {
 protected:
  OwnProposals() : TwoCounties(1, -1) {}
};

TEST_F(OwnProposals, WhatOneProposedIsAnsweredAndNobodyIsAccused) {
  v1::GetConflictRequest get;
  get.set_conflict_id(Case("A"));
  v1::Conflict conflict;
  ASSERT_TRUE(Call(*review_, &Review::GetConflict, "here", get, &conflict).ok());
  v1::DecideConflictRequest decide;
  decide.set_conflict_id(conflict.conflict_id());
  decide.set_etag(conflict.etag());
  decide.set_verdict(v1::Decision::SAME);
  v1::Decision decision;
  const grpc::Status status = Call(*review_, &Review::DecideConflict, "here", decide, &decision);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(decision.proposal_id(), "R-00000001");
  EXPECT_FALSE(SaidOutOfScope("here"));
  v1::WithdrawProposalRequest withdraw;
  withdraw.set_proposal_id(decision.proposal_id());
  v1::Proposal proposal;
  EXPECT_TRUE(Call(*review_, &Review::WithdrawProposal, "here", withdraw, &proposal).ok());
}

TEST_F(OwnProposals, ASplitThatWaitsIsAnsweredToo) {
  Push(hub(), OpenBenefits(hub(), "hs", v1::HOUSING),
       {Monthly(MadeUp("欧阳海波", {1961, 7, 2}, 101), "HB", v1::HOUSING, MonthOf(2026, 1))});
  v1::GetClusterRequest get;
  get.set_person_id(PersonOf("hs", "HB"));
  *get.mutable_purpose() = Reviewing();
  v1::Cluster cluster;
  ASSERT_TRUE(Call(*review_, &Review::GetCluster, "here", get, &cluster).ok());
  v1::ClusterDecision split;
  split.set_operation(v1::Decision::SPLIT);
  split.set_person_id(get.person_id());
  split.set_etag(cluster.etag());
  for (const v1::CaseRecord& record : cluster.groups(0).records())
    *split.add_groups()->add_records() = record.record().name();
  ASSERT_EQ(split.groups_size(), 2);
  v1::Decision decision;
  const grpc::Status status = Call(*review_, &Review::DecideCluster, "here", split, &decision);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(decision.proposal_id().empty());
  EXPECT_FALSE(SaidOutOfScope("here"));
}

class OtherProgrammes : public TwoCounties {
 protected:
  static v1::Record Settlement(const Who& who, const std::string& record_id) {
    v1::Record record = Monthly(who, record_id, v1::MEDICAL, MonthOf(2026, 1));
    *record.mutable_benefit()->mutable_pay_date() = records::ToProto(matcher::CivilDate{2026, 1, 15});
    record.mutable_benefit()->clear_start_month();
    record.mutable_benefit()->set_cycle(v1::ONCE);
    return record;
  }
  // 王秀兰 has a medical record beside the others; her household has a member without one.
  OtherProgrammes() {
    const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 101);
    Push(hub(), OpenBenefits(hub(), "med", v1::MEDICAL), {Settlement(wang, "M1")});
    v1::Record head = Monthly(wang, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1)),
               child = Monthly(MadeUp("王小明", {1980, 2, 2}, 5), "L2", v1::MINIMUM_LIVING, MonthOf(2026, 1));
    for (v1::Record* record : {&head, &child}) record->mutable_household()->set_household_id("ML41");
    Push(hub(), OpenBenefits(hub(), "ml", v1::MINIMUM_LIVING), {head, child});
    wang_ = PersonOf("med", "M1");
    EXPECT_EQ(wang_, PersonOf("ml", "L1"));
  }
  static bool Tells(const google::protobuf::Message& answer, const std::string& text) {
    return answer.DebugString().find(text) != std::string::npos;
  }
  std::string wang_;
};

TEST_F(OtherProgrammes, AHouseholdShowsTheMembersAndTiesThatOneSees) {
  v1::GetHouseholdRequest request;
  request.set_person_id(wang_);
  *request.mutable_purpose() = Reviewing();
  v1::HouseholdView household;
  ASSERT_TRUE(Call(*registry_, &Registry::GetHousehold, "here", request, &household).ok());
  EXPECT_EQ(household.members_size(), 2);
  ASSERT_TRUE(Call(*registry_, &Registry::GetHousehold, "medical", request, &household).ok());
  ASSERT_EQ(household.members_size(), 1);
  EXPECT_EQ(household.members(0).person_id(), wang_);
  EXPECT_FALSE(Tells(household, "ML41")) << household.DebugString();
  EXPECT_FALSE(Tells(household, PersonOf("ml", "L2")));
}

TEST_F(OtherProgrammes, AClusterShowsTheRecordsAndLinksThatOneSees) {
  v1::GetClusterRequest request;
  request.set_person_id(wang_);
  *request.mutable_purpose() = Reviewing();
  v1::Cluster cluster;
  ASSERT_TRUE(Call(*review_, &Review::GetCluster, "here", request, &cluster).ok());
  EXPECT_GT(cluster.links_size(), 0);
  ASSERT_TRUE(Call(*review_, &Review::GetCluster, "medical", request, &cluster).ok());
  ASSERT_EQ(cluster.groups_size(), 1);
  ASSERT_EQ(cluster.groups(0).records_size(), 1);
  EXPECT_EQ(cluster.groups(0).records(0).record().name().record_id(), "M1");
  EXPECT_EQ(cluster.links_size(), 0);
  EXPECT_FALSE(Tells(cluster, "\"ml\"") || Tells(cluster, "\"ep\"")) << cluster.DebugString();
}

TEST_F(OtherProgrammes, AnExplanationTellsOfNoOtherProgramme) {
  v1::ExplainPersonRequest request;
  request.set_person_id(wang_);
  *request.mutable_purpose() = Reviewing();
  v1::PersonExplanation explanation;
  ASSERT_TRUE(Call(*review_, &Review::ExplainPerson, "here", request, &explanation).ok());
  EXPECT_GT(explanation.links_size(), 0);
  ASSERT_TRUE(Call(*review_, &Review::ExplainPerson, "medical", request, &explanation).ok());
  EXPECT_EQ(explanation.links_size(), 0);
}

TEST_F(OtherProgrammes, ACaseShowsItsTwoSidesAndNothingBeyondThem) {
  // A second number in the medical data: a case between M2 and the person.
  const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 101),
            other{wang.name, MadeUp("", wang.birth, 505).id_number, wang.birth};
  Push(hub(), OpenBenefits(hub(), "med", v1::MEDICAL), {Settlement(other, "M2")});
  v1::ListConflictsResponse list;
  ASSERT_TRUE(Call(*review_, &Review::ListConflicts, "medical", v1::ListConflictsRequest(), &list).ok());
  ASSERT_GT(list.conflicts_size(), 0);
  bool others = false;
  for (const v1::Conflict& conflict : list.conflicts()) {
    v1::GetCaseRequest request;
    request.set_conflict_id(conflict.conflict_id());
    v1::Case seen;
    ASSERT_TRUE(Call(*review_, &Review::GetCase, "here", request, &seen).ok());
    others = others || seen.side_a().other_records_size() + seen.side_b().other_records_size() > 0;
    ASSERT_TRUE(Call(*review_, &Review::GetCase, "medical", request, &seen).ok());
    EXPECT_TRUE(seen.side_a().has_record() && seen.side_b().has_record()) << "both sides";
    EXPECT_FALSE(seen.side_a().person_id().empty());
    for (const v1::CaseSide* side : {&seen.side_a(), &seen.side_b()})
      for (const v1::CaseRecord& record : side->other_records()) EXPECT_EQ(record.source_id(), "med");
    for (const v1::Finding& finding : seen.findings())
      EXPECT_TRUE(Tells(finding, "MEDICAL")) << finding.DebugString();
  }
  EXPECT_TRUE(others) << "there was something to take out";
}

TEST_F(TwoCounties, AQualitySampleShowsEachTheirOwnLinks) {
  // Two links that the machine makes by itself, one in each county.
  for (const auto& [id, region] : {std::pair<std::string, std::string>{"1", "371302"}, {"2", "371321"}}) {
    const Who who = MadeUp(id == "1" ? "令狐小梅" : "公孙立新", {1966, 6, 6}, id == "1" ? 11 : 220);
    v1::Record a = Monthly(who, "QA" + id, v1::EXTREME_POVERTY, MonthOf(2026, 1), region),
               b = Monthly(who, "QB" + id, v1::MINIMUM_LIVING, MonthOf(2026, 1), region);
    for (v1::Record* record : {&a, &b}) record->mutable_person()->set_region_code(region);
    Push(hub(), OpenBenefits(hub(), "ep", v1::EXTREME_POVERTY), {a});
    Push(hub(), OpenBenefits(hub(), "ml", v1::MINIMUM_LIVING), {b});
  }
  v1::DrawQualitySampleRequest draw;
  draw.set_size(10);
  v1::QualitySample sample;
  ASSERT_TRUE(Call(*review_, &Review::DrawQualitySample, "chief", draw, &sample).ok());
  ASSERT_EQ(sample.items(), 2);
  v1::NextQualityItemRequest next;
  next.set_sample_id(sample.sample_id());
  v1::QualityItem here, beside;
  ASSERT_TRUE(Call(*review_, &Review::NextQualityItem, "here", next, &here).ok());
  ASSERT_TRUE(Call(*review_, &Review::NextQualityItem, "beside", next, &beside).ok());
  EXPECT_EQ(here.left(), 1);
  EXPECT_NE(here.number(), beside.number());
  v1::JudgeQualityItemRequest judge;
  judge.set_sample_id(sample.sample_id());
  judge.set_number(here.number());
  judge.set_verdict(v1::Decision::SAME);
  v1::JudgeQualityItemResponse judged;
  EXPECT_EQ(Call(*review_, &Review::JudgeQualityItem, "beside", judge, &judged).error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_TRUE(Call(*review_, &Review::JudgeQualityItem, "here", judge, &judged).ok());
  EXPECT_EQ(Call(*review_, &Review::NextQualityItem, "here", next, &here).error_code(), StatusCode::NOT_FOUND)
      << "none is left";
  EXPECT_FALSE(SaidOutOfScope("here"));
}

}  // namespace
}  // namespace relief::server::access
