// relief audit export, heads, accesses
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/paging_flags.h"
#include "adapters/cli/purpose_flags.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/admin_service.grpc.pb.h"

namespace relief::adapters {
namespace {

using Stub = v1::AuditService::Stub;

absl::Status CannotWrite(const std::string& path) {
  return absl::UnavailableError(Fill(Say::kCannotWrite, {path}));
}

// Writes every chunk of a stream. A chain may be long: no deadline, the keep-alive of the channel notices a
// hub that vanished.
template <typename Request>
absl::Status Receive(const Session& session,
                     std::unique_ptr<grpc::ClientReader<v1::AuditFileChunk>> (Stub::*method)(
                         grpc::ClientContext*, const Request&),
                     const Request& request, std::ostream& out) {
  auto channel = session.Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = v1::AuditService::NewStub(*channel);
  grpc::ClientContext context;
  const auto stream = (stub.get()->*method)(&context, request);
  v1::AuditFileChunk chunk;
  while (stream->Read(&chunk)) out << chunk.lines();
  out.flush();
  return StatusOfCall(stream->Finish());
}

// Under its name only when it is whole: half a chain would look like one that was cut off.
absl::Status Export(const Session& session, const std::string& path) {
  if (path == "-") return Receive(session, &Stub::ExportAudit, v1::ExportAuditRequest(), std::cout);
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  if (!file) return CannotWrite(part);
  absl::Status status = Receive(session, &Stub::ExportAudit, v1::ExportAuditRequest(), file);
  file.close();
  if (!status.ok()) return status;
  std::error_code error;
  if (file) std::filesystem::rename(part, path, error);
  return file && !error ? absl::OkStatus() : CannotWrite(path);
}

// The entry that the last head of a file is of; 0: none.
int64_t LastSequence(const std::string& path) {
  std::ifstream file(path);
  std::string line, last;
  while (std::getline(file, line))
    if (!line.empty()) last = line;
  google::protobuf::Struct head;
  if (!google::protobuf::util::JsonStringToMessage(last, &head).ok()) return 0;
  if (!head.fields().contains("head")) return 0;
  const auto& fields = head.fields().at("head").struct_value().fields();
  return fields.contains("sequence") ? std::atoll(fields.at("sequence").string_value().c_str()) : 0;
}

// Adds to the file what it does not have.
absl::Status Heads(const Session& session, const std::string& path) {
  v1::ExportAuditHeadsRequest request;
  if (path == "-") return Receive(session, &Stub::ExportAuditHeads, request, std::cout);
  request.set_after_sequence(LastSequence(path));
  std::ofstream file(path, std::ios::binary | std::ios::app);
  if (!file) return CannotWrite(path);
  if (absl::Status status = Receive(session, &Stub::ExportAuditHeads, request, file); !status.ok())
    return status;
  file.close();
  if (!file) return CannotWrite(path);
  std::cout << Fill(Say::kHeadsKept, {std::to_string(LastSequence(path))}) << '\n';
  return absl::OkStatus();
}

struct AccessFlags {
  std::string person_id, from, to;
  std::vector<std::string> record;
  bool lists = false;
  PurposeFlags purpose{"audit"};
  PagingFlags paging;
};

absl::StatusOr<v1::ListAccessesRequest> AccessRequest(const AccessFlags& flags) {
  if (flags.person_id.empty() == flags.record.empty())
    return absl::InvalidArgumentError(Text(Say::kNeedPersonOrRecord));
  v1::ListAccessesRequest request;
  request.set_person_id(flags.person_id);
  if (!flags.record.empty()) {
    request.mutable_record()->set_source_id(flags.record[0]);
    request.mutable_record()->set_record_id(flags.record[1]);
  }
  auto purpose = flags.purpose.Purpose();
  if (!purpose.ok()) return purpose.status();
  *request.mutable_purpose() = *purpose;
  request.set_listed(flags.lists);
  if (!flags.from.empty()) {
    constexpr size_t kDay = sizeof "2026-11-01" - 1;
    const auto from = ParseTime(flags.from.size() == kDay ? flags.from + " 00:00" : flags.from);
    if (!from) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--from"}));
    *request.mutable_from_time() = *from;
  }
  if (!flags.to.empty()) {
    const auto to = ParseTime(flags.to);
    if (!to) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--to"}));
    *request.mutable_to_time() = *to;
  }
  return request;
}

absl::Status Accesses(const Session& session, const AccessFlags& flags) {
  auto request = AccessRequest(flags);
  if (!request.ok()) return request.status();
  Table table({{Text(Say::kTime)},
               {Text(Say::kKind)},
               {Text(Say::kActor)},
               {Text(Say::kAction)},
               {Text(Say::kPurpose)},
               {Text(Say::kCaseNumber)}});
  google::protobuf::Timestamp searched_from;
  absl::Status status = flags.paging.Walk(*request, [&](const auto& page, std::string* next) {
    v1::ListAccessesResponse response;
    auto called = session.Call<v1::AuditService>(&Stub::ListAccesses, page, &response);
    if (!called.ok()) return called;
    *next = response.next_page_token();
    searched_from = response.searched_from();
    if (session.json()) {
      Session::PrintJson(response);
      return called;
    }
    for (const v1::Access& access : response.accesses())
      table.Add({FormatTime(access.time()), Word(access.kind()), access.actor(), access.action(),
                 Word(access.purpose()), access.case_number()});
    return called;
  });
  if (session.json() || !status.ok()) return status;
  table.Print(std::cout);
  std::cout << Fill(Say::kSearchedFrom, {FormatTime(searched_from)}) << '\n';
  return status;
}

}  // namespace

void AddAuditCommands(CLI::App& app, Session& session) {
  CLI::App* audit = app.add_subcommand("audit", Text(Say::kHelpAudit));
  audit->require_subcommand(1);
  audit->fallthrough();

  auto out = std::make_shared<std::string>();
  CLI::App* whole = audit->add_subcommand("export", Text(Say::kHelpAuditExport));
  whole->add_option("file", *out, Text(Say::kHelpOut))->required();
  whole->callback([=, &session] {
    if (const auto status = Export(session, *out); !status.ok()) session.Fail(status);
  });

  auto kept = std::make_shared<std::string>("-");
  CLI::App* heads = audit->add_subcommand("heads", Text(Say::kHelpAuditHeads));
  heads->add_option("file", *kept, Text(Say::kHelpOut))->capture_default_str();
  heads->callback([=, &session] {
    if (const auto status = Heads(session, *kept); !status.ok()) session.Fail(status);
  });

  auto flags = std::make_shared<AccessFlags>();
  CLI::App* accesses = audit->add_subcommand("accesses", Text(Say::kHelpAccesses));
  accesses->add_option("id", flags->person_id, Text(Say::kHelpPersonId));
  accesses->add_option("--record", flags->record, Text(Say::kHelpRecord))->expected(2);
  accesses->add_option("--from", flags->from, Text(Say::kHelpAccessesFrom));
  accesses->add_option("--to", flags->to, Text(Say::kHelpAccessesTo));
  accesses->add_flag("--lists", flags->lists, Text(Say::kHelpAccessesLists));
  flags->purpose.Add(*accesses);
  flags->paging.Add(*accesses);
  accesses->callback([=, &session] {
    if (const auto status = Accesses(session, *flags); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
