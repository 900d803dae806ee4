#include "matcher/normalize/text.h"
#include "server/review/case_view.h"
#include "server/review/field_comparison.h"
#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

class CaseView : public ReviewFixture {
 protected:
  CaseView() { AddPair(0); }
  v1::Case Read() {
    auto one = ReadCase(*hub_, li_, List().conflicts(0).conflict_id());
    EXPECT_TRUE(one.ok()) << one.status();
    return *one;
  }
  static const v1::FieldComparison& Field(const v1::Case& one, const std::string& name) {
    for (const v1::FieldComparison& field : one.fields())
      if (field.field() == name) return field;
    static const v1::FieldComparison none;
    ADD_FAILURE() << "no field " << name;
    return none;
  }
};

TEST_F(CaseView, WhatADecisionWouldDoIsWhatItDoes) {
  const v1::Case before = Read();
  const auto version = hub_->store().version();
  EXPECT_TRUE(before.if_same().achieves());
  ASSERT_EQ(before.if_same().persons_size(), 2);
  std::set<std::string> opens;
  for (const v1::Finding& finding : before.if_same().opens()) opens.insert(finding.finding_id());
  EXPECT_FALSE(opens.empty());
  EXPECT_EQ(before.if_same().conflicts_closed_size(), 1);
  EXPECT_EQ(before.if_different().persons_size(), 0);
  EXPECT_EQ(before.if_different().conflicts_closed_size(), 1);
  EXPECT_EQ(hub_->store().version(), version) << "looking changes nothing";
  EXPECT_EQ(Duplicates(), 0);
  std::set<std::string> known;
  for (const v1::Finding& finding : OpenFindings(*hub_)) known.insert(finding.finding_id());
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::SAME), li_).ok());
  std::set<std::string> opened;
  for (const v1::Finding& finding : OpenFindings(*hub_))
    if (!known.contains(finding.finding_id())) opened.insert(finding.finding_id());
  EXPECT_EQ(opened, opens);
  EXPECT_NE(before.if_same().sentence_zh().find("并入"), std::string::npos) << before.if_same().sentence_zh();
}

TEST_F(CaseView, HasBothSidesWithTheirSourcesAndTimes) {
  const v1::Case one = Read();
  std::set<std::string> sources = {one.side_a().record().source_id(), one.side_b().record().source_id()};
  EXPECT_EQ(sources, (std::set<std::string>{"ep", "ml"}));
  EXPECT_EQ(one.side_a().records(), 1);
  EXPECT_EQ(one.side_a().record().record_time().seconds(), now_us_ / 1'000'000);
  EXPECT_NE(one.side_a().nickname_zh(), one.side_b().nickname_zh());
  EXPECT_EQ(one.conflict().work().state(), v1::WorkItem::WAITING);
  ASSERT_EQ(one.events_size(), 1);
  EXPECT_FALSE(one.needs_approval_if_same());
}

TEST_F(CaseView, MarksTheDigitsThatDifferAndShowsNoWholeNumber) {
  const v1::Case one = Read();
  const v1::FieldComparison& id = Field(one, "id_number");
  EXPECT_FALSE(id.equal());
  ASSERT_GE(id.differences_a_size(), 1);
  EXPECT_EQ(id.differences_a(0).start(), 14) << "371302 19400102 1..: the first of the sequence digits";
  EXPECT_EQ(id.value_a().size(), 18u);
  EXPECT_NE(id.value_a().find("*"), std::string::npos);
  const std::string number = MadeUp("王秀兰", {1940, 1, 2}, 100).id_number;
  EXPECT_EQ(one.SerializeAsString().find(number), std::string::npos);
  EXPECT_TRUE(Field(one, "name").equal());
  EXPECT_TRUE(Field(one, "birth_date").equal());
}

TEST_F(CaseView, AClosedCaseIsNotFound) {
  const std::string id = List().conflicts(0).conflict_id();
  ASSERT_TRUE(DecideConflict(*hub_, Decide(v1::Decision::DIFFERENT), li_).ok());
  EXPECT_TRUE(absl::IsNotFound(ReadCase(*hub_, li_, id).status()));
}

std::vector<v1::FieldComparison> Compare(const std::string& name_a, const std::string& id_a,
                                         const std::string& name_b, const std::string& id_b) {
  v1::PersonIdentity a, b;
  a.set_name(name_a);
  a.set_id_number(id_a);
  b.set_name(name_b);
  b.set_id_number(id_b);
  const v1::Household none;
  const matcher::Identity x = matcher::Normalize(records::ToRawIdentity(a, "", none)),
                          y = matcher::Normalize(records::ToRawIdentity(b, "", none));
  return CompareFields({a, x, none}, {b, y, none}, {});
}

bool Has(const google::protobuf::RepeatedPtrField<std::string>& notes, const std::string& note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

TEST(FieldComparison, SaysWhatANameSharesAndWhereItDiffers) {
  const v1::FieldComparison name = Compare("王伟", "", "王炜", "")[0];
  EXPECT_FALSE(name.equal());
  ASSERT_EQ(name.differences_a_size(), 1);
  EXPECT_EQ(name.differences_a(0).start(), 1);
  EXPECT_EQ(name.differences_a(0).length(), 1);
  EXPECT_TRUE(Has(name.notes(), "SAME_READING"));
  EXPECT_EQ(name.reading_a(), "wei");
}

TEST(FieldComparison, SaysWhatIsWrongWithANumber) {
  const std::string good = MadeUp("", {1950, 3, 14}, 122).id_number;
  std::string swapped = good;
  std::swap(swapped[12], swapped[13]);
  const v1::FieldComparison id = Compare("王", good, "王", swapped)[1];
  EXPECT_TRUE(Has(id.notes(), "ID_DIGITS_SWAPPED"));
  EXPECT_TRUE(Has(id.notes_b(), "ID_CHECKSUM_WRONG"));
  EXPECT_FALSE(Has(id.notes_a(), "ID_CHECKSUM_WRONG"));
  std::string one = good;
  one[16] = one[16] == '9' ? '8' : static_cast<char>(one[16] + 1);
  EXPECT_TRUE(Has(Compare("王", good, "王", one)[1].notes(), "ID_ONE_DIGIT"));
  EXPECT_TRUE(
      Has(Compare("王", good, "王", good.substr(0, 6) + good.substr(8, 9))[1].notes_b(), "ID_15_DIGITS"));
}

TEST(DifferentCharacters, FindsTheLeastThatDiffers) {
  const Differences differences =
      DifferentCharacters(U"临沂市兰山区银雀山路1号", U"临沂市罗庄区银雀山路12号");
  ASSERT_EQ(differences.a.size(), 1u);
  EXPECT_EQ(differences.a[0].start(), 3);
  EXPECT_EQ(differences.a[0].length(), 2);
  ASSERT_EQ(differences.b.size(), 2u);
  EXPECT_EQ(differences.b[1].start(), 11);
  EXPECT_TRUE(DifferentCharacters(U"一样", U"一样").a.empty());
}

}  // namespace
}  // namespace relief::server::review
