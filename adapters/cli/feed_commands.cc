// relief sources, relief confirm-snapshot
#include <iostream>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/show.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/feed_service.grpc.pb.h"

namespace relief::adapters {
namespace {

absl::Status ListSources(const Session& session) {
  Table table({{Text(Say::kSource)},
               {Text(Say::kProgramme)},
               {Text(Say::kRegion)},
               {Text(Say::kLive), true},
               {Text(Say::kAccepted), true},
               {Text(Say::kRejected), true},
               {Text(Say::kLastPush)},
               {Text(Say::kSnapshotColumn)}});
  v1::ListSourcesRequest request;
  request.set_page_size(1000);
  do {
    v1::ListSourcesResponse response;
    auto status = session.Call<v1::FeedService>(&v1::FeedService::Stub::ListSources, request, &response);
    if (!status.ok()) return status;
    for (const v1::Source& source : response.sources()) {
      if (session.json()) {
        Session::PrintJson(source);
        continue;
      }
      std::string snapshot = source.open_snapshot_id();
      if (source.snapshot_held()) snapshot += " HELD";
      if (source.silent()) snapshot += (snapshot.empty() ? "" : " ") + Text(Say::kSilent);
      table.Add({source.source_id(), ProgrammeTitle(source.programme()), source.region_prefix(),
                 std::to_string(source.live_records()), std::to_string(source.accepted()),
                 std::to_string(source.rejected()), FormatTime(source.last_push_time()), snapshot});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!session.json()) table.Print(std::cout);
  return absl::OkStatus();
}

absl::Status Confirm(const Session& session, const v1::ConfirmSnapshotRequest& request) {
  v1::SnapshotResult result;
  auto status = session.Call<v1::FeedService>(&v1::FeedService::Stub::ConfirmSnapshot, request, &result);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(result);
  } else {
    std::cout << Fill(Say::kSnapshotState, {result.snapshot_id(), Word(result.state()),
                                            std::to_string(result.seen()), std::to_string(result.ended())})
              << '\n';
  }
  return absl::OkStatus();
}

}  // namespace

void AddFeedCommands(CLI::App& app, Session& session) {
  app.add_subcommand("sources", Text(Say::kHelpSources))->callback([&session] {
    if (const auto status = ListSources(session); !status.ok()) session.Fail(status);
  });

  auto request = std::make_shared<v1::ConfirmSnapshotRequest>();
  auto discard = std::make_shared<bool>(false);
  CLI::App* confirm = app.add_subcommand("confirm-snapshot", Text(Say::kHelpConfirm));
  confirm->add_option("source", *request->mutable_source_id(), Text(Say::kHelpSourceId))->required();
  confirm->add_option("snapshot", *request->mutable_snapshot_id(), Text(Say::kHelpSnapshotId))->required();
  confirm->add_option("--reason", *request->mutable_reason(), Text(Say::kHelpReason))->required();
  confirm->add_flag("--discard", *discard, Text(Say::kHelpDiscard));
  confirm->callback([=, &session] {
    request->set_discard(*discard);
    if (const auto status = Confirm(session, *request); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
