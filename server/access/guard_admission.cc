// The guard: who is let in, what of an answer is shown, and which calls are open.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "server/access/guard_call.h"
#include "server/access/meaning.h"
#include "server/access/method_audit.h"
#include "server/access/narrowing.h"
#include "server/access/record_ids.h"
#include "server/access/referral_rights.h"
#include "server/access/request_questions.h"
#include "server/access/sensitivity.h"
#include "server/access/visibility.h"
#include "server/base/log.h"
#include "server/network/transport.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;

constexpr auto kRecheckEvery = std::chrono::seconds(5);

// In UTC+8, as the policy writes days.
int32_t Today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + 8 * 3600;
  std::tm day{};
  gmtime_r(&now, &day);
  return (day.tm_year + 1900) * 10'000 + (day.tm_mon + 1) * 100 + day.tm_mday;
}

// A purpose that has to do with people: running the hub has not.
bool HasPurposeWithPeople(const Permit& permit) {
  return std::any_of(permit.purposes.begin(), permit.purposes.end(),
                     [](v1::Purpose::Kind kind) { return kind != v1::Purpose::OPERATIONS; });
}

// How many rows there are of a filter that was wider than what the caller sees.
void ClearCount(Message* answer) {
  if (const auto* field = answer->GetDescriptor()->FindFieldByName("total_size"); field != nullptr)
    answer->GetReflection()->ClearField(answer, field);
}

}  // namespace

Guard::Guard(Options options) : options_(std::move(options)) {
  options_.policy.OnChange([this] { Recheck(); });
  rechecker_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stop_changed_.wait_for(lock, kRecheckEvery, [this] { return stop_; })) {
      lock.unlock();
      Recheck();
      FlushStreams();
      lock.lock();
    }
  });
}

Guard::~Guard() {
  options_.policy.OnChange(nullptr);
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  rechecker_.join();
}

bool Guard::MayFeed(const std::string& caller, const v1::Source& source) const {
  const auto permit = options_.policy.current()->PermitFor(caller, "relief.v1.FeedService/Push");
  if (!permit) return false;
  std::vector<v1::Programme> programmes;
  if (source.programme() != v1::PROGRAMME_UNSPECIFIED) programmes.push_back(source.programme());
  std::vector<std::string> regions;
  if (!source.region_prefix().empty()) regions.push_back(source.region_prefix());
  return permit->SeesAny(programmes, regions);
}

absl::Status Guard::CheckCertificate(const grpc::ServerContextBase& context) const {
  if (!options_.judge_certificate) return absl::OkStatus();
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return absl::OkStatus();  // no TLS, or the console
  const auto pem = auth->FindPropertyValues("x509_pem_cert");
  if (pem.empty()) return absl::UnauthenticatedError("no certificate");
  return options_.judge_certificate(std::string(pem[0].data(), pem[0].size()));
}

absl::Status Guard::Admit(Call& call, Message* request) {
  const auto policy = options_.policy.current();
  const int64_t now = options_.steady_us ? options_.steady_us() : SteadyUs();
  call.caller = network::CallerOf(*static_cast<grpc::ServerContext*>(call.context));
  if (absl::Status status = CheckCertificate(*call.context); !status.ok()) {
    ++counts_.bad_certificate;
    AuditRefusal(call, "access.certificate", "");
    return absl::UnauthenticatedError(status.message());
  }
  auto permit = policy->PermitFor(call.caller, call.method_name);
  if (!permit) {
    ++counts_.denied;
    AuditRefusal(call, "access.denied", "");
    return absl::PermissionDeniedError("you may not call this");
  }
  call.permit = *std::move(permit);
  call.cut_to_scope = !call.permit.SeesAll();
  call.asker = {call.caller, policy->AgencyOf(call.caller)};
  call.audit = AuditOf(*call.method, call.permit.call_class);
  if (const auto rate = policy->RateOf(call.caller, call.permit.call_class);
      rate && !limits_.Take(call.asker.agency, call.permit.call_class, *rate, now)) {
    ++counts_.rate_limited;
    return absl::ResourceExhaustedError("too many calls of this kind; try again later");
  }
  ++counts_.allowed;
  if (request == nullptr) return absl::OkStatus();
  RELIEF_RETURN_IF_ERROR(RestoreRecordIds(options_.hub.store(), request));
  call.told.AddRequest(*request);
  const v1::Purpose* purpose = PurposeOf(*request);
  if (purpose != nullptr) {
    call.purpose = v1::Purpose::Kind_Name(purpose->kind());
    call.case_number = purpose->case_number();
  }
  if (policy->open()) return absl::OkStatus();
  if (purpose != nullptr) {
    if (purpose->kind() != v1::Purpose::KIND_UNSPECIFIED && !call.permit.purposes.contains(purpose->kind())) {
      ++counts_.denied;
      AuditRefusal(call, "access.purpose", "");
      return absl::PermissionDeniedError("purpose.kind: not among those that you may state");
    }
    if (!purpose->case_number().empty())
      for (const auto& [kind, last_day] : call.permit.unmask)
        if (Today() <= last_day) call.unmask.insert(kind);
  }
  if (!HasPurposeWithPeople(call.permit) && AsksForSmallFigures(*request)) {
    ++counts_.denied;
    AuditRefusal(call, "access.purpose", "");
    return absl::PermissionDeniedError(
        "disclosure: small figures are for those with a purpose that has to do with people");
  }
  if (request->GetDescriptor() == v1::CheckApplicantRequest::descriptor())
    call.applicants =
        std::make_unique<v1::CheckApplicantRequest>(static_cast<const v1::CheckApplicantRequest&>(*request));
  if (request->GetDescriptor() == v1::CheckApplicantsRequest::descriptor()) {
    call.applicants = std::make_unique<v1::CheckApplicantRequest>();
    for (const auto& row : static_cast<const v1::CheckApplicantsRequest&>(*request).rows())
      *call.applicants->add_persons() = row.person();
  }
  const auto answer = guesses_.Look(call.asker.agency, GuessesIn(*request, call.permit.call_class == LOOK_UP),
                                    policy->look_up_limit(), now);
  if (answer != LookUpWatch::Answer::kAllowed)
    return TooMany(call, answer == LookUpWatch::Answer::kFirstRefusal, "access.enumeration",
                   "too many different persons; try again later");
  if (call.permit.whole_hub) return absl::OkStatus();
  // Who changes what stands for many rows must see all of them.
  const auto reach = call.permit.call_class == CHANGE ? Visibility::Reach::kAll : Visibility::Reach::kAny;
  RELIEF_ASSIGN_OR_RETURN(
      auto seen, Visibility(options_.hub.store(), call.permit, call.asker).SeesRowsNamed(*request, reach));
  if (!seen) {
    ++counts_.out_of_scope;
    AuditRefusal(call, "access.out-of-scope", "");
    return absl::NotFoundError(kNotThere);
  }
  if (!call.cut_to_scope) return absl::OkStatus();
  if (absl::Status status = CheckReferralStep(options_.hub.store(), call.permit, call.asker, *request);
      !status.ok()) {
    ++counts_.denied;
    AuditRefusal(call, "access.denied", "");
    return status;
  }
  RELIEF_ASSIGN_OR_RETURN(call.counts_hold, NarrowFilters(call.permit, call.method, request));
  return absl::OkStatus();
}

absl::StatusOr<const Message*> Guard::Present(Call& call, const Message& answer) {
  const TypeMeaning* meaning = MeaningOf(answer.GetDescriptor());
  if (meaning == nullptr) return absl::InternalError("an answer that nobody has judged");
  // A sender sees its own source: who may push to it is the source's owner. What belongs to an agency is
  // looked at whatever the caller's scope.
  const bool cut = !call.permit.whole_hub && call.permit.call_class != FEED &&
                   (call.cut_to_scope ? meaning->holds_judged : meaning->holds_owned);
  const bool masked = HoldsMasked(answer.GetDescriptor());
  const Message* shown = &answer;
  std::set<v1::Sensitivity> unmasked;
  if (cut || masked) {
    call.presented.reset(answer.New());
    call.presented->CopyFrom(answer);
    shown = call.presented.get();
  }
  if (cut) {
    const bool done = call.permit.call_class == CHANGE && !call.method->server_streaming();
    RELIEF_ASSIGN_OR_RETURN(
        auto seen, Visibility(options_.hub.store(), call.permit, call.asker).Cut(call.presented.get(), done));
    if (!seen) {
      call.hidden = true;
      ++counts_.out_of_scope;
      if (!call.method->server_streaming()) AuditRefusal(call, "access.out-of-scope", "");
      return nullptr;
    }
    if (!call.counts_hold) ClearCount(call.presented.get());
  }
  if (masked) unmasked = Mask(call.presented.get(), call.unmask);
  const absl::Status entered =
      call.waits() ? EnterStreamed(call, *shown) : Enter(call, answer, *shown, unmasked);
  if (!entered.ok()) return entered;
  return shown;
}

void Guard::Begin(const std::shared_ptr<Call>& call) {
  std::lock_guard lock(mutex_);
  calls_[call->context] = call;
}
void Guard::End(Call& call) {
  if (call.waits()) FlushStream(call);
  std::lock_guard lock(mutex_);
  calls_.erase(call.context);
}
std::shared_ptr<Guard::Call> Guard::Find(const grpc::ServerContextBase* context) const {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(context);
  return found == calls_.end() ? nullptr : found->second;
}

std::function<bool(const v1::WorkItem&)> Guard::CasesSeen(const grpc::ServerContextBase& context) {
  auto call = Find(&context);
  if (call == nullptr || !call->cut_to_scope || call->permit.whole_hub) return nullptr;
  return [call, &hub = options_.hub](const v1::WorkItem& item) {
    const auto seen = RowJudge(hub.store(), call->permit, call->asker).JudgeWorkItem(item);
    return seen.ok() && *seen == RowJudge::Seen::kYes;
  };
}

std::string Guard::AgencyOf(const grpc::ServerContextBase& context) const {
  const auto call = Find(&context);
  return call == nullptr ? "" : call->asker.agency;
}

void Guard::Recheck() {
  const auto policy = options_.policy.current();
  std::lock_guard lock(mutex_);  // a call cannot leave, and so its context lives
  for (const auto& [context, call] : calls_) {
    const auto permit = policy->PermitFor(call->caller, call->method_name);
    if (permit && *permit == call->permit && CheckCertificate(*context).ok()) continue;
    call->context->TryCancel();
    // It may take a while to end, and be looked at again; a call with one answer ends by itself.
    if (call->cut || !IsStream(*call->method)) continue;
    call->cut = true;
    ++counts_.streams_cut;
    Log(LogLevel::kWarn, "access.cut", {{"caller", call->caller}, {"method", call->method_name}});
  }
}

}  // namespace relief::server::access
