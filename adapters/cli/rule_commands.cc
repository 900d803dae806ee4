// relief rules, preview-rules: the rules in force, and what others would do
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/admin_service.grpc.pb.h"

namespace relief::adapters {
namespace {

std::string Title(const std::string& zh, const std::string& en) {
  return CurrentLanguage() == Language::kChinese ? zh : en;
}

absl::Status List(const Session& session) {
  v1::HubStatus hub;
  auto status =
      session.Call<v1::AdminService>(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest(), &hub);
  if (!status.ok()) return status;
  Table table({{Text(Say::kRule)},
               {Text(Say::kTitle)},
               {Text(Say::kKind)},
               {Text(Say::kSeverity)},
               {Text(Say::kUnit)},
               {Text(Say::kVersion), true},
               {Text(Say::kBasis)}});
  for (const v1::RuleStatus& rule : hub.rules()) {
    if (session.json()) {
      Session::PrintJson(rule);
      continue;
    }
    table.Add({rule.rule_id(), Title(rule.title_zh(), rule.title_en()), Word(rule.kind()),
               Word(rule.severity()), Text(rule.of_household() ? Say::kOfHousehold : Say::kOfPerson),
               std::to_string(rule.version()), rule.basis_confirmed() ? "" : Text(Say::kUnconfirmed)});
  }
  if (!session.json()) table.Print(std::cout);
  return status;
}

// A directory stands for its *.textproto files.
absl::StatusOr<v1::PreviewRulesRequest> ReadFiles(const std::vector<std::string>& paths) {
  v1::PreviewRulesRequest request;
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      files.emplace_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
      if (entry.path().extension() == ".textproto") files.push_back(entry.path());
  }
  for (const std::filesystem::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    v1::PreviewRulesRequest::File& file = *request.add_files();
    file.set_name(path.filename().string());
    file.set_text(std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
    if (!in) return absl::NotFoundError(Fill(Say::kCannotReadFile, {path.string()}));
  }
  return request;
}

absl::Status Preview(const Session& session, const std::vector<std::string>& paths) {
  auto request = ReadFiles(paths);
  if (!request.ok()) return request.status();
  v1::PreviewRulesResponse response;
  auto status = session.Call<v1::AdminService>(&v1::AdminService::Stub::PreviewRules, *request, &response);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
    return status;
  }
  if (response.rules().empty()) {
    std::cout << Text(Say::kPreviewNothing) << '\n';
    return status;
  }
  Table table({{Text(Say::kRule)},
               {Text(Say::kTitle)},
               {Text(Say::kVersion)},
               {Text(Say::kOpens), true},
               {Text(Say::kAmount), true},
               {Text(Say::kChanges), true},
               {Text(Say::kCloses), true},
               {Text(Say::kStays), true}});
  for (const v1::RulePreview& rule : response.rules()) {
    const auto version = [](int number) { return number == 0 ? std::string("-") : std::to_string(number); };
    table.Add({rule.rule_id(), Title(rule.title_zh(), rule.title_en()),
               version(rule.version_now()) + " -> " + version(rule.version_then()),
               std::to_string(rule.opens()), FormatYuan(rule.opens_amount_fen()),
               std::to_string(rule.changes()), std::to_string(rule.closes()), std::to_string(rule.stays())});
  }
  table.Print(std::cout);
  return status;
}

}  // namespace

void AddRuleCommands(CLI::App& app, Session& session) {
  app.add_subcommand("rules", Text(Say::kHelpRules))->callback([&session] {
    if (const auto status = List(session); !status.ok()) session.Fail(status);
  });
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* preview = app.add_subcommand("preview-rules", Text(Say::kHelpPreviewRules));
  preview->add_option("paths", *paths, Text(Say::kHelpRulePaths));
  preview->callback([=, &session] {
    if (const auto status = Preview(session, *paths); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
