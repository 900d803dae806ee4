// relief charity register, projects, matches, answer
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/paging_flags.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "adapters/mapping/cell_parsers.h"
#include "relief/v1/charity_service.grpc.pb.h"

namespace relief::adapters {
namespace {

using Stub = v1::CharityService::Stub;

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

std::string Needs(const v1::CharityProject& project) {
  std::string text;
  for (const int need : project.needs())
    text += (text.empty() ? "" : " ") + Word(static_cast<v1::Need>(need));
  return text;
}

Table ProjectTable() {
  return Table({{Text(Say::kProject)},
                {Text(Say::kOrganisation)},
                {Text(Say::kRegistration)},
                {Text(Say::kTitle)},
                {Text(Say::kNeed)},
                {Text(Say::kRegion)},
                {Text(Say::kPeriod)}});
}

void AddProject(const v1::CharityProject& project, Table* table) {
  const bool bounded = project.has_valid_from() || project.has_valid_to();
  table->Add({project.project_id(), project.organisation(), project.registration_number(), project.title(),
              Needs(project), project.region_prefix(),
              bounded ? FormatDate(project.valid_from()) + ".." + FormatDate(project.valid_to()) : ""});
}

struct ProjectFlags {
  v1::CharityProject project;
  std::vector<std::string> needs, held, not_held;
  std::string from, to, max_amount;
  int age_from = 0, age_to = 0;
};

template <typename Add>
absl::Status AddValues(const google::protobuf::EnumDescriptor* type, const std::vector<std::string>& names,
                       const std::string& prefix, const char* flag, const Add& add) {
  for (const std::string& name : names) {
    auto value = EnumValue(type, name);
    if (!value) value = EnumValue(type, prefix + name);
    if (!value) return BadFlag(flag);
    add(*value);
  }
  return absl::OkStatus();
}

absl::Status FillProject(const ProjectFlags& flags, v1::CharityProject* project) {
  *project = flags.project;
  v1::CharityProject::Conditions& conditions = *project->mutable_conditions();
  conditions.set_age_from(flags.age_from);
  conditions.set_age_to(flags.age_to);
  for (const absl::Status& status :
       {AddValues(v1::Need_descriptor(), flags.needs, "need_", "--need",
                  [&](int value) { project->add_needs(static_cast<v1::Need>(value)); }),
        AddValues(v1::Programme_descriptor(), flags.held, "", "--held",
                  [&](int value) { conditions.add_held(static_cast<v1::Programme>(value)); }),
        AddValues(v1::Programme_descriptor(), flags.not_held, "", "--not-held",
                  [&](int value) { conditions.add_not_held(static_cast<v1::Programme>(value)); })})
    if (!status.ok()) return status;
  if (!flags.from.empty()) {
    auto day = ParseDate(flags.from);
    if (!day.ok()) return BadFlag("--from");
    *project->mutable_valid_from() = *day;
  }
  if (!flags.to.empty()) {
    auto day = ParseDate(flags.to);
    if (!day.ok()) return BadFlag("--to");
    *project->mutable_valid_to() = *day;
  }
  if (!flags.max_amount.empty()) {
    auto fen = ParseMoneyYuan(flags.max_amount);
    if (!fen.ok()) return BadFlag("--max-amount");
    conditions.set_max_amount_fen(*fen);
  }
  return absl::OkStatus();
}

absl::Status Register(const Session& session, const ProjectFlags& flags) {
  v1::RegisterProjectRequest request;
  if (absl::Status status = FillProject(flags, request.mutable_project()); !status.ok()) return status;
  v1::CharityProject project;
  absl::Status status;
  if (flags.project.etag().empty()) {
    status = session.Call<v1::CharityService>(&Stub::RegisterProject, request, &project);
  } else {
    v1::UpdateProjectRequest update;
    *update.mutable_project() = request.project();
    status = session.Call<v1::CharityService>(&Stub::UpdateProject, update, &project);
  }
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(project);
    return status;
  }
  Table table = ProjectTable();
  AddProject(project, &table);
  table.Print(std::cout);
  std::cout << "etag: " << project.etag() << '\n';
  return status;
}

struct ProjectsFlags {
  std::string need, region;
  bool only_valid = false;
  PagingFlags paging;
};

absl::Status Projects(const Session& session, const ProjectsFlags& flags) {
  v1::ListProjectsRequest request;
  if (!flags.need.empty()) {
    absl::Status status = AddValues(v1::Need_descriptor(), {flags.need}, "need_", "--need",
                                    [&](int value) { request.set_need(static_cast<v1::Need>(value)); });
    if (!status.ok()) return status;
  }
  request.set_region_prefix(flags.region);
  request.set_only_valid(flags.only_valid);
  Table table = ProjectTable();
  absl::Status status = flags.paging.Walk(request, [&](const auto& page, std::string* next) {
    v1::ListProjectsResponse response;
    auto called = session.Call<v1::CharityService>(&Stub::ListProjects, page, &response);
    for (const v1::CharityProject& project : response.projects()) {
      if (session.json()) {
        Session::PrintJson(project);
      } else {
        AddProject(project, &table);
      }
    }
    *next = response.next_page_token();
    return called;
  });
  if (status.ok() && !session.json()) table.Print(std::cout);
  return status;
}

Table NeedTable() {
  return Table({{Text(Say::kToken)},
                {Text(Say::kNeed)},
                {Text(Say::kRegion)},
                {Text(Say::kAge)},
                {Text(Say::kAmountBand)},
                {Text(Say::kAnswer)}});
}

void AddNeed(const v1::MatchedNeed& need, Table* table) {
  table->Add({need.token(), Word(need.need()), need.county(), Word(need.age_band()), Word(need.amount_band()),
              Word(need.answer())});
}

struct MatchFlags {
  std::string project_id;
  PagingFlags paging;
};

absl::Status Matches(const Session& session, const MatchFlags& flags) {
  v1::MatchNeedsRequest request;
  request.set_project_id(flags.project_id);
  Table table = NeedTable();
  absl::Status status = flags.paging.Walk(request, [&](const auto& page, std::string* next) {
    v1::MatchNeedsResponse response;
    auto called = session.Call<v1::CharityService>(&Stub::MatchNeeds, page, &response);
    for (const v1::MatchedNeed& need : response.needs()) {
      if (session.json()) {
        Session::PrintJson(need);
      } else {
        AddNeed(need, &table);
      }
    }
    *next = response.next_page_token();
    return called;
  });
  if (status.ok() && !session.json()) table.Print(std::cout);
  return status;
}

struct AnswerFlags {
  v1::AnswerNeedRequest request;
  std::string need, answer, amount;
};

absl::Status Answer(const Session& session, const AnswerFlags& flags) {
  v1::AnswerNeedRequest request = flags.request;
  if (absl::Status status = AddValues(v1::Need_descriptor(), {flags.need}, "need_", "--need",
                                      [&](int value) { request.set_need(static_cast<v1::Need>(value)); });
      !status.ok())
    return status;
  request.set_answer(static_cast<v1::CharityAnswer::Answer>(
      *EnumValue(v1::CharityAnswer::Answer_descriptor(), flags.answer)));
  if (!flags.amount.empty()) {
    auto fen = ParseMoneyYuan(flags.amount);
    if (!fen.ok()) return BadFlag("--amount");
    request.set_amount_fen(*fen);
  }
  v1::MatchedNeed need;
  auto status = session.Call<v1::CharityService>(&Stub::AnswerNeed, request, &need);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(need);
    return status;
  }
  Table table = NeedTable();
  AddNeed(need, &table);
  table.Print(std::cout);
  return status;
}

void Run(Session& session, const absl::Status& status) {
  if (!status.ok()) session.Fail(status);
}

void AddProjectCommands(CLI::App& group, Session& session) {
  auto flags = std::make_shared<ProjectFlags>();
  v1::CharityProject& project = flags->project;
  CLI::App* command = group.add_subcommand("register", Text(Say::kHelpCharityRegister));
  command->add_option("project", *project.mutable_project_id(), Text(Say::kHelpProjectId))->required();
  command->add_option("--organisation", *project.mutable_organisation(), Text(Say::kHelpOrganisation))
      ->required();
  command->add_option("--registration", *project.mutable_registration_number(), Text(Say::kHelpRegistration))
      ->required();
  command->add_option("--title", *project.mutable_title(), Text(Say::kHelpProjectTitle))->required();
  command
      ->add_option("--need", flags->needs,
                   Fill(Say::kHelpNeed, {ChoicesOf(v1::Need_descriptor(), {}, "NEED_")}))
      ->delimiter(',')
      ->required();
  command->add_option("--region", *project.mutable_region_prefix(), Text(Say::kHelpRegion));
  command->add_option("--age-from", flags->age_from, Text(Say::kHelpAgeFrom));
  command->add_option("--age-to", flags->age_to, Text(Say::kHelpAgeTo));
  command->add_option("--held", flags->held, Text(Say::kHelpHeld))->delimiter(',');
  command->add_option("--not-held", flags->not_held, Text(Say::kHelpNotHeld))->delimiter(',');
  command->add_option("--max-amount", flags->max_amount, Text(Say::kHelpMaxAmount));
  command->add_option("--from", flags->from, Text(Say::kHelpValidFrom));
  command->add_option("--to", flags->to, Text(Say::kHelpValidTo));
  command->add_option("--owner", *project.mutable_owner(), Text(Say::kHelpProjectOwner));
  command->add_option("--etag", *project.mutable_etag(), Text(Say::kHelpProjectEtag));
  command->callback([=, &session] { Run(session, Register(session, *flags)); });

  auto listing = std::make_shared<ProjectsFlags>();
  command = group.add_subcommand("projects", Text(Say::kHelpCharityProjects));
  command->add_option("--need", listing->need,
                      Fill(Say::kHelpNeed, {ChoicesOf(v1::Need_descriptor(), {}, "NEED_")}));
  command->add_option("--region", listing->region, Text(Say::kHelpRegion));
  command->add_flag("--valid", listing->only_valid, Text(Say::kHelpOnlyValid));
  listing->paging.Add(*command);
  command->callback([=, &session] { Run(session, Projects(session, *listing)); });
}

}  // namespace

void AddCharityCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("charity", Text(Say::kHelpCharity));
  group->require_subcommand(1);
  AddProjectCommands(*group, session);

  auto matching = std::make_shared<MatchFlags>();
  CLI::App* command = group->add_subcommand("matches", Text(Say::kHelpCharityMatches));
  command->add_option("project", matching->project_id, Text(Say::kHelpProjectId))->required();
  matching->paging.Add(*command);
  command->callback([=, &session] { Run(session, Matches(session, *matching)); });

  auto answering = std::make_shared<AnswerFlags>();
  command = group->add_subcommand("answer", Text(Say::kHelpCharityAnswer));
  command->add_option("project", *answering->request.mutable_project_id(), Text(Say::kHelpProjectId))
      ->required();
  command->add_option("token", *answering->request.mutable_token(), Text(Say::kHelpToken))->required();
  command
      ->add_option("need", answering->need,
                   Fill(Say::kHelpNeed, {ChoicesOf(v1::Need_descriptor(), {}, "NEED_")}))
      ->required();
  command->add_option("answer", answering->answer, ChoicesOf(v1::CharityAnswer::Answer_descriptor()))
      ->required()
      ->check(CLI::IsMember({"offered", "given", "declined"}));
  command->add_option("--amount", answering->amount, Text(Say::kHelpCharityAmount));
  command->callback([=, &session] { Run(session, Answer(session, *answering)); });
}

}  // namespace relief::adapters
