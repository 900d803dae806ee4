// relief subscription list, show, delete
#include <iostream>
#include <memory>
#include <string>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/paging_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/notice_service.grpc.pb.h"

namespace relief::adapters {
namespace {

using Stub = v1::NoticeService::Stub;

Table SubscriptionTable() {
  return Table({{Text(Say::kSubscriptionColumn)},
                {Text(Say::kProgramme)},
                {Text(Say::kKind)},
                {Text(Say::kRegion)},
                {Text(Say::kLastSequence), true},
                {Text(Say::kAcknowledged), true},
                {Text(Say::kBehind), true},
                {Text(Say::kCreatedAt)}});
}

void AddSubscription(const v1::Subscription& subscription, Table* table) {
  std::string programmes, kinds;
  for (const int programme : subscription.programmes())
    programmes += (programmes.empty() ? "" : ", ") + ProgrammeTitle(static_cast<v1::Programme>(programme));
  for (const int kind : subscription.kinds())
    kinds += (kinds.empty() ? "" : ", ") + Word(static_cast<v1::FindingKind>(kind));
  const std::string everything = Text(Say::kEverything);
  table->Add({subscription.subscription_id(), programmes.empty() ? everything : programmes,
              kinds.empty() ? everything : kinds,
              subscription.region_prefix().empty() ? everything : subscription.region_prefix(),
              std::to_string(subscription.last_sequence()),
              std::to_string(subscription.acknowledged_sequence()),
              std::to_string(subscription.last_sequence() - subscription.acknowledged_sequence()),
              FormatTime(subscription.create_time())});
}

absl::Status List(const Session& session, const PagingFlags& paging) {
  Table table = SubscriptionTable();
  absl::Status status = paging.Walk(v1::ListSubscriptionsRequest(), [&](const auto& page, std::string* next) {
    v1::ListSubscriptionsResponse response;
    auto called = session.Call<v1::NoticeService>(&Stub::ListSubscriptions, page, &response);
    if (!called.ok()) return called;
    for (const v1::Subscription& subscription : response.subscriptions()) {
      if (session.json()) {
        Session::PrintJson(subscription);
      } else {
        AddSubscription(subscription, &table);
      }
    }
    *next = response.next_page_token();
    return called;
  });
  if (!table.empty()) table.Print(std::cout);
  if (status.ok() && !session.json() && table.empty()) std::cout << Text(Say::kNoSubscriptions) << '\n';
  return status;
}

absl::Status Show(const Session& session, const std::string& id) {
  v1::GetSubscriptionRequest request;
  request.set_subscription_id(id);
  v1::Subscription subscription;
  auto status = session.Call<v1::NoticeService>(&Stub::GetSubscription, request, &subscription);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(subscription);
    return status;
  }
  Table table = SubscriptionTable();
  AddSubscription(subscription, &table);
  table.Print(std::cout);
  return status;
}

absl::Status Delete(const Session& session, const std::string& id) {
  v1::DeleteSubscriptionRequest request;
  request.set_subscription_id(id);
  google::protobuf::Empty nothing;
  auto status = session.Call<v1::NoticeService>(&Stub::DeleteSubscription, request, &nothing);
  if (status.ok() && !session.json()) std::cout << Fill(Say::kSubscriptionDeleted, {id}) << '\n';
  return status;
}

}  // namespace

void AddSubscriptionCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("subscription", Text(Say::kHelpSubscriptions));
  group->require_subcommand(1);

  auto paging = std::make_shared<PagingFlags>();
  CLI::App* list = group->add_subcommand("list", Text(Say::kHelpSubscriptionList));
  paging->Add(*list);
  list->callback([=, &session] {
    if (const auto status = List(session, *paging); !status.ok()) session.Fail(status);
  });

  const auto add = [&](const char* name, Say help, absl::Status (*run)(const Session&, const std::string&)) {
    auto id = std::make_shared<std::string>();
    CLI::App* command = group->add_subcommand(name, Text(help));
    command->add_option("subscription", *id, Text(Say::kHelpSubscription))->required();
    command->callback([=, &session] {
      if (const auto status = run(session, *id); !status.ok()) session.Fail(status);
    });
  };
  add("show", Say::kHelpSubscriptionShow, Show);
  add("delete", Say::kHelpSubscriptionDelete, Delete);
}

}  // namespace relief::adapters
