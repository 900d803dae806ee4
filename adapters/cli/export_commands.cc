// relief export persons|findings: the same bytes whenever the hub knows the same.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <tuple>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/purpose_flags.h"
#include "adapters/cli/text.h"
#include "adapters/tabular/csv_writer.h"
#include "relief/v1/finding_service.grpc.pb.h"
#include "relief/v1/registry_service.grpc.pb.h"

namespace relief::adapters {
namespace {

using Row = std::vector<std::string>;

absl::Status WriteSorted(const std::string& path, const Row& header, std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end());
  std::ofstream file;
  if (path != "-") file.open(path, std::ios::binary | std::ios::trunc);
  std::ostream& out = path == "-" ? std::cout : file;
  out << CsvLine(header);
  for (const Row& row : rows) out << CsvLine(row);
  out.flush();
  return out ? absl::OkStatus() : absl::UnavailableError(Fill(Say::kCannotWrite, {path}));
}

// An export may take long on a large hub: no deadline, the keep-alive of the channel notices a hub that
// vanished.
absl::Status ExportPersons(const Session& session, const v1::Purpose& purpose, const std::string& path) {
  auto channel = session.Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = v1::RegistryService::NewStub(*channel);
  grpc::ClientContext context;
  v1::StreamAssignmentsRequest request;
  *request.mutable_purpose() = purpose;
  const auto stream = stub->StreamAssignments(&context, request);
  std::vector<Row> rows;
  v1::Assignment assignment;
  while (stream->Read(&assignment)) {
    rows.push_back(
        {ProgrammeFileName(assignment.programme()), assignment.record().record_id(), assignment.person_id()});
  }
  if (auto status = StatusOfCall(stream->Finish()); !status.ok()) return status;
  return WriteSorted(path, {"programme", "record_id", "person_id"}, std::move(rows));
}

absl::Status ExportFindings(const Session& session, const std::string& path) {
  auto channel = session.Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = v1::FindingService::NewStub(*channel);
  grpc::ClientContext context;
  v1::StreamFindingsRequest request;
  request.mutable_filter()->add_states(v1::Finding::OPEN);
  const auto stream = stub->StreamFindings(&context, request);
  std::vector<Row> rows;
  v1::Finding finding;
  while (stream->Read(&finding)) {
    std::set<std::string> records;
    for (const auto& evidence : finding.evidence()) records.insert(evidence.record().record_id());
    std::string joined;
    for (const std::string& record : records) joined += (joined.empty() ? "" : " ") + record;
    rows.push_back({finding.rule_id(), finding.person_id(), joined});
  }
  if (auto status = StatusOfCall(stream->Finish()); !status.ok()) return status;
  return WriteSorted(path, {"rule", "person_id", "records"}, std::move(rows));
}

}  // namespace

void AddExportCommands(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("export", Text(Say::kHelpExport));
  command->require_subcommand(1);
  auto out = std::make_shared<std::string>();
  auto purpose = std::make_shared<PurposeFlags>("operations");

  CLI::App* persons = command->add_subcommand("persons", Text(Say::kHelpExportPersons));
  persons->add_option("--out", *out, Text(Say::kHelpOut))->required();
  purpose->Add(*persons);
  persons->callback([=, &session] {
    auto why = purpose->Purpose();
    const absl::Status status = why.ok() ? ExportPersons(session, *why, *out) : why.status();
    if (!status.ok()) session.Fail(status);
  });

  CLI::App* findings = command->add_subcommand("findings", Text(Say::kHelpExportFindings));
  findings->add_option("--out", *out, Text(Say::kHelpOut))->required();
  findings->callback([=, &session] {
    if (const absl::Status status = ExportFindings(session, *out); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
