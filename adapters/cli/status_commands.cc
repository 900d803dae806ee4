// relief status, reload-rules
#include <iostream>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/admin_service.grpc.pb.h"

namespace relief::adapters {
namespace {

absl::Status Status(const Session& session) {
  v1::HubStatus hub;
  auto status =
      session.Call<v1::AdminService>(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest(), &hub);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(hub);
    return status;
  }
  Table table({{Text(Say::kField)}, {Text(Say::kState)}});
  table.Add({Text(Say::kStatusVersion), hub.version()});
  table.Add({Text(Say::kStatusPosition), std::to_string(hub.position())});
  table.Add({Text(Say::kStatusRecords), std::to_string(hub.live_records())});
  table.Add({Text(Say::kPersonsColumn), std::to_string(hub.persons())});
  table.Add({Text(Say::kStatusFindings), std::to_string(hub.open_findings())});
  table.Add({Text(Say::kStatusConflicts), std::to_string(hub.open_conflicts())});
  table.Add({Text(Say::kStatusAsOf), FormatDate(hub.as_of_date())});
  table.Add({Text(Say::kStatusModel), hub.model_version()});
  for (const auto& rule : hub.rules()) {
    table.Add({Text(Say::kRule) + " " + rule.rule_id(),
               "v" + std::to_string(rule.version()) +
                   (rule.basis_confirmed() ? "" : " " + Text(Say::kUnconfirmed))});
  }
  table.Print(std::cout);
  return status;
}

absl::Status Reload(const Session& session) {
  v1::ReloadRulesResponse response;
  auto status = session.Call<v1::AdminService>(&v1::AdminService::Stub::ReloadRules, v1::ReloadRulesRequest(),
                                               &response);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
  } else {
    std::cout << Fill(Say::kReloaded, {std::to_string(response.rules()), std::to_string(response.opened()),
                                       std::to_string(response.closed())})
              << '\n';
  }
  return status;
}

}  // namespace

void AddStatusCommands(CLI::App& app, Session& session) {
  app.add_subcommand("status", Text(Say::kHelpStatus))->callback([&session] {
    if (const auto status = Status(session); !status.ok()) session.Fail(status);
  });
  app.add_subcommand("reload-rules", Text(Say::kHelpReload))->callback([&session] {
    if (const auto status = Reload(session); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
