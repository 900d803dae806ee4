// What the guard counts and writes down: whom an answer told of, and who was refused.
#include "server/access/guard_call.h"
#include "server/base/log.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;

constexpr Rate kAuditedRefusals = {60, 20};
// One entry for so many messages of a stream that waits for what comes, or for what came in so long.
constexpr int kStreamedPerEntry = 100;
constexpr int64_t kStreamedEveryUs = 1'000'000;

// The results of a check of one application or of many rows, in the order of the persons asked about.
v1::CheckApplicantResponse ResultsOf(const Message& answer) {
  if (answer.GetDescriptor() == v1::CheckApplicantResponse::descriptor())
    return static_cast<const v1::CheckApplicantResponse&>(answer);
  v1::CheckApplicantResponse results;
  for (const auto& row : static_cast<const v1::CheckApplicantsResponse&>(answer).rows())
    *results.add_results() = row.result();
  return results;
}

}  // namespace

absl::Status Guard::TooMany(const Call& call, bool first, const std::string& action,
                            const std::string& message) {
  ++counts_.rate_limited;
  if (first) {
    ++counts_.enumeration_alarms;
    AuditRefusal(call, action, "");
    Log(LogLevel::kError, action, {{"caller", call.caller}, {"method", call.method_name}});
  }
  return absl::ResourceExhaustedError(message);
}

absl::Status Guard::CheckShown(Call& call, const Message& answer, const ToldOf::Persons& told) {
  const int64_t now = options_.steady_us ? options_.steady_us() : SteadyUs();
  const auto policy = options_.policy.current();
  if (policy->open()) return absl::OkStatus();
  const auto seen = answered_.Look(call.asker.agency, told.shown, policy->look_up_limit(), now);
  if (seen != LookUpWatch::Answer::kAllowed)
    return TooMany(call, seen == LookUpWatch::Answer::kFirstRefusal, "access.enumeration",
                   "too many different persons; try again later");
  if (call.applicants == nullptr || call.unmask.contains(v1::DOCUMENT_NUMBER)) return absl::OkStatus();
  const auto guessed =
      number_guesses_.Look(call.asker.agency, GuessesOf(*call.applicants, ResultsOf(answer)), now);
  if (guessed == NumberGuesses::Answer::kAllowed) return absl::OkStatus();
  return TooMany(call, guessed == NumberGuesses::Answer::kFirstRefusal, "access.guessing",
                 "too many different numbers for one person; try again tomorrow");
}

core::AuditEvent Guard::EntryOf(const Call& call, const ToldOf::Persons& told) const {
  return {call.caller,      call.audit.action,
          told.subject,     call.purpose,
          call.case_number, told.persons == 0 ? "" : "persons=" + std::to_string(told.persons)};
}

absl::Status Guard::Write(std::vector<core::AuditEvent> events) {
  if (events.empty()) return absl::OkStatus();
  return options_.hub
      .Write([&](core::WriteContext& write) {
        for (const core::AuditEvent& event : events) write.Audit(event);
        return absl::OkStatus();
      })
      .status();
}

// What cannot be written down is not shown.
absl::Status Guard::Enter(Call& call, const Message& answer, const Message& shown,
                          const std::set<v1::Sensitivity>& unmasked) {
  std::vector<core::AuditEvent> events;
  if (call.audit.whole_list) {
    if (!call.entered && !call.audit.with_the_change && call.audit.always) {
      RELIEF_ASSIGN_OR_RETURN(auto asked, call.told.Resolve(options_.hub.store()));
      events.push_back(EntryOf(call, asked));
    }
  } else {
    call.told.AddAnswer(shown);
    const bool entry = !call.audit.with_the_change && (call.told.tells() || call.audit.always);
    if (entry || call.told.shows()) {
      RELIEF_ASSIGN_OR_RETURN(auto told, call.told.Resolve(*options_.hub.store().Snapshot()));
      RELIEF_RETURN_IF_ERROR(CheckShown(call, answer, told));
      if (entry) events.push_back(EntryOf(call, told));
    }
  }
  call.entered = true;
  if (!unmasked.empty() && !call.unmask_audited) {
    call.unmask_audited = true;
    ++counts_.unmasked;
    std::string kinds;
    for (const v1::Sensitivity kind : unmasked)
      kinds += (kinds.empty() ? "" : " ") + v1::Sensitivity_Name(kind);
    events.push_back(
        {call.caller, "access.unmasked", "", call.purpose, call.case_number, call.method_name + " " + kinds});
  }
  return Write(std::move(events));
}

absl::Status Guard::EnterNothing(Call& call, bool found) {
  if (call.entered || call.hidden || call.audit.with_the_change) return absl::OkStatus();
  const bool looked = call.permit.call_class == LOOK_UP || call.audit.action.starts_with("registry.");
  if (!call.audit.always || (found ? !call.audit.whole_list : !looked)) return absl::OkStatus();
  call.entered = true;
  return Write({EntryOf(call, {})});
}

// A notice that was sent may be sent again: nobody waits for its entry.
absl::Status Guard::EnterStreamed(Call& call, const Message& answer) {
  {
    std::lock_guard lock(call.streaming);
    call.told.AddAnswer(answer);
    const int64_t now = SteadyUs();
    if (++call.streamed < kStreamedPerEntry && now - call.streamed_us < kStreamedEveryUs)
      return absl::OkStatus();
  }
  FlushStream(call);
  return absl::OkStatus();
}

void Guard::FlushStream(Call& call) {
  core::AuditEvent event;
  {
    std::lock_guard lock(call.streaming);
    if (call.streamed == 0) return;
    call.streamed = 0;
    call.streamed_us = SteadyUs();
    if (!call.told.tells()) return;
    auto told = call.told.Resolve(*options_.hub.store().Snapshot());
    call.told.ForgetAnswers();
    if (!told.ok()) {
      Log(LogLevel::kError, "access.entry", {{"message", std::string(told.status().message())}});
      return;
    }
    event = EntryOf(call, *told);
  }
  options_.hub.Post([event](core::WriteContext& write) {
    write.Audit(event);
    return absl::OkStatus();
  });
}

void Guard::FlushStreams() {
  std::vector<std::shared_ptr<Call>> waiting;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [context, call] : calls_)
      if (call->waits()) waiting.push_back(call);
  }
  for (const auto& call : waiting) FlushStream(*call);
}

void Guard::AuditRefusal(const Call& call, const std::string& action, const std::string& subject) {
  const int64_t now = options_.steady_us ? options_.steady_us() : SteadyUs();
  if (!refusals_.Take(call.caller, CALL_CLASS_UNSPECIFIED, kAuditedRefusals, now)) return;
  // Nobody waits for it: a refusal is quick.
  options_.hub.Post([event = core::AuditEvent{call.caller, action, subject, call.purpose, call.case_number,
                                              call.method_name}](core::WriteContext& write) {
    write.Audit(event);
    return absl::OkStatus();
  });
}

}  // namespace relief::server::access
