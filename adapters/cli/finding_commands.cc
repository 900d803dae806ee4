// relief findings, relief finding
#include <iostream>
#include <memory>

#include "adapters/cli/commands.h"
#include "adapters/cli/finding_filter.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "relief/v1/finding_service.grpc.pb.h"

namespace relief::adapters {
namespace {

struct ListOptions {
  FindingFilterFlags filter;
  int page_size = 50;
  std::string page_token;
  bool all = false;
};

absl::Status List(const Session& session, const ListOptions& options) {
  auto filter = options.filter.Filter();
  if (!filter.ok()) return filter.status();
  v1::ListFindingsRequest request;
  *request.mutable_filter() = *filter;
  request.set_page_size(options.page_size);
  request.set_page_token(options.page_token);
  Table table = FindingTable();
  std::string next;
  do {
    v1::ListFindingsResponse response;
    auto status =
        session.Call<v1::FindingService>(&v1::FindingService::Stub::ListFindings, request, &response);
    if (!status.ok()) return status;
    for (const v1::Finding& finding : response.findings()) {
      if (session.json()) {
        Session::PrintJson(finding);
      } else {
        AddFinding(finding, &table);
      }
    }
    next = response.next_page_token();
    request.set_page_token(next);
  } while (options.all && !next.empty());
  if (!session.json()) table.Print(std::cout);
  if (!next.empty()) std::cerr << Fill(Say::kMorePages, {next}) << '\n';
  return absl::OkStatus();
}

absl::Status ShowOne(const Session& session, const std::string& id) {
  v1::GetFindingRequest request;
  request.set_finding_id(id);
  v1::Finding finding;
  auto status = session.Call<v1::FindingService>(&v1::FindingService::Stub::GetFinding, request, &finding);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(finding);
  } else {
    ShowFinding(finding, std::cout);
  }
  return status;
}

}  // namespace

void AddFindingCommands(CLI::App& app, Session& session) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* findings = app.add_subcommand("findings", Text(Say::kHelpFindings));
  options->filter.Add(*findings);
  findings->add_option("--page-size", options->page_size, Text(Say::kHelpPageSize))
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  findings->add_option("--page-token", options->page_token, Text(Say::kHelpPageToken));
  findings->add_flag("--all", options->all, Text(Say::kHelpAll));
  findings->callback([=, &session] {
    if (const auto status = List(session, *options); !status.ok()) session.Fail(status);
  });

  auto id = std::make_shared<std::string>();
  CLI::App* finding = app.add_subcommand("finding", Text(Say::kHelpFinding));
  finding->add_option("id", *id, Text(Say::kHelpFindingId))->required();
  finding->callback([=, &session] {
    if (const auto status = ShowOne(session, *id); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
