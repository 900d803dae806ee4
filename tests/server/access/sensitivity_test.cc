// Least knowledge: what a field tells of a person stands beside it in the contract, and what leaves is masked
// by that.
#include "server/access/sensitivity.h"

#include <gtest/gtest.h>

#include "relief/v1/registry_service.pb.h"

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
  EXPECT_EQ(record.person().id_number(), "371*************28");
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
  EXPECT_EQ(response.results(0).candidates(0).person().records(0).person().id_number(), "371*************28");
  EXPECT_FALSE(HoldsMasked(v1::Purpose::descriptor()));
}

TEST(Request, NamesPersonsByTheirNumbersNotByTheWayTheyAreWrittenDown) {
  v1::CheckApplicantRequest request;
  request.add_persons()->set_id_number("371302195003140028");
  request.mutable_persons(0)->set_name("王秀兰");
  request.add_persons()->set_name("王伟");
  v1::CheckApplicantRequest again = request;
  again.mutable_persons(0)->set_name("王秀蘭");
  EXPECT_EQ(PersonsNamed(request), PersonsNamed(again));
  EXPECT_EQ(PersonsNamed(request).size(), 2u);
  again.mutable_persons(0)->set_id_number("371302195003140001");
  EXPECT_NE(PersonsNamed(request), PersonsNamed(again));
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

}  // namespace
}  // namespace relief::server::access
