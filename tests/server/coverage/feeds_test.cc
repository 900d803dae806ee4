// What feeds can say, and the answers of the rules on gaps where they cannot.
#include "server/coverage/feeds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "server/coverage/coverage.h"
#include "tests/server/coverage/person_file.h"

namespace relief::coverage {
namespace {

using Reason = v1::Entitlement;

const int32_t kToday = kAsOf.days();

// A feed that delivered on the day of judgement: so many records of a form in each county.
Feed FeedOf(v1::Programme programme, v1::BenefitForm form, std::vector<std::string> counties,
            int64_t records) {
  Feed feed;
  feed.programme = programme;
  feed.last_day = kToday;
  for (const std::string& county : counties) feed.cells.push_back({SlotOf(programme), form, county, records});
  return feed;
}

Feeds::Question Premiums(std::string_view region) {
  Feeds::Question question;
  question.slot = SlotOf(v1::MEDICAL);
  question.forms = uint64_t{1} << v1::INSURANCE_SUBSIDY;
  question.region = region;
  return question;
}

TEST(Feeds, WithoutASourceNothingCanBeSaid) {
  const Feeds feeds({FeedOf(v1::MINIMUM_LIVING, v1::BENEFIT_FORM_UNSPECIFIED, {"371302"}, 10)}, kAsOf);
  const Lack lack = feeds.Ask(Premiums("371302"));
  EXPECT_EQ(lack.reason, Reason::NO_FEED);
  EXPECT_EQ(lack.programme, v1::MEDICAL);
}

TEST(Feeds, AFeedWithoutTheFormCannotSayIt) {
  const Feeds feeds({FeedOf(v1::MEDICAL, v1::INPATIENT_SETTLEMENT, {"371302"}, 10)}, kAsOf);
  EXPECT_EQ(feeds.Ask(Premiums("371302")).reason, Reason::FORM_NOT_DELIVERED);
}

TEST(Feeds, ACountyWithoutARecordIsNotCoveredWhereItsNeighboursHaveMany) {
  const Feeds feeds({FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302", "371311"}, 10)}, kAsOf);
  EXPECT_EQ(feeds.Ask(Premiums("371302")).reason, Reason::REASON_UNSPECIFIED);
  EXPECT_EQ(feeds.Ask(Premiums("371321")).reason, Reason::OTHER_REGION);
}

TEST(Feeds, WhereHelpIsRareACountyWithoutARecordIsCoveredLikeItsPrefecture) {
  const Feeds feeds({FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302", "371311"}, 2)}, kAsOf);
  EXPECT_EQ(feeds.Ask(Premiums("371321")).reason, Reason::REASON_UNSPECIFIED);
  EXPECT_EQ(feeds.Ask(Premiums("370102")).reason, Reason::OTHER_REGION);
}

TEST(Feeds, ASourceOfOneCountyCoversThatCounty) {
  Feed feed = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302"}, 10);
  feed.region_prefix = "371302";
  const Feeds feeds({feed}, kAsOf);
  EXPECT_EQ(feeds.Ask(Premiums("371302")).reason, Reason::REASON_UNSPECIFIED);
  EXPECT_EQ(feeds.Ask(Premiums("371311")).reason, Reason::OTHER_REGION);
}

TEST(Feeds, WhatIsDeclaredGoesBeforeWhatWasDelivered) {
  Feed feed = FeedOf(v1::MEDICAL, v1::INPATIENT_SETTLEMENT, {"371302"}, 10);
  feed.declared.add_forms(v1::INSURANCE_SUBSIDY);
  feed.declared.add_region_prefixes("3713");
  feed.declared.mutable_from_month()->set_year(2026);
  feed.declared.mutable_from_month()->set_month(6);
  const Feeds feeds({feed}, kAsOf);
  EXPECT_EQ(feeds.Ask(Premiums("371321")).reason, Reason::REASON_UNSPECIFIED);
  EXPECT_EQ(feeds.Ask(Premiums("370102")).reason, Reason::OTHER_REGION);
  Feeds::Question question = Premiums("371321");
  question.since = MonthIndex::Of(2026, 5);
  EXPECT_EQ(feeds.Ask(question).reason, Reason::BEFORE_FEED);
  question.since = MonthIndex::Of(2026, 6);
  EXPECT_EQ(feeds.Ask(question).reason, Reason::REASON_UNSPECIFIED);
}

TEST(Feeds, AFeedIsSilentADayAfterItsGraceAndSaysSinceWhen) {
  Feed feed = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302"}, 10);
  feed.last_day = kToday - 35;
  EXPECT_EQ(Feeds({feed}, kAsOf).Ask(Premiums("371302")).reason, Reason::REASON_UNSPECIFIED);
  feed.last_day = kToday - 36;
  const Lack lack = Feeds({feed}, kAsOf).Ask(Premiums("371302"));
  EXPECT_EQ(lack.reason, Reason::FEED_SILENT);
  EXPECT_EQ(lack.since, kToday - 36);
  feed.declared.set_every_days(366);
  EXPECT_EQ(Feeds({feed}, kAsOf).Ask(Premiums("371302")).reason, Reason::REASON_UNSPECIFIED);
}

TEST(Feeds, BeforeTheListOfAYearHasComeNobodyIsMissedOnIt) {
  Feed feed = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302"}, 10);
  feed.periods.push_back({v1::INSURANCE_SUBSIDY, MonthIndex::Of(2025, 1)});
  Feeds::Question question = Premiums("371302");
  question.period = MonthIndex::Of(2026, 1);
  EXPECT_EQ(Feeds({feed}, kAsOf).Ask(question).reason, Reason::PERIOD_NOT_DELIVERED);
  feed.periods.push_back({v1::INSURANCE_SUBSIDY, MonthIndex::Of(2026, 1)});
  EXPECT_EQ(Feeds({feed}, kAsOf).Ask(question).reason, Reason::REASON_UNSPECIFIED);
}

TEST(Feeds, OneOfSeveralFeedsIsEnoughAndTheNearestSaysWhatIsLacking) {
  Feed silent = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302"}, 10);
  silent.last_day = kToday - 100;
  const Feed elsewhere = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"370102"}, 10);
  EXPECT_EQ(Feeds({silent, elsewhere}, kAsOf).Ask(Premiums("371302")).reason, Reason::FEED_SILENT);
  EXPECT_EQ(Feeds({elsewhere, silent}, kAsOf).Ask(Premiums("371302")).reason, Reason::FEED_SILENT);
  const Feed here = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302"}, 10);
  EXPECT_EQ(Feeds({silent, here}, kAsOf).Ask(Premiums("371302")).reason, Reason::REASON_UNSPECIFIED);
}

// Somebody on the allowance whose premium nobody paid, as the shipped rules answer.
class Answers : public testing::Test {
 protected:
  Answers() : rules_(*RuleSet::LoadDirectory(RELIEF_RULES_DIR)) {
    v1::Record& base = records_.emplace_back();
    base.set_record_id("a");
    base.mutable_person()->set_name("王秀英");
    base.mutable_person()->mutable_birth_date()->set_year(1960);
    base.mutable_person()->mutable_birth_date()->set_month(5);
    base.mutable_person()->mutable_birth_date()->set_day(1);
    base.mutable_benefit()->set_programme(v1::MINIMUM_LIVING);
    base.mutable_benefit()->set_paying_region("371302");
    base.mutable_benefit()->mutable_start_month()->set_year(2025);
    base.mutable_benefit()->mutable_start_month()->set_month(1);
    medical_ = FeedOf(v1::MEDICAL, v1::INSURANCE_SUBSIDY, {"371302"}, 10);
    medical_.periods.push_back({v1::INSURANCE_SUBSIDY, MonthIndex::Of(2026, 1)});
  }

  Judged Judge(const Feeds* feeds, bool all = false) {
    std::vector<CoverageRecord> records;
    for (const v1::Record& record : records_)
      records.push_back({matcher::RecordKey::Of("s", record.record_id()), &record, "s"});
    return rules_->Judge({records}, feeds, kAsOf, all);
  }
  static const RuleAnswer* Of(const Judged& judged, const std::string& rule) {
    for (const RuleAnswer& answer : judged.answers)
      if (answer.rule_id == rule) return &answer;
    return nullptr;
  }
  static bool Opens(const std::vector<FindingDraft>& drafts, const std::string& rule) {
    return std::any_of(drafts.begin(), drafts.end(),
                       [&](const auto& draft) { return draft.rule_id == rule; });
  }
  void Insure() {
    v1::Record premium = records_.front();
    premium.set_record_id("b");
    premium.mutable_benefit()->set_programme(v1::MEDICAL);
    premium.mutable_benefit()->set_form(v1::INSURANCE_SUBSIDY);
    premium.mutable_benefit()->set_benefit_year(2026);
    premium.mutable_benefit()->clear_start_month();
    records_.push_back(premium);
  }

  std::shared_ptr<const RuleSet> rules_;
  std::deque<v1::Record> records_;
  Feed medical_;
};

TEST_F(Answers, AGapIsClaimedWhereTheFeedWouldTellOfTheHelp) {
  const Feeds feeds({medical_}, kAsOf);
  const Judged judged = Judge(&feeds);
  ASSERT_NE(Of(judged, "M01"), nullptr);
  EXPECT_EQ(Of(judged, "M01")->state, Reason::NOT_HELPED);
  EXPECT_EQ(Of(judged, "M01")->region, "371302");
  EXPECT_EQ(Of(judged, "M01")->period, "2026");
  EXPECT_TRUE(Opens(judged.drafts, "M01"));
}

TEST_F(Answers, WithoutTheFeedTheRuleCannotTellAndSaysWhy) {
  const Feeds feeds({}, kAsOf);
  const Judged judged = Judge(&feeds);
  ASSERT_NE(Of(judged, "M01"), nullptr);
  EXPECT_EQ(Of(judged, "M01")->state, Reason::UNDECIDED);
  EXPECT_EQ(Of(judged, "M01")->lack.reason, Reason::NO_FEED);
  EXPECT_FALSE(Opens(judged.drafts, "M01"));
  EXPECT_FALSE(Opens(judged.unheard, "M01"));
}

TEST_F(Answers, AGapOfASilentFeedIsHandedOverToBeKeptAsItIs) {
  medical_.last_day = kToday - 60;
  const Feeds feeds({medical_}, kAsOf);
  const Judged judged = Judge(&feeds);
  EXPECT_EQ(Of(judged, "M01")->lack.reason, Reason::FEED_SILENT);
  EXPECT_FALSE(Opens(judged.drafts, "M01"));
  EXPECT_TRUE(Opens(judged.unheard, "M01"));
}

TEST_F(Answers, HelpThatIsThereNeedsNoFeed) {
  Insure();
  const Feeds feeds({}, kAsOf);
  EXPECT_EQ(Of(Judge(&feeds), "M01")->state, Reason::HELPED);
}

TEST_F(Answers, WhatDoesNotApplyIsToldWithItsReasonWhereAllIsAskedFor) {
  const Feeds feeds({medical_}, kAsOf);
  EXPECT_EQ(Of(Judge(&feeds), "M04"), nullptr);
  const Judged all = Judge(&feeds, true);
  ASSERT_NE(Of(all, "M04"), nullptr);
  EXPECT_EQ(Of(all, "M04")->state, Reason::NOT_CONCERNED);
  EXPECT_EQ(Of(all, "M04")->lack.reason, Reason::OTHER_AGE);
  EXPECT_EQ(Of(all, "M02")->lack.reason, Reason::NO_NEED);
}

TEST_F(Answers, ARefusalIsToldAndNoGapIsClaimed) {
  v1::Record refusal = records_.front();
  refusal.set_record_id("r");
  refusal.mutable_fact()->set_type(v1::REFUSED);
  refusal.mutable_fact()->set_value("MEDICAL");
  refusal.mutable_fact()->mutable_date()->set_year(2026);
  refusal.mutable_fact()->mutable_date()->set_month(3);
  refusal.mutable_fact()->mutable_date()->set_day(1);
  records_.push_back(refusal);
  const Feeds feeds({medical_}, kAsOf);
  const Judged judged = Judge(&feeds, true);
  EXPECT_EQ(Of(judged, "M01")->lack.reason, Reason::DECLINED_BY_PERSON);
  EXPECT_FALSE(Opens(judged.drafts, "M01"));
}

}  // namespace
}  // namespace relief::coverage
