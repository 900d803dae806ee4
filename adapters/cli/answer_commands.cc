// relief dispose, deliberate, history: what agencies say of a finding, and what happened to it
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "adapters/mapping/cell_parsers.h"
#include "relief/v1/finding_service.grpc.pb.h"

namespace relief::adapters {
namespace {

struct DisposeOptions {
  std::string finding_id, outcome, reason, note, until, recovered;
};
struct DeliberateOptions {
  std::string finding_id, outcome, reason;
  std::vector<std::string> participants;
};

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

void Show(const Session& session, const v1::Finding& finding) {
  if (session.json()) {
    Session::PrintJson(finding);
  } else {
    ShowFinding(finding, std::cout);
  }
}

absl::Status Dispose(const Session& session, const DisposeOptions& options) {
  v1::AddDispositionRequest request;
  request.set_finding_id(options.finding_id);
  v1::Disposition& said = *request.mutable_disposition();
  const auto outcome = EnumValue(v1::Disposition::Outcome_descriptor(), options.outcome);
  if (!outcome) return BadFlag("--outcome");
  said.set_outcome(static_cast<v1::Disposition::Outcome>(*outcome));
  if (!options.reason.empty()) {
    const auto reason = EnumValue(v1::Disposition::Reason_descriptor(), options.reason);
    if (!reason) return BadFlag("--reason");
    said.set_reason(static_cast<v1::Disposition::Reason>(*reason));
  }
  said.set_note(options.note);
  if (!options.until.empty()) {
    auto until = ParseDate(options.until);
    if (!until.ok()) return BadFlag("--until");
    *said.mutable_until() = *until;
  }
  if (!options.recovered.empty()) {
    auto recovered = ParseMoneyYuan(options.recovered);
    if (!recovered.ok()) return BadFlag("--recovered");
    said.set_recovered_fen(*recovered);
  }
  v1::Finding finding;
  auto status =
      session.Call<v1::FindingService>(&v1::FindingService::Stub::AddDisposition, request, &finding);
  if (status.ok()) Show(session, finding);
  return status;
}

absl::Status Confer(const Session& session, const DeliberateOptions& options) {
  v1::DeliberateRequest request;
  request.set_finding_id(options.finding_id);
  const auto outcome = EnumValue(v1::Deliberation::Outcome_descriptor(), options.outcome);
  if (!outcome) return BadFlag("--outcome");
  request.mutable_deliberation()->set_outcome(static_cast<v1::Deliberation::Outcome>(*outcome));
  request.mutable_deliberation()->set_reason(options.reason);
  for (const std::string& participant : options.participants)
    request.mutable_deliberation()->add_participants(participant);
  v1::Finding finding;
  auto status = session.Call<v1::FindingService>(&v1::FindingService::Stub::Deliberate, request, &finding);
  if (status.ok()) Show(session, finding);
  return status;
}

absl::Status History(const Session& session, const std::string& finding_id) {
  v1::ListFindingEventsRequest request;
  request.set_finding_id(finding_id);
  v1::ListFindingEventsResponse response;
  auto status =
      session.Call<v1::FindingService>(&v1::FindingService::Stub::ListFindingEvents, request, &response);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
    return status;
  }
  Table table({{Text(Say::kTime)},
               {Text(Say::kEvent)},
               {Text(Say::kActor)},
               {Text(Say::kOutcome)},
               {Text(Say::kCause)},
               {Text(Say::kRecordsColumn), true},
               {Text(Say::kAmount), true}});
  for (const v1::FindingEvent& event : response.events())
    table.Add({FormatTime(event.time()), Word(event.kind()), event.actor(), Word(event.outcome()),
               Word(event.closing_cause()), std::to_string(event.evidence()),
               FormatYuan(event.amount_fen())});
  table.Print(std::cout);
  return status;
}

}  // namespace

void AddAnswerCommands(CLI::App& app, Session& session) {
  auto said = std::make_shared<DisposeOptions>();
  CLI::App* dispose = app.add_subcommand("dispose", Text(Say::kHelpDispose));
  dispose->add_option("id", said->finding_id, Text(Say::kHelpFindingId))->required();
  dispose->add_option("--outcome", said->outcome, ChoicesOf(v1::Disposition::Outcome_descriptor()))
      ->required();
  dispose->add_option("--reason", said->reason,
                      Fill(Say::kHelpAnswerReason, {ChoicesOf(v1::Disposition::Reason_descriptor())}));
  dispose->add_option("--note", said->note, Text(Say::kHelpNote));
  dispose->add_option("--until", said->until, Text(Say::kHelpUntil));
  dispose->add_option("--recovered", said->recovered, Text(Say::kHelpRecovered));
  dispose->callback([=, &session] {
    if (const auto status = Dispose(session, *said); !status.ok()) session.Fail(status);
  });

  auto conference = std::make_shared<DeliberateOptions>();
  CLI::App* deliberate = app.add_subcommand("deliberate", Text(Say::kHelpDeliberate));
  deliberate->add_option("id", conference->finding_id, Text(Say::kHelpFindingId))->required();
  deliberate->add_option("--outcome", conference->outcome, ChoicesOf(v1::Deliberation::Outcome_descriptor()))
      ->required();
  deliberate->add_option("--heard", conference->participants, Text(Say::kHelpHeard))->required();
  deliberate->add_option("--because", conference->reason, Text(Say::kHelpBecause))->required();
  deliberate->callback([=, &session] {
    if (const auto status = Confer(session, *conference); !status.ok()) session.Fail(status);
  });

  auto id = std::make_shared<std::string>();
  CLI::App* history = app.add_subcommand("history", Text(Say::kHelpHistory));
  history->add_option("id", *id, Text(Say::kHelpFindingId))->required();
  history->callback([=, &session] {
    if (const auto status = History(session, *id); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
