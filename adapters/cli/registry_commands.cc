// relief check, relief person, relief household
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/purpose_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "adapters/mapping/cell_parsers.h"
#include "relief/v1/registry_service.grpc.pb.h"

namespace relief::adapters {
namespace {

struct CheckOptions {
  std::string name, id_number, birth, sex, region, programme, start;
  std::vector<std::string> phones;
  PurposeFlags purpose{"application"};
};

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

absl::StatusOr<v1::CheckApplicantRequest> CheckRequest(const CheckOptions& options) {
  if (options.name.empty() && options.id_number.empty())
    return absl::InvalidArgumentError(Text(Say::kNeedNameOrId));
  v1::CheckApplicantRequest request;
  auto purpose = options.purpose.Purpose();
  if (!purpose.ok()) return purpose.status();
  *request.mutable_purpose() = *purpose;
  v1::PersonIdentity& person = *request.add_persons();
  person.set_name(options.name);
  person.set_id_number(options.id_number);
  person.set_region_code(options.region);
  for (const std::string& phone : options.phones) person.add_phones(phone);
  if (!options.birth.empty()) {
    auto birth = ParseDate(options.birth);
    if (!birth.ok()) return BadFlag("--birth");
    *person.mutable_birth_date() = *birth;
  }
  if (!options.sex.empty()) {
    auto sex = ParseSex(options.sex);
    if (sex.ok()) {
      person.set_sex(*sex);
    } else if (const auto value = EnumValue(v1::Sex_descriptor(), options.sex)) {
      person.set_sex(static_cast<v1::Sex>(*value));
    } else {
      return BadFlag("--sex");
    }
  }
  if (!options.programme.empty()) {
    const auto programme = EnumValue(v1::Programme_descriptor(), options.programme);
    if (!programme) return BadFlag("--programme");
    request.mutable_intended()->set_programme(static_cast<v1::Programme>(*programme));
  }
  if (!options.start.empty()) {
    auto start = ParseMonth(options.start);
    if (!start.ok() || options.programme.empty()) return BadFlag("--start");
    *request.mutable_intended()->mutable_start_month() = *start;
  }
  return request;
}

std::string FormatProbability(double probability) {
  char text[32];
  std::snprintf(text, sizeof text, probability > 0.9999 ? ">99.99 %%" : "%.2f %%", probability * 100);
  return text;
}

void PrintFindings(Say title, const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  if (findings.empty()) return;
  std::cout << Text(title) << ":\n";
  Table table = FindingTable();
  for (const auto& finding : findings) AddFinding(finding, &table);
  table.Print(std::cout);
}

absl::Status Check(const Session& session, const CheckOptions& options) {
  auto request = CheckRequest(options);
  if (!request.ok()) return request.status();
  v1::CheckApplicantResponse response;
  auto status =
      session.Call<v1::RegistryService>(&v1::RegistryService::Stub::CheckApplicant, *request, &response);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
    return status;
  }
  for (const auto& result : response.results()) {
    if (result.candidates().empty()) std::cout << Text(Say::kNoCandidate) << '\n';
    for (const auto& candidate : result.candidates()) {
      std::cout << Text(Say::kBand) << ": " << Word(candidate.band()) << "  " << Text(Say::kProbability)
                << ": " << FormatProbability(candidate.probability()) << "  ";
      ShowPerson(candidate.person(), std::cout);
      ShowExplanation(candidate.explanation(), std::cout);
      std::cout << '\n';
    }
    PrintFindings(Say::kWouldOpen, result.would_open());
    PrintFindings(Say::kMayMiss, result.may_miss());
  }
  return status;
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

}  // namespace

void AddRegistryCommands(CLI::App& app, Session& session) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* check = app.add_subcommand("check", Text(Say::kHelpCheck));
  check->add_option("--name", options->name, Text(Say::kHelpName));
  check->add_option("--id", options->id_number, Text(Say::kHelpIdNumber));
  check->add_option("--birth", options->birth, Text(Say::kHelpBirth));
  check->add_option("--sex", options->sex, Text(Say::kHelpSex));
  check->add_option("--phone", options->phones, Text(Say::kHelpPhone));
  check->add_option("--region", options->region, Text(Say::kHelpRegionCode));
  check->add_option("--programme", options->programme, Text(Say::kHelpProgramme));
  check->add_option("--start", options->start, Text(Say::kHelpStart));
  options->purpose.Add(*check);
  check->callback([=, &session] {
    if (const auto status = Check(session, *options); !status.ok()) session.Fail(status);
  });

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
