// relief conflicts, conflict, decide, undo, explain, how
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/paging_flags.h"
#include "adapters/cli/purpose_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/review_service.grpc.pb.h"

namespace relief::adapters {
namespace {

struct ListOptions {
  std::vector<std::string> kinds;
  PagingFlags paging;
};

Table ConflictTable() {
  return Table({{Text(Say::kConflictColumn)},
                {Text(Say::kKind)},
                {Text(Say::kRecordA)},
                {Text(Say::kRecordB)},
                {Text(Say::kPersonColumn)},
                {Text(Say::kPersonColumn)},
                {Text(Say::kBits), true}});
}

void AddConflict(const v1::Conflict& conflict, Table* table) {
  table->Add({conflict.conflict_id(), Word(conflict.kind()), FormatRecord(conflict.record_a()),
              FormatRecord(conflict.record_b()), conflict.person_a_id(), conflict.person_b_id(),
              FormatBits(conflict.explanation().total_bits())});
}

absl::Status List(const Session& session, const ListOptions& options) {
  v1::ListConflictsRequest request;
  for (const auto& name : options.kinds) {
    const auto kind = EnumValue(v1::Conflict::Kind_descriptor(), name);
    if (!kind) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--kind"}));
    request.add_kinds(static_cast<v1::Conflict::Kind>(*kind));
  }
  Table table = ConflictTable();
  absl::Status status = options.paging.Walk(request, [&](const auto& page, std::string* next) {
    v1::ListConflictsResponse response;
    auto called = session.Call<v1::ReviewService>(&v1::ReviewService::Stub::ListConflicts, page, &response);
    for (const v1::Conflict& conflict : response.conflicts()) {
      if (session.json()) {
        Session::PrintJson(conflict);
      } else {
        AddConflict(conflict, &table);
      }
    }
    *next = response.next_page_token();
    return called;
  });
  if (!session.json()) table.Print(std::cout);
  return status;
}

absl::StatusOr<v1::Conflict> Get(const Session& session, const std::string& id) {
  v1::GetConflictRequest request;
  request.set_conflict_id(id);
  v1::Conflict conflict;
  auto status = session.Call<v1::ReviewService>(&v1::ReviewService::Stub::GetConflict, request, &conflict);
  if (!status.ok()) return status;
  return conflict;
}

absl::Status Show(const Session& session, const std::string& id) {
  auto conflict = Get(session, id);
  if (!conflict.ok()) return conflict.status();
  if (session.json()) {
    Session::PrintJson(*conflict);
    return absl::OkStatus();
  }
  Table table = ConflictTable();
  AddConflict(*conflict, &table);
  table.Print(std::cout);
  std::cout << "etag: " << conflict->etag() << "\n\n";
  ShowExplanation(conflict->explanation(), std::cout);
  return absl::OkStatus();
}

absl::Status Decide(const Session& session, v1::DecideConflictRequest request, const std::string& verdict) {
  request.set_verdict(
      static_cast<v1::Decision::Verdict>(*EnumValue(v1::Decision::Verdict_descriptor(), verdict)));
  if (request.etag().empty()) {
    auto conflict = Get(session, request.conflict_id());
    if (!conflict.ok()) return conflict.status();
    request.set_etag(conflict->etag());
  }
  v1::Decision decision;
  auto status = session.Call<v1::ReviewService>(&v1::ReviewService::Stub::DecideConflict, request, &decision);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(decision);
  } else {
    std::cout << Fill(Say::kDecided, {decision.decision_id(), Word(decision.verdict())}) << '\n';
  }
  return status;
}

absl::Status Undo(const Session& session, const v1::UndoDecisionRequest& request) {
  v1::Decision decision;
  auto status = session.Call<v1::ReviewService>(&v1::ReviewService::Stub::UndoDecision, request, &decision);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(decision);
  } else {
    std::cout << Fill(Say::kUndone, {decision.decision_id()}) << '\n';
  }
  return status;
}

absl::Status Explain(const Session& session, const std::vector<std::string>& names,
                     const PurposeFlags& flags) {
  auto purpose = flags.Purpose();
  if (!purpose.ok()) return purpose.status();
  v1::ExplainPairRequest request;
  request.mutable_record_a()->set_source_id(names[0]);
  request.mutable_record_a()->set_record_id(names[1]);
  request.mutable_record_b()->set_source_id(names[2]);
  request.mutable_record_b()->set_record_id(names[3]);
  *request.mutable_purpose() = *purpose;
  v1::MatchExplanation explanation;
  auto status = session.Call<v1::ReviewService>(&v1::ReviewService::Stub::ExplainPair, request, &explanation);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(explanation);
  } else {
    ShowExplanation(explanation, std::cout);
  }
  return status;
}

absl::Status How(const Session& session, v1::ExplainPersonRequest request, const PurposeFlags& flags) {
  auto purpose = flags.Purpose();
  if (!purpose.ok()) return purpose.status();
  *request.mutable_purpose() = *purpose;
  v1::PersonExplanation person;
  auto status = session.Call<v1::ReviewService>(&v1::ReviewService::Stub::ExplainPerson, request, &person);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(person);
    return status;
  }
  std::cout << Fill(Say::kPersonOfRecords, {person.person_id(), std::to_string(person.records())}) << '\n';
  for (const auto& link : person.links()) {
    const v1::MatchExplanation& why = link.explanation();
    std::cout << '\n'
              << FormatRecord(link.record_a()) << "  --  " << FormatRecord(link.record_b()) << "\n  "
              << (CurrentLanguage() == Language::kChinese ? why.sentence_zh() : why.sentence_en()) << '\n';
  }
  return status;
}

void AddReading(CLI::App& app, Session& session) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* list = app.add_subcommand("conflicts", Text(Say::kHelpConflicts));
  list->add_option("--kind", options->kinds,
                   Fill(Say::kHelpConflictKind, {ChoicesOf(v1::Conflict::Kind_descriptor())}))
      ->delimiter(',');
  options->paging.Add(*list);
  list->callback([=, &session] {
    if (const auto status = List(session, *options); !status.ok()) session.Fail(status);
  });

  auto id = std::make_shared<std::string>();
  CLI::App* show = app.add_subcommand("conflict", Text(Say::kHelpConflict));
  show->add_option("id", *id, Text(Say::kHelpConflictId))->required();
  show->callback([=, &session] {
    if (const auto status = Show(session, *id); !status.ok()) session.Fail(status);
  });

  auto names = std::make_shared<std::vector<std::string>>();
  auto purpose = std::make_shared<PurposeFlags>("operations");
  CLI::App* explain = app.add_subcommand("explain", Text(Say::kHelpExplain));
  explain->add_option("records", *names, Text(Say::kHelpFourNames))->required()->expected(4);
  purpose->Add(*explain);
  explain->callback([=, &session] {
    if (const auto status = Explain(session, *names, *purpose); !status.ok()) session.Fail(status);
  });

  auto person = std::make_shared<v1::ExplainPersonRequest>();
  auto how_purpose = std::make_shared<PurposeFlags>("operations");
  CLI::App* how = app.add_subcommand("how", Text(Say::kHelpHow));
  how->add_option("person", *person->mutable_person_id(), Text(Say::kHelpPersonId))->required();
  how_purpose->Add(*how);
  how->callback([=, &session] {
    if (const auto status = How(session, *person, *how_purpose); !status.ok()) session.Fail(status);
  });
}

void AddDeciding(CLI::App& app, Session& session) {
  auto request = std::make_shared<v1::DecideConflictRequest>();
  auto verdict = std::make_shared<std::string>();
  CLI::App* decide = app.add_subcommand("decide", Text(Say::kHelpDecide));
  decide->add_option("conflict", *request->mutable_conflict_id(), Text(Say::kHelpConflictId))->required();
  decide->add_option("verdict", *verdict, ChoicesOf(v1::Decision::Verdict_descriptor()))
      ->required()
      ->check(CLI::IsMember({"same", "different", "unsure"}));
  decide->add_option("--comment", *request->mutable_comment(), Text(Say::kHelpComment));
  decide->add_option("--etag", *request->mutable_etag(), Text(Say::kHelpEtag));
  decide->callback([=, &session] {
    if (const auto status = Decide(session, *request, *verdict); !status.ok()) session.Fail(status);
  });

  auto undo_request = std::make_shared<v1::UndoDecisionRequest>();
  CLI::App* undo = app.add_subcommand("undo", Text(Say::kHelpUndo));
  undo->add_option("decision", *undo_request->mutable_decision_id(), Text(Say::kHelpDecisionId))->required();
  undo->add_option("--comment", *undo_request->mutable_comment(), Text(Say::kHelpComment));
  undo->callback([=, &session] {
    if (const auto status = Undo(session, *undo_request); !status.ok()) session.Fail(status);
  });
}

}  // namespace

void AddReviewCommands(CLI::App& app, Session& session) {
  AddReading(app, session);
  AddDeciding(app, session);
}

}  // namespace relief::adapters
