// What an officer's decision on who a record belongs to may close is not claimed before it.
#include "server/coverage/in_review.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "server/coverage/coverage.h"

namespace relief::coverage {
namespace {

constexpr matcher::CivilDate kAsOf{2026, 10, 31};

class InReview : public testing::Test {
 protected:
  InReview() {
    auto rules = RuleSet::LoadDirectory(RELIEF_RULES_DIR);
    EXPECT_TRUE(rules.ok()) << rules.status();
    rules_ = *std::move(rules);
    v1::Benefit& living = *own_.mutable_benefit();
    living.set_programme(v1::MINIMUM_LIVING);
    living.mutable_start_month()->set_year(2025);
    living.mutable_start_month()->set_month(1);
    living.set_paying_region("371302");
  }
  static v1::Record Premium(int year) {
    v1::Record record;
    record.mutable_benefit()->set_programme(v1::MEDICAL);
    record.mutable_benefit()->set_form(v1::INSURANCE_SUBSIDY);
    record.mutable_benefit()->set_benefit_year(year);
    record.mutable_benefit()->mutable_pay_date()->set_year(year);
    record.mutable_benefit()->mutable_pay_date()->set_month(1);
    record.mutable_benefit()->mutable_pay_date()->set_day(10);
    record.mutable_benefit()->set_paying_region("371302");
    return record;
  }
  Judged Judge(const std::optional<v1::Record>& asked_about) {
    const std::vector<CoverageRecord> own = {{matcher::RecordKey::Of("ml", "A"), &own_, "ml"}};
    std::vector<CoverageRecord> in_review;
    if (asked_about) in_review.push_back({matcher::RecordKey::Of("md", "B"), &*asked_about, "md"});
    const PersonInput person{.records = own, .in_review = in_review};
    return rules_->Judge(person, nullptr, kAsOf);
  }
  static bool Claims(const Judged& judged) {
    return std::any_of(judged.drafts.begin(), judged.drafts.end(),
                       [](const FindingDraft& draft) { return draft.rule_id == "M01"; });
  }
  static RuleAnswer Answer(const Judged& judged) {
    for (const RuleAnswer& answer : judged.answers)
      if (answer.rule_id == "M01") return answer;
    ADD_FAILURE() << "no answer";
    return {};
  }

  std::shared_ptr<const RuleSet> rules_;
  v1::Record own_;
};

TEST_F(InReview, AGapIsClaimedWhereNobodyIsAskedAbout) {
  EXPECT_TRUE(Claims(Judge(std::nullopt)));
  EXPECT_EQ(Answer(Judge(std::nullopt)).state, v1::Entitlement::NOT_HELPED);
}

TEST_F(InReview, HelpThatMayBeThePersonsLeavesTheGapUndecided) {
  const Judged judged = Judge(Premium(2026));
  EXPECT_FALSE(Claims(judged));
  EXPECT_EQ(Answer(judged).state, v1::Entitlement::UNDECIDED);
  EXPECT_EQ(Answer(judged).lack.reason, v1::Entitlement::PERSON_IN_REVIEW);
  EXPECT_EQ(Answer(judged).finding_id, "");
}

TEST_F(InReview, HelpThatWouldNotCloseTheGapChangesNothing) {
  EXPECT_EQ(Judge(Premium(2025)), Judge(std::nullopt));
}

TEST_F(InReview, ADeathThatMayBeThePersonsLeavesTheGapUndecided) {
  v1::Record death;
  death.mutable_fact()->set_type(v1::DEATH);
  death.mutable_fact()->mutable_date()->set_year(2026);
  death.mutable_fact()->mutable_date()->set_month(3);
  death.mutable_fact()->mutable_date()->set_day(1);
  EXPECT_FALSE(Claims(Judge(death)));
}

TEST_F(InReview, NoDuplicateIsFoundWithWhatIsNotDecided) {
  v1::Record extreme = own_;
  extreme.mutable_benefit()->set_programme(v1::EXTREME_POVERTY);
  for (const FindingDraft& draft : Judge(extreme).drafts) EXPECT_NE(draft.rule_id, "D01");
}

}  // namespace
}  // namespace relief::coverage
