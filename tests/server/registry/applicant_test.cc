// The check of an applicant before an award.
#include "server/registry/person_view.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::registry {
namespace {

class Applicant : public testing::Test {
 protected:
  v1::ApplicantResult Check(const Who& who, const v1::Benefit* intended = nullptr) {
    v1::CheckApplicantRequest request;
    v1::PersonIdentity& person = *request.add_persons();
    person.set_name(who.name);
    person.set_id_number(who.id_number);
    *person.mutable_birth_date() = records::ToProto(who.birth);
    if (intended) *request.mutable_intended() = *intended;
    const auto response =
        CheckApplicant(*hub_->store().Snapshot(), hub_->model(), *hub_->rules(), hub_->as_of(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->results_size(), 1);
    return response->results(0);
  }
  static v1::Benefit Intended(v1::Programme programme) {
    v1::Benefit benefit;
    benefit.set_programme(programme);
    *benefit.mutable_start_month() = MonthOf(2026, 9);
    benefit.set_paying_region("371302");
    return benefit;
  }
  static std::set<std::string> RulesOf(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
    std::set<std::string> rules;
    for (const v1::Finding& finding : findings) rules.insert(finding.rule_id());
    return rules;
  }

  const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122), kZhao = MadeUp("赵敏", {2012, 4, 4}, 124);
  std::unique_ptr<core::Hub> hub_ = OpenHub();
};

TEST_F(Applicant, IsKnownWithItsProbabilityAndWhatTheAwardWouldDuplicate) {
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY),
       {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  const v1::Benefit intended = Intended(v1::MINIMUM_LIVING);
  const v1::ApplicantResult result = Check(kWang, &intended);
  ASSERT_EQ(result.candidates_size(), 1);
  EXPECT_EQ(result.candidates(0).band(), v1::Candidate::CERTAIN);
  EXPECT_GT(result.candidates(0).probability(), 0.999);
  EXPECT_LE(result.candidates(0).probability(), 1.0);
  EXPECT_TRUE(RulesOf(result.would_open()).contains("D01"));
  EXPECT_TRUE(OpenFindings(*hub_).empty() ||
              !RulesOf(result.candidates(0).person().findings()).contains("D01"))
      << "nothing was opened by asking";
}

TEST_F(Applicant, WhomTheDataFitTwiceIsSharedBetweenThem) {
  // Two people of one name and birth date, with numbers of their own; the applicant shows no number.
  const Who twin = MadeUp("王秀兰", {1950, 3, 14}, 148);
  const v1::Source source = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
  Push(*hub_, source,
       {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1)),
        Monthly(twin, "D2", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Who unnumbered = kWang;
  unnumbered.id_number.clear();
  const v1::ApplicantResult result = Check(unnumbered);
  ASSERT_EQ(result.candidates_size(), 2);
  EXPECT_LT(result.candidates(0).probability(), 0.6);
  EXPECT_NEAR(result.candidates(0).probability(), result.candidates(1).probability(), 0.1);
}

TEST_F(Applicant, LearnsWhatAnAwardOfTheNextMonthWouldDuplicate) {
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY),
       {Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  v1::Benefit intended = Intended(v1::MINIMUM_LIVING);
  for (const int month : {10, 11, 12}) {
    *intended.mutable_start_month() = MonthOf(2026, month);
    const v1::ApplicantResult result = Check(kWang, &intended);
    EXPECT_TRUE(RulesOf(result.would_open()).contains("D01")) << "from month " << month;
    for (const v1::Finding& finding : result.would_open()) {
      if (finding.rule_id() != "D01") continue;
      const v1::Month& first = finding.overlap_months(0);
      EXPECT_EQ(first.year() * 12 + first.month(), 2026 * 12 + month + 1) << "after the hand-over";
    }
  }
  intended.clear_start_month();
  EXPECT_TRUE(RulesOf(Check(kWang, &intended).would_open()).contains("D01"))
      << "from the next month, as the law has it";
  *intended.mutable_start_month() = MonthOf(2026, 11);
  *intended.mutable_end_month() = MonthOf(2026, 11);
  EXPECT_FALSE(RulesOf(Check(kWang, &intended).would_open()).contains("D01")) << "one month of hand-over";
}

TEST_F(Applicant, IsPaidWhereItAsks) {
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
       {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});  // paid by 371302
  v1::CheckApplicantRequest request;
  v1::PersonIdentity& person = *request.add_persons();
  person.set_name(kWang.name);
  person.set_id_number(kWang.id_number);
  request.mutable_intended()->set_programme(v1::MINIMUM_LIVING);
  const auto rules_in = [&](const std::string& region) {
    person.set_region_code(region);
    const auto response =
        CheckApplicant(*hub_->store().Snapshot(), hub_->model(), *hub_->rules(), hub_->as_of(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return RulesOf(response->results(0).would_open());
  };
  EXPECT_TRUE(rules_in("371321").contains("D07")) << "another county pays already";
  EXPECT_FALSE(rules_in("371302").contains("D07"));
}

TEST_F(Applicant, WhoDiedIsNotAwardedAnything) {
  Push(*hub_, OpenFacts(*hub_, "facts"), {FactOf(kWang, "F1", v1::DEATH, {2026, 8, 1})});
  const v1::Benefit intended = Intended(v1::EXTREME_POVERTY);
  EXPECT_TRUE(RulesOf(Check(kWang, &intended).would_open()).contains("D20"));
}

TEST_F(Applicant, IsAskedWithTheHousehold) {
  const Who husband = MadeUp("刘志强", {1951, 3, 14}, 121);
  const auto in_household = [](v1::Record record) {
    record.mutable_household()->set_household_id("H1");
    return record;
  };
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
       {in_household(Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))),
        in_household(Monthly(husband, "D2", v1::MINIMUM_LIVING, MonthOf(2026, 1)))});
  v1::Record flat = Monthly(husband, "Z1", v1::HOUSING, MonthOf(2026, 1));
  flat.mutable_benefit()->set_form(v1::PUBLIC_RENTAL);
  Push(*hub_, OpenBenefits(*hub_, "zf", v1::HOUSING), {flat});
  v1::Benefit intended = Intended(v1::HOUSING);
  intended.set_form(v1::RENT_SUBSIDY);
  *intended.mutable_start_month() = MonthOf(2026, 11);
  EXPECT_TRUE(RulesOf(Check(kWang, &intended).would_open()).contains("D16B"))
      << "the husband lives in a flat";
}

TEST_F(Applicant, LearnsWhatIsMissedNowAndWhatTheAwardWouldEntitleTo) {
  v1::Record school = FactOf(kZhao, "F1", v1::SCHOOL_ENROLMENT, {2026, 9, 1});
  Push(*hub_, OpenFacts(*hub_, "facts"), {school});
  EXPECT_TRUE(Check(kZhao).may_miss().empty()) << "holds nothing that entitles";
  const v1::Benefit intended = Intended(v1::MINIMUM_LIVING);
  const v1::ApplicantResult result = Check(kZhao, &intended);
  EXPECT_TRUE(RulesOf(result.may_miss()).contains("M01")) << "insurance";
  EXPECT_TRUE(RulesOf(result.may_miss()).contains("M03")) << "the school grant of this term";
  EXPECT_FALSE(RulesOf(result.would_open()).contains("M03")) << "a gap is no duplicate";
}

TEST_F(Applicant, IsNotPromisedHelpWithBillsFromBeforeTheAward) {
  v1::Record bill = RecordOf(kZhao, "Y1");
  v1::Benefit& settlement = *bill.mutable_benefit();
  settlement.set_programme(v1::MEDICAL);
  settlement.set_form(v1::INPATIENT_SETTLEMENT);
  settlement.set_invoice_number("I1");
  settlement.set_total_cost_fen(900000);
  settlement.set_insured_fen(500000);
  settlement.set_paying_region("371302");
  *settlement.mutable_pay_date() = records::ToProto(matcher::CivilDate{2026, 5, 5});
  Push(*hub_, OpenBenefits(*hub_, "md", v1::MEDICAL), {bill});
  const v1::Benefit intended = Intended(v1::MINIMUM_LIVING);
  EXPECT_FALSE(RulesOf(Check(kZhao, &intended).may_miss()).contains("M02"));
  v1::Benefit earlier = intended;
  *earlier.mutable_start_month() = MonthOf(2026, 3);
  EXPECT_TRUE(RulesOf(Check(kZhao, &earlier).may_miss()).contains("M02"))
      << "covered in the month of the bill";
}

}  // namespace
}  // namespace relief::server::registry
