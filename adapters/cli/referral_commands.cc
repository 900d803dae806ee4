// relief referral take, hand-over, accept, return, conclude, consent, list, show
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/paging_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/referral_service.grpc.pb.h"

namespace relief::adapters {
namespace {

using Stub = v1::ReferralService::Stub;

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

std::string FormatTarget(const v1::Target& target) {
  if (target.programme() == v1::PROGRAMME_UNSPECIFIED) return target.region();
  return ProgrammeTitle(target.programme()) + " " + target.region();
}

Table ReferralTable() {
  return Table({{Text(Say::kReferralColumn)},
                {Text(Say::kState)},
                {Text(Say::kTarget)},
                {Text(Say::kNeed)},
                {Text(Say::kDue)},
                {Text(Say::kEscalations), true},
                {Text(Say::kTaker)},
                {Text(Say::kFindingColumn)}});
}

void AddReferral(const v1::Referral& referral, Table* table) {
  table->Add({referral.referral_id(),
              Word(referral.state()) + (referral.overdue() ? " " + Text(Say::kOverdueMark) : ""),
              FormatTarget(referral.target()), Word(referral.need()), FormatDate(referral.due_date()),
              referral.escalation() == 0 ? "" : std::to_string(referral.escalation()), referral.taker(),
              referral.finding_id()});
}

void Print(const Session& session, const v1::Referral& referral) {
  if (session.json()) {
    Session::PrintJson(referral);
    return;
  }
  Table table = ReferralTable();
  AddReferral(referral, &table);
  table.Print(std::cout);
}

absl::StatusOr<v1::Referral> Get(const Session& session, const std::string& id) {
  v1::GetReferralRequest request;
  request.set_referral_id(id);
  v1::Referral referral;
  auto status = session.Call<v1::ReferralService>(&Stub::GetReferral, request, &referral);
  if (!status.ok()) return status;
  return referral;
}

// Takes one step, with the etag given or else that of now.
template <typename Request, typename Method>
absl::Status Step(const Session& session, Request request, Method method) {
  if (request.etag().empty()) {
    auto referral = Get(session, request.referral_id());
    if (!referral.ok()) return referral.status();
    request.set_etag(referral->etag());
  }
  v1::Referral referral;
  auto status = session.Call<v1::ReferralService>(method, request, &referral);
  if (status.ok()) Print(session, referral);
  return status;
}

// --to and --region: whom a referral goes to.
struct TargetFlags {
  std::string programme, region;

  void Add(CLI::App& command, bool required) {
    auto* to = command.add_option("--to", programme, Text(Say::kHelpReferTo));
    auto* in = command.add_option("--region", region, Text(Say::kHelpReferRegion));
    to->needs(in);
    in->needs(to);
    if (required) to->required();
  }
  bool given() const { return !programme.empty(); }
  absl::Status Fill(v1::Target* target) const {
    const auto value = EnumValue(v1::Programme_descriptor(), programme);
    if (!value) return BadFlag("--to");
    target->set_programme(static_cast<v1::Programme>(*value));
    target->set_region(region);
    return absl::OkStatus();
  }
};

struct StepFlags {
  std::string reason;
  TargetFlags target;

  absl::Status FillReason(v1::Referral::Reason* out) const {
    if (reason.empty()) return absl::OkStatus();
    const auto value = EnumValue(v1::Referral::Reason_descriptor(), reason);
    if (!value) return BadFlag("--reason");
    *out = static_cast<v1::Referral::Reason>(*value);
    return absl::OkStatus();
  }
};

struct ListFlags {
  std::vector<std::string> states, programmes;
  v1::ReferralFilter filter;
  PagingFlags paging;
};

absl::Status List(const Session& session, const ListFlags& flags) {
  v1::ListReferralsRequest request;
  v1::ReferralFilter& filter = *request.mutable_filter();
  filter = flags.filter;
  for (const std::string& name : flags.states) {
    const auto value = EnumValue(v1::Referral::State_descriptor(), name);
    if (!value) return BadFlag("--state");
    filter.add_states(static_cast<v1::Referral::State>(*value));
  }
  for (const std::string& name : flags.programmes) {
    const auto value = EnumValue(v1::Programme_descriptor(), name);
    if (!value) return BadFlag("--programme");
    filter.add_programmes(static_cast<v1::Programme>(*value));
  }
  Table table = ReferralTable();
  absl::Status status = flags.paging.Walk(request, [&](const auto& page, std::string* next) {
    v1::ListReferralsResponse response;
    auto called = session.Call<v1::ReferralService>(&Stub::ListReferrals, page, &response);
    for (const v1::Referral& referral : response.referrals()) {
      if (session.json()) {
        Session::PrintJson(referral);
      } else {
        AddReferral(referral, &table);
      }
    }
    *next = response.next_page_token();
    return called;
  });
  if (status.ok() && !session.json()) table.Print(std::cout);
  return status;
}

void AddEvent(const v1::ReferralEvent& event, Table* table) {
  std::string about;
  const auto add = [&about](const std::string& text) {
    if (!text.empty()) about += (about.empty() ? "" : "; ") + text;
  };
  if (event.has_target()) add(FormatTarget(event.target()));
  add(Word(event.reason()));
  if (event.has_record()) add(FormatRecord(event.record()));
  add(event.escalated_to());
  if (event.has_charity_answer()) {
    const v1::CharityAnswer& answer = event.charity_answer();
    add(answer.project_id() + " " + Word(answer.answer()) +
        (answer.amount_fen() > 0 ? " " + FormatYuan(answer.amount_fen()) : ""));
  }
  add(event.note());
  table->Add(
      {FormatTime(event.time()), Word(event.kind()), event.actor(), FormatDate(event.due_date()), about});
}

absl::Status Show(const Session& session, const std::string& id) {
  auto referral = Get(session, id);
  if (!referral.ok()) return referral.status();
  v1::ListReferralEventsRequest request;
  request.set_referral_id(id);
  v1::ListReferralEventsResponse response;
  auto status = session.Call<v1::ReferralService>(&Stub::ListReferralEvents, request, &response);
  if (!status.ok()) return status;
  Print(session, *referral);
  if (session.json()) {
    for (const v1::ReferralEvent& event : response.events()) Session::PrintJson(event);
    return status;
  }
  std::cout << '\n';
  Table table({{Text(Say::kStepTime)},
               {Text(Say::kStep)},
               {Text(Say::kStepActor)},
               {Text(Say::kDue)},
               {Text(Say::kStepAbout)}});
  for (const v1::ReferralEvent& event : response.events()) AddEvent(event, &table);
  table.Print(std::cout);
  return status;
}

// The flags that all steps have.
template <typename Request>
void AddCommon(CLI::App& command, Request* request) {
  command.add_option("referral", *request->mutable_referral_id(), Text(Say::kHelpReferralId))->required();
  command.add_option("--note", *request->mutable_note(), Text(Say::kHelpComment));
  command.add_option("--etag", *request->mutable_etag(), Text(Say::kHelpReferralEtag));
}

void Run(Session& session, const absl::Status& status) {
  if (!status.ok()) session.Fail(status);
}

void AddTaking(CLI::App& group, Session& session) {
  auto take = std::make_shared<v1::CreateReferralRequest>();
  auto to = std::make_shared<TargetFlags>();
  CLI::App* command = group.add_subcommand("take", Text(Say::kHelpReferralTake));
  command->add_option("finding", *take->mutable_finding_id(), Text(Say::kHelpFindingId))->required();
  command->add_option("--note", *take->mutable_note(), Text(Say::kHelpComment));
  to->Add(*command, false);
  command->callback([=, &session] {
    v1::CreateReferralRequest request = *take;
    if (to->given())
      if (absl::Status status = to->Fill(request.mutable_target()); !status.ok()) return Run(session, status);
    v1::Referral referral;
    auto status = session.Call<v1::ReferralService>(&Stub::CreateReferral, request, &referral);
    if (status.ok()) Print(session, referral);
    Run(session, status);
  });

  auto hand_over = std::make_shared<v1::HandOverRequest>();
  auto target = std::make_shared<TargetFlags>();
  command = group.add_subcommand("hand-over", Text(Say::kHelpReferralHandOver));
  AddCommon(*command, hand_over.get());
  target->Add(*command, true);
  command->callback([=, &session] {
    if (absl::Status status = target->Fill(hand_over->mutable_target()); !status.ok())
      return Run(session, status);
    Run(session, Step(session, *hand_over, &Stub::HandOver));
  });

  auto accept = std::make_shared<v1::AcceptRequest>();
  command = group.add_subcommand("accept", Text(Say::kHelpReferralAccept));
  AddCommon(*command, accept.get());
  command->callback([=, &session] { Run(session, Step(session, *accept, &Stub::Accept)); });
}

void AddAnswering(CLI::App& group, Session& session) {
  auto give_back = std::make_shared<v1::ReturnRequest>();
  auto flags = std::make_shared<StepFlags>();
  CLI::App* command = group.add_subcommand("return", Text(Say::kHelpReferralReturn));
  AddCommon(*command, give_back.get());
  command
      ->add_option("--reason", flags->reason,
                   Fill(Say::kHelpReferralReason, {ChoicesOf(v1::Referral::Reason_descriptor())}))
      ->required();
  flags->target.Add(*command, false);
  command->callback([=, &session] {
    v1::Referral::Reason reason{};
    if (absl::Status status = flags->FillReason(&reason); !status.ok()) return Run(session, status);
    give_back->set_reason(reason);
    if (flags->target.given())
      if (absl::Status status = flags->target.Fill(give_back->mutable_onward()); !status.ok())
        return Run(session, status);
    Run(session, Step(session, *give_back, &Stub::Return));
  });

  auto conclude = std::make_shared<v1::ConcludeRequest>();
  auto outcome = std::make_shared<std::string>();
  auto why = std::make_shared<StepFlags>();
  command = group.add_subcommand("conclude", Text(Say::kHelpReferralConclude));
  AddCommon(*command, conclude.get());
  command
      ->add_option("outcome", *outcome,
                   ChoicesOf(v1::Referral::State_descriptor(),
                             {v1::Referral::GRANTED, v1::Referral::REFUSED, v1::Referral::WITHDRAWN}))
      ->required()
      ->check(CLI::IsMember({"granted", "refused", "withdrawn"}));
  command->add_option("--reason", why->reason,
                      Fill(Say::kHelpReferralReason, {ChoicesOf(v1::Referral::Reason_descriptor())}));
  command->callback([=, &session] {
    v1::Referral::Reason reason{};
    if (absl::Status status = why->FillReason(&reason); !status.ok()) return Run(session, status);
    conclude->set_reason(reason);
    conclude->set_outcome(
        static_cast<v1::Referral::State>(*EnumValue(v1::Referral::State_descriptor(), *outcome)));
    Run(session, Step(session, *conclude, &Stub::Conclude));
  });

  auto consent = std::make_shared<v1::RecordConsentRequest>();
  auto decision = std::make_shared<std::string>(), giver = std::make_shared<std::string>("self");
  command = group.add_subcommand("consent", Text(Say::kHelpReferralConsent));
  AddCommon(*command, consent.get());
  command->add_option("decision", *decision, ChoicesOf(v1::Consent::Decision_descriptor()))
      ->required()
      ->check(CLI::IsMember({"given", "revoked"}));
  command->add_option("--by", *giver, ChoicesOf(v1::Consent::Giver_descriptor()))
      ->check(CLI::IsMember({"self", "guardian"}));
  command->add_option("--form", *consent->mutable_consent()->mutable_form_number(),
                      Text(Say::kHelpConsentForm));
  command->callback([=, &session] {
    v1::Consent& said = *consent->mutable_consent();
    said.set_decision(
        static_cast<v1::Consent::Decision>(*EnumValue(v1::Consent::Decision_descriptor(), *decision)));
    said.set_giver(static_cast<v1::Consent::Giver>(*EnumValue(v1::Consent::Giver_descriptor(), *giver)));
    Run(session, Step(session, *consent, &Stub::RecordConsent));
  });
}

void AddReading(CLI::App& group, Session& session) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App* command = group.add_subcommand("list", Text(Say::kHelpReferralList));
  command
      ->add_option("--state", flags->states,
                   Fill(Say::kHelpReferralState, {ChoicesOf(v1::Referral::State_descriptor())}))
      ->delimiter(',');
  command->add_option("--programme", flags->programmes, Text(Say::kHelpProgrammes))->delimiter(',');
  command->add_option("--region", *flags->filter.mutable_region_prefix(), Text(Say::kHelpRegion));
  command->add_option("--taker", *flags->filter.mutable_taker(), Text(Say::kHelpReferralTaker));
  command->add_option("--finding", *flags->filter.mutable_finding_id(), Text(Say::kHelpFindingId));
  command->add_flag_function(
      "--overdue", [flags](int64_t) { flags->filter.set_only_overdue(true); },
      Text(Say::kHelpReferralOverdue));
  flags->paging.Add(*command);
  command->callback([=, &session] { Run(session, List(session, *flags)); });

  auto id = std::make_shared<std::string>();
  command = group.add_subcommand("show", Text(Say::kHelpReferralShow));
  command->add_option("referral", *id, Text(Say::kHelpReferralId))->required();
  command->callback([=, &session] { Run(session, Show(session, *id)); });
}

}  // namespace

void AddReferralCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("referral", Text(Say::kHelpReferral));
  group->require_subcommand(1);
  AddTaking(*group, session);
  AddAnswering(*group, session);
  AddReading(*group, session);
}

}  // namespace relief::adapters
