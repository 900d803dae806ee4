// relief person, relief household, relief entitlements
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/purpose_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "relief/v1/registry_service.grpc.pb.h"

namespace relief::adapters {
namespace {

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

void PrintFindings(Say title, const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  if (findings.empty()) return;
  std::cout << Text(title) << ":\n";
  Table table = FindingTable();
  for (const auto& finding : findings) AddFinding(finding, &table);
  table.Print(std::cout);
}

absl::Status ShowOne(const Session& session, const std::string& person_id,
                     const std::vector<std::string>& record, const std::string& as_known_at,
                     const PurposeFlags& flags) {
  if (person_id.empty() == record.empty()) return absl::InvalidArgumentError(Text(Say::kNeedPersonOrRecord));
  auto purpose = flags.Purpose();
  if (!purpose.ok()) return purpose.status();
  v1::Person person;
  absl::Status status;
  if (!person_id.empty()) {
    v1::GetPersonRequest request;
    request.set_person_id(person_id);
    *request.mutable_purpose() = *purpose;
    if (!as_known_at.empty()) {
      const auto then = ParseTime(as_known_at);
      if (!then) return BadFlag("--as-known-at");
      *request.mutable_as_known_at() = *then;
    }
    status = session.Call<v1::RegistryService>(&v1::RegistryService::Stub::GetPerson, request, &person);
  } else {
    v1::GetPersonOfRecordRequest request;
    request.mutable_record()->set_source_id(record[0]);
    request.mutable_record()->set_record_id(record[1]);
    *request.mutable_purpose() = *purpose;
    status =
        session.Call<v1::RegistryService>(&v1::RegistryService::Stub::GetPersonOfRecord, request, &person);
  }
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(person);
  } else {
    ShowPerson(person, std::cout);
  }
  return status;
}

absl::Status ShowHousehold(const Session& session, const std::string& person_id, const PurposeFlags& flags) {
  auto purpose = flags.Purpose();
  if (!purpose.ok()) return purpose.status();
  v1::GetHouseholdRequest request;
  request.set_person_id(person_id);
  *request.mutable_purpose() = *purpose;
  v1::HouseholdView household;
  auto status =
      session.Call<v1::RegistryService>(&v1::RegistryService::Stub::GetHousehold, request, &household);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(household);
    return status;
  }
  Table table(
      {{Text(Say::kPersonColumn)}, {Text(Say::kRecord)}, {Text(Say::kHouseholdId)}, {Text(Say::kRelation)}});
  for (const auto& member : household.members()) {
    if (member.ties().empty()) table.Add({member.person_id(), "", "", ""});
    for (const auto& tie : member.ties())
      table.Add({member.person_id(), FormatRecord(tie.record()), tie.household_id(), tie.relation()});
  }
  table.Print(std::cout);
  PrintFindings(Say::kHouseholdFindings, household.findings());
  return status;
}

absl::Status ShowEntitlements(const Session& session, const v1::GetEntitlementsRequest& asked, bool all,
                              const PurposeFlags& flags) {
  auto purpose = flags.Purpose();
  if (!purpose.ok()) return purpose.status();
  v1::GetEntitlementsRequest request = asked;
  *request.mutable_purpose() = *purpose;
  v1::EntitlementSheet sheet;
  auto status =
      session.Call<v1::RegistryService>(&v1::RegistryService::Stub::GetEntitlements, request, &sheet);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(sheet);
    return status;
  }
  for (const auto& member : sheet.members()) {
    int helped = 0, lacking = 0, undecided = 0;
    Table table = EntitlementTable();
    for (const v1::Entitlement& one : member.entitlements()) {
      helped += one.state() == v1::Entitlement::HELPED;
      lacking += one.state() == v1::Entitlement::NOT_HELPED;
      undecided += one.state() == v1::Entitlement::UNDECIDED;
      if (all || one.state() != v1::Entitlement::NOT_CONCERNED) AddEntitlement(one, &table);
    }
    std::cout << Fill(Say::kEntitledCount,
                      {member.person_id(), std::to_string(helped + lacking + undecided),
                       std::to_string(helped), std::to_string(lacking), std::to_string(undecided)})
              << '\n';
    if (!table.empty()) table.Print(std::cout);
  }
  return status;
}

}  // namespace

void AddRegistryCommands(CLI::App& app, Session& session) {
  auto person_id = std::make_shared<std::string>();
  auto record = std::make_shared<std::vector<std::string>>();
  auto purpose = std::make_shared<PurposeFlags>("operations");
  CLI::App* person = app.add_subcommand("person", Text(Say::kHelpPerson));
  person->add_option("id", *person_id, Text(Say::kHelpPersonId));
  person->add_option("--record", *record, Text(Say::kHelpRecord))->expected(2);
  auto as_known_at = std::make_shared<std::string>();
  person->add_option("--as-known-at", *as_known_at, Text(Say::kHelpAsKnownAt));
  purpose->Add(*person);
  person->callback([=, &session] {
    if (const auto status = ShowOne(session, *person_id, *record, *as_known_at, *purpose); !status.ok())
      session.Fail(status);
  });

  auto asked = std::make_shared<v1::GetEntitlementsRequest>();
  auto only = std::make_shared<bool>(false), all = std::make_shared<bool>(false);
  auto purpose_of_sheet = std::make_shared<PurposeFlags>("operations");
  CLI::App* entitlements = app.add_subcommand("entitlements", Text(Say::kHelpEntitlements));
  entitlements->add_option("id", *asked->mutable_person_id(), Text(Say::kHelpPersonId))->required();
  entitlements->add_flag("--only-this-person", *only, Text(Say::kHelpOnlyThisPerson));
  entitlements->add_flag("--all", *all, Text(Say::kHelpAllEntitlements));
  purpose_of_sheet->Add(*entitlements);
  entitlements->callback([=, &session] {
    asked->set_only_this_person(*only);
    if (const auto status = ShowEntitlements(session, *asked, *all, *purpose_of_sheet); !status.ok())
      session.Fail(status);
  });

  auto of_person = std::make_shared<std::string>();
  auto why = std::make_shared<PurposeFlags>("operations");
  CLI::App* household = app.add_subcommand("household", Text(Say::kHelpHousehold));
  household->add_option("id", *of_person, Text(Say::kHelpPersonId))->required();
  why->Add(*household);
  household->callback([=, &session] {
    if (const auto status = ShowHousehold(session, *of_person, *why); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
