// Why a finding closed is told in its history and to whoever subscribes; and an open one says what to do.
#include "server/findings/closing_cause.h"

#include "server/findings/finding_life.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::findings {
namespace {

class Causes : public testing::Test {
 protected:
  Causes() : store_(storage::NewMemoryStore()) { Reopen({2026, 10, 31}); }
  void Reopen(matcher::CivilDate as_of, std::shared_ptr<const coverage::RuleSet> rules = ShippedRules()) {
    hub_.reset();
    core::Hub::Options options = TestOptions();
    options.as_of = as_of;
    hub_ = OpenHub(std::make_unique<BorrowedStore>(*store_), options, std::move(rules));
  }
  v1::Source Low() { return OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING); }
  v1::Source Extreme() { return OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY); }

  // 低保 and 特困 of one person at once.
  std::string Duplicate() {
    Push(*hub_, Low(), {Monthly(who_, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
    Push(*hub_, Extreme(), {Monthly(who_, "B", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    return Open("D01").finding_id();
  }
  v1::Finding Open(const std::string& rule) {
    for (const v1::Finding& finding : OpenFindings(*hub_))
      if (finding.rule_id() == rule) return finding;
    ADD_FAILURE() << "no open finding of " << rule;
    return {};
  }
  v1::Finding::ClosingCause CauseOf(const std::string& finding_id) {
    v1::Finding finding;
    EXPECT_TRUE(finding.ParseFromString(Rows(*hub_, "hf" + finding_id).begin()->second));
    EXPECT_EQ(finding.state(), v1::Finding::CLOSED);
    v1::ListFindingEventsRequest request;
    request.set_finding_id(finding_id);
    const auto events = ListFindingEvents(hub_->store(), request);
    EXPECT_EQ(events->events(events->events_size() - 1).closing_cause(), finding.closing_cause());
    return finding.closing_cause();
  }

  const Who who_ = MadeUp("王秀英", {1960, 5, 1}, 120);
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<core::Hub> hub_;
};

TEST_F(Causes, AWithdrawnRecord) {
  const std::string id = Duplicate();
  v1::Record gone = Monthly(who_, "B", v1::EXTREME_POVERTY, MonthOf(2026, 1), "371302", 2);
  gone.set_deleted(true);
  Push(*hub_, Extreme(), {gone});
  EXPECT_EQ(CauseOf(id), v1::Finding::RECORD_WITHDRAWN);
}

TEST_F(Causes, ACorrectedRecord) {
  const std::string id = Duplicate();
  Push(*hub_, Extreme(), {Monthly(who_, "B", v1::EXTREME_POVERTY, MonthOf(2026, 10), "371302", 2)});
  EXPECT_EQ(CauseOf(id), v1::Finding::RECORD_CORRECTED);
}

TEST_F(Causes, ABenefitThatEnded) {
  const std::string id = Duplicate();
  v1::Record ended = Monthly(who_, "B", v1::EXTREME_POVERTY, MonthOf(2026, 1), "371302", 2);
  *ended.mutable_benefit()->mutable_end_month() = MonthOf(2026, 1);
  Push(*hub_, Extreme(), {ended});
  EXPECT_EQ(CauseOf(id), v1::Finding::BENEFIT_ENDED);
}

TEST_F(Causes, APersonThatBecameAnother) {
  const std::string id = Duplicate();
  v1::Record other =
      Monthly(MadeUp("刘建国", {1975, 2, 3}, 77), "B", v1::EXTREME_POVERTY, MonthOf(2026, 1), "371302", 2);
  Push(*hub_, Extreme(), {other});
  EXPECT_EQ(CauseOf(id), v1::Finding::PERSON_CHANGED);
}

TEST_F(Causes, HelpThatWasGiven) {
  Push(*hub_, Low(), {Monthly(who_, "A", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  const std::string id = Open("M01").finding_id();
  v1::Record premium = RecordOf(who_, "P");
  premium.mutable_benefit()->set_programme(v1::MEDICAL);
  premium.mutable_benefit()->set_form(v1::INSURANCE_SUBSIDY);
  premium.mutable_benefit()->set_benefit_year(2026);
  Push(*hub_, OpenBenefits(*hub_, "med", v1::MEDICAL), {premium});
  EXPECT_EQ(CauseOf(id), v1::Finding::HELP_GIVEN);
}

TEST_F(Causes, AYearThatIsOverLeavesItsGapToTheNext) {
  Push(*hub_, Low(), {Monthly(who_, "A", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  const std::string id = Open("M01").finding_id();
  Reopen({2027, 1, 4});
  EXPECT_EQ(CauseOf(id), v1::Finding::PERIOD_OVER);
  Reopen({2027, 4, 30});
  EXPECT_EQ(Open("M01").period(), "2027");
}

TEST_F(Causes, ADeath) {
  Push(*hub_, Low(), {Monthly(who_, "A", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  const std::string id = Open("M01").finding_id();
  Push(*hub_, OpenFacts(*hub_, "facts"), {FactOf(who_, "D", v1::DEATH, {2026, 10, 20})});
  EXPECT_EQ(CauseOf(id), v1::Finding::PERSON_DIED);
}

TEST_F(Causes, ARuleThatIsNoMore) {
  const std::string id = Duplicate();
  const std::string only = R"(rules { id: "X1" version: 1 kind: DUPLICATE title_zh: "甲" title_en: "a"
    legal_basis: "无" basis_confirmed: false effective_from { year: 2014 month: 5 day: 1 } severity: LOW
    notify: HOUSING deadline_days: 30
    grouped_count { selector { programme: HOUSING } group_by: CONTRACT_NUMBER limit { value: 1 } } })";
  const auto rules = coverage::RuleSet::Parse("x.textproto", only);
  ASSERT_TRUE(rules.ok()) << rules.status();
  Reopen({2026, 10, 31}, *rules);
  EXPECT_EQ(CauseOf(id), v1::Finding::RULE_CHANGED);
}

TEST_F(Causes, AnOpenFindingSaysWhatToDoToWhomAndByWhichDay) {
  Duplicate();
  const v1::Finding finding = Open("D01");
  EXPECT_NE(finding.action_zh().find("兰山区"), std::string::npos) << finding.action_zh();
  EXPECT_NE(finding.action_zh().find("最低生活保障"), std::string::npos) << finding.action_zh();
  EXPECT_NE(finding.action_zh().find("（星期"), std::string::npos) << finding.action_zh();
  EXPECT_NE(finding.action_zh().find("元"), std::string::npos) << finding.action_zh();
  EXPECT_EQ(finding.action_zh().find(who_.name), std::string::npos);
  EXPECT_EQ(finding.action_zh().find("星期六"), std::string::npos);
  for (const v1::Evidence& evidence : finding.evidence()) {
    EXPECT_EQ(evidence.kind(), v1::Evidence::BENEFIT);
    EXPECT_EQ(evidence.region(), "371302");
    EXPECT_EQ(evidence.office(), evidence.programme());
  }
}

TEST_F(Causes, AFactInEvidenceIsNamedAsTheFactThatItIs) {
  Push(*hub_, Low(), {Monthly(who_, "A", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  Push(*hub_, OpenFacts(*hub_, "facts"), {FactOf(who_, "D", v1::REGISTERED_UNEMPLOYMENT, {2026, 5, 1})});
  v1::Record young = FactOf(MadeUp("李伟", {1990, 5, 1}, 33), "U", v1::REGISTERED_UNEMPLOYMENT, {2026, 5, 1});
  Push(*hub_, OpenFacts(*hub_, "facts"), {young});
  Push(*hub_, Low(), {Monthly(MadeUp("李伟", {1990, 5, 1}, 33), "C", v1::MINIMUM_LIVING, MonthOf(2025, 1))});
  bool seen = false;
  const v1::Finding finding = Open("M06");
  for (const v1::Evidence& evidence : finding.evidence()) {
    if (evidence.kind() != v1::Evidence::FACT) continue;
    seen = true;
    EXPECT_EQ(evidence.fact(), v1::REGISTERED_UNEMPLOYMENT);
    EXPECT_EQ(evidence.office(), v1::EMPLOYMENT);
    EXPECT_EQ(evidence.date().month(), 5);
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace relief::server::findings
