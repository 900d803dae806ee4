// relief findings, relief finding
#include <iostream>
#include <memory>

#include "adapters/cli/commands.h"
#include "adapters/cli/finding_filter.h"
#include "adapters/cli/paging_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "relief/v1/finding_service.grpc.pb.h"

namespace relief::adapters {
namespace {

struct ListOptions {
  FindingFilterFlags filter;
  PagingFlags paging;
};

absl::Status List(const Session& session, const ListOptions& options) {
  auto filter = options.filter.Filter();
  if (!filter.ok()) return filter.status();
  v1::ListFindingsRequest request;
  *request.mutable_filter() = *filter;
  Table table = FindingTable();
  absl::Status status = options.paging.Walk(request, [&](const auto& page, std::string* next) {
    v1::ListFindingsResponse response;
    auto called = session.Call<v1::FindingService>(&v1::FindingService::Stub::ListFindings, page, &response);
    for (const v1::Finding& finding : response.findings()) {
      if (session.json()) {
        Session::PrintJson(finding);
      } else {
        AddFinding(finding, &table);
      }
    }
    *next = response.next_page_token();
    return called;
  });
  if (!session.json()) table.Print(std::cout);
  return status;
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
  options->paging.Add(*findings);
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
