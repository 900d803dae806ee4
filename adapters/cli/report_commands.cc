// relief report, status, reload-rules
#include <iostream>
#include <memory>

#include "adapters/cli/commands.h"
#include "adapters/cli/finding_filter.h"
#include "adapters/cli/names.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/report_service.grpc.pb.h"

namespace relief::adapters {
namespace {

absl::Status Report(const Session& session, const FindingFilterFlags& flags, int region_digits) {
  auto filter = flags.Filter();
  if (!filter.ok()) return filter.status();
  v1::GetGapReportRequest request;
  *request.mutable_filter() = *filter;
  request.set_region_digits(region_digits);
  request.set_disclosure(v1::DISCLOSURE_FULL);
  v1::GapReport report;
  auto status = session.Call<v1::ReportService>(&v1::ReportService::Stub::GetGapReport, request, &report);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(report);
    return status;
  }
  std::cout << Fill(Say::kReportHead, {FormatTime(report.time()), FormatDate(report.as_of_date()),
                                       std::to_string(report.persons()), std::to_string(report.records()),
                                       std::to_string(report.position())})
            << '\n';
  Table table({{Text(Say::kRule)},
               {Text(Say::kTitle)},
               {Text(Say::kKind)},
               {Text(Say::kRegion)},
               {Text(Say::kFindingsColumn), true},
               {Text(Say::kPersonsColumn), true},
               {Text(Say::kAmount), true}});
  for (const v1::GapRow& row : report.rows()) {
    if (row.figures().findings() == 0) continue;  // what closed lately has a row for its movement
    table.Add({row.rule_id(), CurrentLanguage() == Language::kChinese ? row.title_zh() : row.title_en(),
               Word(v1::FindingKind_Name(row.kind())), row.region_prefix(), std::to_string(row.figures().findings()),
               std::to_string(row.figures().persons()), FormatYuan(row.figures().amount_fen())});
  }
  table.Print(std::cout);
  return status;
}

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

void AddReportCommands(CLI::App& app, Session& session) {
  auto filter = std::make_shared<FindingFilterFlags>();
  auto digits = std::make_shared<int>(0);
  CLI::App* report = app.add_subcommand("report", Text(Say::kHelpReport));
  filter->AddForReport(*report);
  report->add_option("--by-region", *digits, Text(Say::kHelpByRegion))->check(CLI::IsMember({2, 4, 6}));
  report->callback([=, &session] {
    if (const auto status = Report(session, *filter, *digits); !status.ok()) session.Fail(status);
  });

  app.add_subcommand("status", Text(Say::kHelpStatus))->callback([&session] {
    if (const auto status = Status(session); !status.ok()) session.Fail(status);
  });
  app.add_subcommand("reload-rules", Text(Say::kHelpReload))->callback([&session] {
    if (const auto status = Reload(session); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
