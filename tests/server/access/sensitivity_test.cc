// Least knowledge: what a field tells of a person stands beside it in the contract, and what leaves is masked
// by that.
#include "server/access/sensitivity.h"

#include <gtest/gtest.h>

#include "matcher/record_key.h"
#include "relief/v1/registry_service.pb.h"
#include "relief/v1/review_service.pb.h"

namespace relief::server::access {
namespace {

v1::Person Somebody() {
  v1::Person person;
  person.set_person_id("P-1");
  v1::PersonRecord& record = *person.add_records();
  record.mutable_person()->set_name("王秀兰");
  record.mutable_person()->set_id_number("371302195003140028");
  record.mutable_person()->add_phones("13905390001");
  record.mutable_person()->set_address("柳林街道5号楼３单元");
  record.mutable_benefit()->set_payee_account("6222021610001234567");
  return person;
}

TEST(Mask, HidesNumbersPhonesAccountsAndHouses) {
  v1::Person person = Somebody();
  EXPECT_TRUE(Mask(&person, {}).empty());
  const v1::PersonRecord& record = person.records(0);
  EXPECT_EQ(record.person().name(), "王秀兰");
  EXPECT_EQ(record.person().id_number(), "371***************");
  EXPECT_EQ(record.person().phones(0), "139******01");
  EXPECT_EQ(record.person().address(), "柳林街道*号楼*单元");
  EXPECT_EQ(record.benefit().payee_account(), "622**************67");
  v1::Person twice = person;
  Mask(&twice, {});
  EXPECT_EQ(twice.SerializeAsString(), person.SerializeAsString())
      << "masking what is masked changes nothing";
}

TEST(Mask, LeavesWhatTheCallerMaySeeAndSaysSo) {
  v1::Person person = Somebody();
  EXPECT_EQ(Mask(&person, {v1::DOCUMENT_NUMBER}), std::set<v1::Sensitivity>{v1::DOCUMENT_NUMBER});
  EXPECT_EQ(person.records(0).person().id_number(), "371302195003140028");
  EXPECT_EQ(person.records(0).person().phones(0), "139******01");
}

TEST(Mask, FindsPeopleHoweverDeepInAnAnswer) {
  v1::CheckApplicantResponse response;
  *response.add_results()->add_candidates()->mutable_person() = Somebody();
  Mask(&response, {});
  EXPECT_EQ(response.results(0).candidates(0).person().records(0).person().id_number(), "371***************");
  EXPECT_FALSE(HoldsMasked(v1::Purpose::descriptor()));
}

// Review of security, 4: one name with three thousand birthdays counted as one person, and so did one junk number with
// fifteen hundred names.
TEST(Request, EveryOtherThingThatIsTriedIsAGuess) {
  v1::CheckApplicantRequest request;
  for (int year = 1940; year < 1990; ++year) {
    v1::PersonIdentity& one = *request.add_persons();
    one.set_name("王秀兰");
    one.mutable_birth_date()->set_year(year);
    one.mutable_birth_date()->set_month(3);
    one.mutable_birth_date()->set_day(14);
  }
  EXPECT_EQ(GuessesIn(request, true).size(), 50u);
  v1::CheckApplicantRequest junk;
  for (const char* name : {"王伟", "李娜", "张敏"}) {
    junk.add_persons()->set_name(name);
    junk.mutable_persons(junk.persons_size() - 1)->set_id_number("X");
  }
  EXPECT_EQ(GuessesIn(junk, true).size(), 3u);
}

TEST(Request, TheSameOtherwiseWrittenIsTheSameGuess) {
  v1::CheckApplicantRequest request;
  request.add_persons()->set_name("王秀兰");
  request.mutable_persons(0)->set_id_number("371302195003140028");
  v1::CheckApplicantRequest again = request;
  again.mutable_persons(0)->set_name("王秀蘭 ");
  EXPECT_EQ(GuessesIn(request, true), GuessesIn(again, true));
}

TEST(Request, CasesThatAreNamedCountAsOftenAsTheyAreMany) {
  v1::BatchGetCasesRequest request;
  for (const char* id : {"C-1", "C-2", "C-3", "C-2"}) request.add_conflict_ids(id);
  EXPECT_EQ(GuessesIn(request, true).size(), 3u);
  EXPECT_TRUE(GuessesIn(request, false).empty());
}

// Review of security, 5: nothing that narrows a masked number to a few, and no word on whether a guess was right.
TEST(Mask, AnAnswerToAnApplicantSaysNothingOfNumbers) {
  v1::Candidate candidate;
  *candidate.mutable_person() = Somebody();
  candidate.set_probability(0.99871);
  candidate.mutable_explanation()->set_total_bits(27.4);
  candidate.mutable_explanation()->set_sentence_zh("证件号码相同");
  candidate.mutable_explanation()->add_vetoes("TWO_VALID_IDS");
  for (const char* field : {"name", "id_number", "phone", "birth_date"})
    candidate.mutable_explanation()->add_fields()->set_field(field);
  v1::Candidate with_the_right = candidate;
  Mask(&candidate, {});
  EXPECT_EQ(candidate.explanation().fields_size(), 2);
  EXPECT_EQ(candidate.explanation().fields(0).field(), "name");
  EXPECT_EQ(candidate.explanation().fields(1).field(), "birth_date");
  EXPECT_EQ(candidate.explanation().total_bits(), 0);
  EXPECT_EQ(candidate.explanation().vetoes_size(), 0);
  EXPECT_EQ(candidate.explanation().sentence_zh(), "");
  EXPECT_EQ(candidate.probability(), 1.0);
  Mask(&with_the_right, {v1::DOCUMENT_NUMBER});
  EXPECT_EQ(with_the_right.explanation().fields_size(), 4);
  EXPECT_EQ(with_the_right.explanation().total_bits(), 27.4);
}

// A new field of a person's data must be decided on.
TEST(Contract, EveryTextOfARecordSaysWhatItTellsOfAPerson) {
  const auto* file = v1::PersonIdentity::descriptor()->file();
  int texts = 0;
  for (int m = 0; m < file->message_type_count(); ++m) {
    const auto* message = file->message_type(m);
    for (int f = 0; f < message->field_count(); ++f) {
      const auto* field = message->field(f);
      if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
      ++texts;
      EXPECT_NE(field->options().GetExtension(v1::sensitivity), v1::SENSITIVITY_UNSPECIFIED)
          << field->full_name() << " has no (sensitivity)";
    }
  }
  EXPECT_GE(texts, 25);
}

// Review of security, 21: numbers and telephones stood whole in references, in remarks and in names.
TEST(Mask, NumbersWithinReferencesRemarksAndNamesAreMasked) {
  v1::Person person = Somebody();
  v1::PersonRecord& record = *person.mutable_records(0);
  record.mutable_person()->set_name("王秀兰371302195003140022");
  record.mutable_household()->set_household_id("户371302195003140022");
  record.mutable_benefit()->set_decision_number("兰民决371302195003140022号");
  record.mutable_benefit()->set_stop_reason("本人电话13905390001，家属 0539-8123456");
  record.mutable_benefit()->set_sub_item("13905390001");
  EXPECT_TRUE(Mask(&person, {}).empty());
  EXPECT_EQ(record.person().name(), "王秀兰371***************");
  EXPECT_EQ(record.household().household_id(), "户371***************");
  EXPECT_EQ(record.benefit().decision_number(), "兰民决371***************号");
  EXPECT_EQ(record.benefit().stop_reason(), "本人电话139******01，家属 053*-*****56");
  EXPECT_EQ(record.benefit().sub_item(), "139******01");
  v1::Decision decision;
  decision.set_comment("与３７１３０２１９５００３１４００２２为同一人");
  Mask(&decision, {});
  EXPECT_EQ(decision.comment(), "与３７１***************为同一人");
}

TEST(Mask, WhoMaySeeNumbersSeesThemThereTooAndThatIsSaid) {
  v1::Decision decision;
  decision.set_comment("371302195003140022");
  EXPECT_EQ(Mask(&decision, {v1::DOCUMENT_NUMBER}), std::set<v1::Sensitivity>{v1::DOCUMENT_NUMBER});
  EXPECT_EQ(decision.comment(), "371302195003140022");
}

TEST(Mask, ARecordWhoseIdIsANumberIsAskedForByItsKey) {
  v1::RecordName name;
  name.set_source_id("ml");
  name.set_record_id("371302195003140022");
  const std::string key = matcher::RecordKey::Of("ml", "371302195003140022").ToString();
  v1::Finding finding;
  *finding.add_evidence()->mutable_record() = name;
  Mask(&finding, {});
  EXPECT_EQ(finding.evidence(0).record().record_id(), "371***************~" + key);
  name.set_record_id("DB000017");
  *finding.mutable_evidence(0)->mutable_record() = name;
  Mask(&finding, {});
  EXPECT_EQ(finding.evidence(0).record().record_id(), "DB000017");
}

}  // namespace
}  // namespace relief::server::access
