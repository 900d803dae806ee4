#include "server/review/decisions.h"

#include "server/registry/person_view.h"
#include "server/reports/gap_report.h"
#include "server/review/conflict_view.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);

class Review : public ReviewFixture {
 protected:
  Review() {
    Who other = kWang;
    other.id_number = MadeUp("", kWang.birth, 124).id_number;
    Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY),
         {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
         {Monthly(other, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  }
};

v1::StaleDecision StaleOf(const absl::Status& status) {
  v1::StaleDecision stale;
  const auto detail = status.GetPayload("type.googleapis.com/relief.v1.StaleDecision");
  EXPECT_TRUE(detail && stale.ParseFromString(std::string(*detail))) << status;
  return stale;
}

TEST_F(Review, ShowsTheEvidenceInBits) {
  ASSERT_EQ(List().conflicts_size(), 1);
  const v1::Conflict conflict = List().conflicts(0);
  EXPECT_EQ(conflict.kind(), v1::Conflict::TWO_IDS);
  EXPECT_NE(conflict.person_a_id(), conflict.person_b_id());
  double sum = 0;
  for (const v1::FieldEvidence& field : conflict.explanation().fields()) sum += field.bits();
  EXPECT_DOUBLE_EQ(sum, conflict.explanation().total_bits());
  EXPECT_EQ(conflict.explanation().vetoes(0), "TWO_TRUSTED_IDS");
  EXPECT_EQ(GetConflict({*hub_, li_}, conflict.conflict_id())->etag(), conflict.etag());
}

TEST_F(Review, ADecisionActsAtOnceAndCanBeTakenBack) {
  EXPECT_EQ(Duplicates(), 0);
  const auto before = hub_->store().version();
  const auto decision = DecideConflict(*hub_, Decide(v1::Decision::SAME), li_);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(hub_->store().version(), before + 1) << "decision, person and finding are one commit";
  EXPECT_EQ(Duplicates(), 1);
  EXPECT_EQ(List().conflicts_size(), 0);
  EXPECT_EQ(decision->officer(), "console:li");

  v1::UndoDecisionRequest undo;
  undo.set_decision_id(decision->decision_id());
  ASSERT_TRUE(UndoDecision(*hub_, undo, li_).ok());
  EXPECT_EQ(Duplicates(), 0);
  EXPECT_EQ(List().conflicts_size(), 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(UndoDecision(*hub_, undo, li_).status()));
  const auto decisions = ListDecisions({*hub_, li_}, v1::ListDecisionsRequest());
  ASSERT_EQ(decisions->decisions_size(), 1);
  EXPECT_TRUE(decisions->decisions(0).has_undo_time());
}

TEST_F(Review, DifferentSettlesTheMatter) {
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::DIFFERENT), li_).ok());
  EXPECT_EQ(List().conflicts_size(), 0);
  EXPECT_EQ(Duplicates(), 0);
}

TEST_F(Review, UnsureIsRecordedAndChangesNothing) {
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::UNSURE), li_).ok());
  EXPECT_EQ(List().conflicts_size(), 1);
  EXPECT_EQ(ListDecisions({*hub_, li_}, v1::ListDecisionsRequest())->decisions_size(), 1);
}

TEST_F(Review, WhatChangedMeanwhileIsNotDecidedUnseen) {
  const v1::DecideConflictRequest seen = Decide(v1::Decision::SAME);
  v1::Record corrected = Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1), "371302", 2);
  corrected.mutable_person()->add_phones("13800001111");
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY), {corrected});
  const absl::Status changed = DecideConflict(*hub_, seen, li_).status();
  EXPECT_TRUE(absl::IsAborted(changed));
  const v1::StaleDecision stale = StaleOf(changed);
  ASSERT_EQ(stale.changed_size(), 1) << stale.DebugString();
  EXPECT_TRUE(stale.changed(0).ends_with(".phone")) << stale.changed(0);
  EXPECT_EQ(stale.now().conflict_id(), seen.conflict_id());
  EXPECT_NE(stale.now().etag(), seen.etag());
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::SAME), li_).ok());
  const absl::Status settled = DecideConflict(*hub_, seen, wu_).status();
  EXPECT_TRUE(absl::IsAborted(settled)) << "settled by somebody else";
  EXPECT_EQ(StaleOf(settled).settled_by().officer(), "console:li");
  EXPECT_FALSE(StaleOf(settled).has_now());
  v1::DecideConflictRequest bare = seen;
  bare.clear_etag();
  EXPECT_TRUE(absl::IsInvalidArgument(DecideConflict(*hub_, bare, li_).status()));
}

TEST_F(Review, OfTwoOfficersAtOnceOneDecidesAndTheOtherIsTold) {
  const v1::DecideConflictRequest same = Decide(v1::Decision::SAME);
  v1::DecideConflictRequest different = same;
  different.set_verdict(v1::Decision::DIFFERENT);
  std::atomic<int> ready = 0;
  absl::Status outcomes[2];
  const auto decide = [&](int n, const v1::DecideConflictRequest& request, const Officer& officer) {
    ++ready;
    while (ready < 2) std::this_thread::yield();
    outcomes[n] = DecideConflict(*hub_, request, officer).status();
  };
  std::thread first([&] { decide(0, same, li_); }), second([&] { decide(1, different, wu_); });
  first.join();
  second.join();
  EXPECT_NE(outcomes[0].ok(), outcomes[1].ok()) << outcomes[0] << " / " << outcomes[1];
  const absl::Status& refused = outcomes[0].ok() ? outcomes[1] : outcomes[0];
  EXPECT_TRUE(absl::IsAborted(refused));
  EXPECT_EQ(StaleOf(refused).settled_by().officer(), outcomes[0].ok() ? "console:li" : "console:wu");
  const auto decisions = ListDecisions({*hub_, li_}, v1::ListDecisionsRequest());
  EXPECT_EQ(decisions->decisions_size(), 1) << "nothing is overwritten";
}

TEST_F(Review, DecisionsAreListedTheNewestFirst) {
  AddPair(3);
  const auto all = List();
  for (const v1::Conflict& conflict : all.conflicts())
    ASSERT_TRUE(DecideConflict(*hub_, Decide(conflict, v1::Decision::DIFFERENT), li_).ok());
  v1::ListDecisionsRequest request;
  request.set_page_size(1);
  const auto newest = ListDecisions({*hub_, li_}, request);
  ASSERT_EQ(newest->decisions_size(), 1);
  EXPECT_EQ(newest->decisions(0).sequence(), 2);
  request.set_page_token(newest->next_page_token());
  const auto older = ListDecisions({*hub_, li_}, request);
  EXPECT_EQ(older->decisions(0).sequence(), 1);
  EXPECT_TRUE(older->next_page_token().empty());
  request.Clear();
  request.set_only_mine(true);
  EXPECT_EQ(ListDecisions({*hub_, wu_}, request)->decisions_size(), 0);
}

TEST_F(Review, TheGapReportCountsWhatIsOpen) {
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::SAME), li_).ok());
  v1::GetGapReportRequest request;
  request.set_region_digits(4);
  request.set_disclosure(v1::DISCLOSURE_FULL);
  const auto rules = hub_->rules();
  const reports::ReportContext context{hub_->Now(), hub_->as_of(), *rules, nullptr};
  const auto report = reports::MakeGapReport(*hub_->store().Snapshot(), request, context);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->records(), 2);
  EXPECT_EQ(report->persons(), 1);
  int64_t duplicates = 0;
  for (const v1::GapRow& row : report->rows()) {
    EXPECT_EQ(row.region_prefix(), "3713");
    if (row.rule_id() == "D01") duplicates += row.figures().findings();
  }
  EXPECT_EQ(duplicates, 1);
  request.set_region_digits(3);
  EXPECT_TRUE(absl::IsInvalidArgument(reports::MakeGapReport(hub_->store(), request, context).status()));
}

TEST_F(Review, AnApplicantIsFoundAndTheDuplicateForetold) {
  v1::CheckApplicantRequest request;
  v1::PersonIdentity& asked = *request.add_persons();
  asked.set_name(kWang.name);
  asked.set_id_number(kWang.id_number);
  v1::Benefit& intended = *request.mutable_intended();
  intended.set_programme(v1::MINIMUM_LIVING);
  *intended.mutable_start_month() = MonthOf(2026, 2);
  const auto response =
      registry::CheckApplicant(hub_->store(), hub_->model(), *hub_->rules(), hub_->as_of(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::ApplicantResult& result = response->results(0);
  ASSERT_GE(result.candidates_size(), 1);
  EXPECT_EQ(result.candidates(0).band(), v1::Candidate::CERTAIN);
  EXPECT_EQ(result.candidates(0).person().records(0).name().record_id(), "T1");
  ASSERT_EQ(result.would_open_size(), 1);
  EXPECT_EQ(result.would_open(0).rule_id(), "D01");
  request.clear_persons();
  EXPECT_TRUE(absl::IsInvalidArgument(
      registry::CheckApplicant(hub_->store(), hub_->model(), *hub_->rules(), hub_->as_of(), request)
          .status()));
}

}  // namespace
}  // namespace relief::server::review
