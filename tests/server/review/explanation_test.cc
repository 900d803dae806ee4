#include "server/review/explanation.h"

#include <absl/strings/ascii.h>
#include <google/protobuf/descriptor.h>

#include "server/review/decisions.h"
#include "server/review/sentence.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::review {
namespace {

const Officer kOfficer{"officer", "officer"};

v1::RecordName Named(const std::string& source, const std::string& record) {
  v1::RecordName name;
  name.set_source_id(source);
  name.set_record_id(record);
  return name;
}

class Explanation : public testing::Test {
 protected:
  void Give(const std::string& source, v1::Record record) {
    Push(*hub_, OpenBenefits(*hub_, source, v1::MINIMUM_LIVING), {std::move(record)});
  }
  v1::Record Record(Who who, const std::string& id) {
    return Monthly(who, id, v1::MINIMUM_LIVING, MonthOf(2026, 1));
  }
  v1::MatchExplanation Pair(const std::string& a, const std::string& b) {
    auto explanation = ExplainPair(hub_->store(), hub_->model(), Named("a", a), Named("b", b));
    EXPECT_TRUE(explanation.ok()) << explanation.status();
    return explanation.ok() ? *explanation : v1::MatchExplanation();
  }

  const Who wang_ = MadeUp("王秀兰", {1950, 3, 14}, 122);
  std::unique_ptr<core::Hub> hub_ = OpenHub();
};

TEST_F(Explanation, SaysWhyTwoRecordsAreOnePerson) {
  Give("a", Record(wang_, "1"));
  Give("b", Record(wang_, "2"));
  const v1::MatchExplanation explanation = Pair("1", "2");
  EXPECT_EQ(explanation.outcome(), v1::MatchExplanation::SAME_PERSON);
  EXPECT_NE(explanation.sentence_zh().find("认定为同一人：证件号码一致（+25.5）"), std::string::npos)
      << explanation.sentence_zh();
  EXPECT_NE(explanation.sentence_en().find("Taken for one person: the ID number is the same (+25.5)"),
            std::string::npos)
      << explanation.sentence_en();
  // The rarity of the name stands beside its weight.
  double one_in = 0;
  for (const v1::FieldEvidence& field : explanation.fields()) one_in += field.one_in();
  EXPECT_GT(one_in, 1000);
  // Never what it speaks of.
  EXPECT_EQ(explanation.SerializeAsString().find("王"), std::string::npos);
  EXPECT_EQ(explanation.SerializeAsString().find(wang_.id_number), std::string::npos);
}

TEST_F(Explanation, SaysWhyNot) {
  Give("a", Record(wang_, "1"));
  Give("b", Record(MadeUp("赵铁柱", {1981, 7, 2}, 371), "stranger"));
  EXPECT_EQ(Pair("1", "stranger").outcome(), v1::MatchExplanation::NOT_COMPARED);

  Who other_number = wang_;
  other_number.id_number = MadeUp("", wang_.birth, 124).id_number;
  Give("b", Record(other_number, "other number"));
  const v1::MatchExplanation in_review = Pair("1", "other number");
  EXPECT_EQ(in_review.outcome(), v1::MatchExplanation::IN_REVIEW);
  EXPECT_NE(in_review.sentence_zh().find("两个有效号码不同"), std::string::npos) << in_review.sentence_zh();
  EXPECT_NE(in_review.sentence_en().find("two valid numbers differ"), std::string::npos);

  // A relative: one phone is a common block, and nothing else agrees.
  v1::Record with_phone = Record(wang_, "with phone"),
             relative = Record(MadeUp("王大山", {1980, 8, 1}, 222), "relative");
  for (v1::Record* record : {&with_phone, &relative}) record->mutable_person()->add_phones("13800001111");
  relative.mutable_person()->clear_id_number();
  Give("a", std::move(with_phone));
  Give("b", std::move(relative));
  const v1::MatchExplanation weak = Pair("with phone", "relative");
  EXPECT_EQ(weak.outcome(), v1::MatchExplanation::TOO_WEAK) << weak.total_bits();
  EXPECT_LT(weak.total_bits(), weak.review_threshold_bits());
}

TEST_F(Explanation, AnotherSurnameIsNotTheSameName) {
  v1::Record liu = Record(MadeUp("刘秀英", {1954, 4, 14}, 122), "liu"),
             zhang = Record(MadeUp("张秀英", {1954, 4, 14}, 124), "zhang");
  for (v1::Record* record : {&liu, &zhang}) record->mutable_person()->clear_id_number();
  Give("a", std::move(liu));
  Give("b", std::move(zhang));
  const v1::MatchExplanation explanation = Pair("liu", "zhang");
  EXPECT_NE(explanation.outcome(), v1::MatchExplanation::SAME_PERSON);
  EXPECT_EQ(explanation.sentence_zh().find("姓名一致"), std::string::npos) << explanation.sentence_zh();
  EXPECT_NE(explanation.sentence_zh().find("姓氏不同而名字相同"), std::string::npos)
      << explanation.sentence_zh();
}

TEST_F(Explanation, OfficersAreNamedAsTheReason) {
  Who other_number = wang_;
  other_number.id_number = MadeUp("", wang_.birth, 124).id_number;
  Give("a", Record(wang_, "1"));
  Give("b", Record(other_number, "2"));
  const auto decide = [&](v1::Decision::Verdict verdict) {
    const auto conflicts = ListConflicts({*hub_, kOfficer}, v1::ListConflictsRequest());
    v1::DecideConflictRequest request;
    request.set_conflict_id(conflicts->conflicts(0).conflict_id());
    request.set_etag(conflicts->conflicts(0).etag());
    request.set_verdict(verdict);
    return *DecideConflict(*hub_, request, kOfficer);
  };
  const v1::Decision decision = decide(v1::Decision::SAME);
  EXPECT_EQ(Pair("1", "2").outcome(), v1::MatchExplanation::SAME_BY_OFFICER);
  v1::UndoDecisionRequest undo;
  undo.set_decision_id(decision.decision_id());
  ASSERT_TRUE(UndoDecision(*hub_, undo, kOfficer).ok());
  decide(v1::Decision::DIFFERENT);
  EXPECT_EQ(Pair("1", "2").outcome(), v1::MatchExplanation::DIFFERENT_BY_OFFICER);
}

TEST_F(Explanation, APersonIsHeldTogetherByATreeWithItsWeakestLinkFirst) {
  Give("a", Record(wang_, "1"));
  Give("a", Record(wang_, "2"));
  v1::Record no_number = Record(wang_, "3");  // birth date and name only
  no_number.mutable_person()->clear_id_number();
  Give("a", std::move(no_number));
  const auto person = matcher::PersonOfRecord(hub_->store(), matcher::RecordKey::Of("a", "3"));
  const auto how = ExplainPerson(hub_->store(), hub_->model(), person->ToString());
  ASSERT_TRUE(how.ok()) << how.status();
  EXPECT_EQ(how->records(), 3);
  ASSERT_EQ(how->links_size(), 2);
  EXPECT_LT(how->links(0).explanation().total_bits(), how->links(1).explanation().total_bits());
  EXPECT_TRUE(how->links(0).record_a().record_id() == "3" || how->links(0).record_b().record_id() == "3");
  EXPECT_TRUE(absl::IsInvalidArgument(ExplainPerson(hub_->store(), hub_->model(), "P-x").status()));
  EXPECT_TRUE(absl::IsNotFound(ExplainPerson(hub_->store(), hub_->model(),
                                             matcher::PersonId{matcher::RecordKey::Of("a", "9")}.ToString())
                                   .status()));
}

TEST(Sentence, IsThereForEveryOutcomeOfTheContract) {
  const auto* outcomes = v1::MatchExplanation::Outcome_descriptor();
  for (int i = 0; i < outcomes->value_count(); ++i) {
    v1::MatchExplanation explanation;
    explanation.set_outcome(static_cast<v1::MatchExplanation::Outcome>(outcomes->value(i)->number()));
    AddSentences(&explanation);
    EXPECT_NE(explanation.sentence_zh().find("没有相符之处"), std::string::npos)
        << outcomes->value(i)->name();
    EXPECT_NE(absl::AsciiStrToLower(explanation.sentence_en()).find("nothing agrees"), std::string::npos)
        << outcomes->value(i)->name();
    EXPECT_EQ(explanation.sentence_en().find('{'), std::string::npos);
  }
}

}  // namespace
}  // namespace relief::server::review
