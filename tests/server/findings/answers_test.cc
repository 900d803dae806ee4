// What agencies say of a finding: reasons, until when, case conferences, escalation.
#include "server/findings/finding_answers.h"
#include "server/findings/finding_life.h"
#include "tests/server/findings/duplicate_fixture.h"

namespace relief::server::findings {
namespace {

v1::Date DateOf(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

class AnswersTest : public OneDuplicate {
 protected:
  absl::StatusOr<v1::Finding> Say(const std::string& agency, v1::Disposition said) {
    v1::AddDispositionRequest request;
    request.set_finding_id(Duplicate().finding_id());
    *request.mutable_disposition() = std::move(said);
    return AddDisposition(*hub_, request, agency);
  }
  absl::StatusOr<v1::Finding> Say(const std::string& agency, v1::Disposition::Outcome outcome) {
    v1::Disposition said;
    said.set_outcome(outcome);
    said.set_reason(v1::Disposition::ALLOWED_BY_LAW);
    return Say(agency, said);
  }
  static v1::Disposition Allowed(v1::Disposition::Reason reason) {
    v1::Disposition said;
    said.set_outcome(v1::Disposition::NOT_A_PROBLEM);
    said.set_reason(reason);
    return said;
  }
  absl::StatusOr<v1::Finding> Confer(v1::Deliberation::Outcome outcome,
                                     std::vector<std::string> participants) {
    v1::DeliberateRequest request;
    request.set_finding_id(Duplicate().finding_id());
    request.mutable_deliberation()->set_outcome(outcome);
    request.mutable_deliberation()->set_reason("联席会议纪要第7号");
    for (const std::string& one : participants) request.mutable_deliberation()->add_participants(one);
    return Deliberate(*hub_, request, "supervisor");
  }
  std::vector<std::string> History() {
    v1::ListFindingEventsRequest request;
    request.set_finding_id(Duplicate().finding_id());
    std::vector<std::string> kinds;
    const auto events = ListFindingEvents(hub_->store(), request);
    for (const v1::FindingEvent& event : events->events())
      kinds.push_back(v1::FindingEvent::Kind_Name(event.kind()));
    return kinds;
  }
};

TEST_F(AnswersTest, AReasonExplainsWhereANoteWould) {
  MakeDuplicate();
  v1::Disposition bare;
  bare.set_outcome(v1::Disposition::NOT_A_PROBLEM);
  EXPECT_TRUE(absl::IsInvalidArgument(Say("a", bare).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Say("a", Allowed(v1::Disposition::OTHER)).status()))
      << "other: the note says";
  EXPECT_TRUE(Say("a", Allowed(v1::Disposition::ALLOWED_BY_LAW)).ok());
  v1::Disposition wrong = Allowed(v1::Disposition::IN_PROCESSING);
  wrong.set_outcome(v1::Disposition::CONFIRMED);
  *wrong.mutable_until() = DateOf(2026, 12, 1);
  EXPECT_TRUE(absl::IsInvalidArgument(Say("a", wrong).status()))
      << "only what is allowed is allowed until a day";
}

TEST_F(AnswersTest, WhatIsAllowedUntilADayComesBackTheDayAfter) {
  MakeDuplicate();
  v1::Disposition until = Allowed(v1::Disposition::IN_PROCESSING);
  *until.mutable_until() = DateOf(2026, 11, 20);
  ASSERT_TRUE(Say("care", Allowed(v1::Disposition::ALLOWED_BY_LAW)).ok());
  ASSERT_EQ(Say("civil", until)->state(), v1::Finding::SETTLED);
  EXPECT_EQ(Duplicate().suppressed_until().day(), 20);
  OnDay({2026, 11, 20});
  EXPECT_EQ(Duplicate().state(), v1::Finding::SETTLED);
  OnDay({2026, 11, 21});
  EXPECT_EQ(Duplicate().state(), v1::Finding::OPEN);
  EXPECT_EQ(Duplicate().reopened(), 1);
  EXPECT_FALSE(Duplicate().has_suppressed_until());
}

TEST_F(AnswersTest, ACaseConferenceSettlesADisputeForGoodOrUpholdsIt) {
  MakeDuplicate();
  EXPECT_TRUE(absl::IsFailedPrecondition(Confer(v1::Deliberation::DISMISSED, {"care", "civil"}).status()))
      << "nothing is disputed yet";
  ASSERT_TRUE(Say("civil", v1::Disposition::CONFIRMED).ok());
  ASSERT_TRUE(Say("care", v1::Disposition::NOT_A_PROBLEM)->disputed());
  EXPECT_TRUE(absl::IsInvalidArgument(Confer(v1::Deliberation::DISMISSED, {"care"}).status()))
      << "both are heard";
  const auto upheld = Confer(v1::Deliberation::UPHELD, {"care", "civil"});
  ASSERT_TRUE(upheld.ok()) << upheld.status();
  EXPECT_EQ(upheld->state(), v1::Finding::OPEN);
  EXPECT_FALSE(upheld->disputed());
  EXPECT_EQ(upheld->deliberation().decided_by(), "supervisor");

  ASSERT_FALSE(Say("care", v1::Disposition::NOT_A_PROBLEM)->disputed()) << "what was said before is settled";
  ASSERT_TRUE(Say("civil", v1::Disposition::CONFIRMED)->disputed()) << "but they may quarrel anew";
  const auto dismissed = Confer(v1::Deliberation::DISMISSED, {"care", "civil"});
  EXPECT_EQ(dismissed->state(), v1::Finding::SETTLED);
  MakeDuplicate(4);
  EXPECT_EQ(Duplicate().state(), v1::Finding::SETTLED) << "the same evidence is not asked again";
  EXPECT_EQ(History(),
            (std::vector<std::string>{"OPENED", "DISPOSED", "DISPOSED", "DISPUTED", "DELIBERATED", "DISPOSED",
                                      "DISPOSED", "DISPUTED", "DELIBERATED", "SETTLED"}));
}

TEST_F(AnswersTest, NewEvidenceOpensWhatWasSettled) {
  MakeDuplicate();
  ASSERT_TRUE(Say("civil", v1::Disposition::NOT_A_PROBLEM).ok());
  ASSERT_EQ(Say("care", v1::Disposition::NOT_A_PROBLEM)->state(), v1::Finding::SETTLED);
  Withdraw(2);
  EXPECT_EQ(Duplicate().state(), v1::Finding::CLOSED)
      << "closed by the data, which is not settled by decision";
  MakeDuplicate(3);
  EXPECT_EQ(Duplicate().state(), v1::Finding::OPEN);
}

TEST_F(AnswersTest, NobodyAnsweringBringsItUpStepByStep) {
  MakeDuplicate();
  const int32_t due = records::ToCivilDate(Duplicate().due_date())->days();
  const auto on = [&](int days) {
    OnDay(matcher::CivilDate::FromDays(due + days));
    return std::pair(Duplicate().overdue(), Duplicate().escalation());
  };
  EXPECT_EQ(on(0), std::pair(false, 0));
  EXPECT_EQ(on(1), std::pair(true, 0));
  EXPECT_EQ(on(15), std::pair(true, 0));
  EXPECT_EQ(on(16), std::pair(true, 1));
  EXPECT_EQ(on(31), std::pair(true, 2));
  EXPECT_EQ(on(300), std::pair(true, 3)) << "there is nobody above the province";
  const auto history = History();
  EXPECT_EQ(std::count(history.begin(), history.end(), "ESCALATED"), 3);
  ASSERT_TRUE(Say("civil", v1::Disposition::CONFIRMED).ok());
  EXPECT_EQ(std::pair(Duplicate().overdue(), Duplicate().escalation()), std::pair(false, 0));
}

}  // namespace
}  // namespace relief::server::findings
