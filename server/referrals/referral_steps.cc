// The steps that somebody takes.
#include "server/referrals/referral_steps.h"

#include <algorithm>
#include <functional>

#include "server/referrals/person_sketch.h"
#include "server/referrals/referral_change.h"
#include "server/referrals/referrals.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
namespace {

constexpr size_t kMaxNote = 1500;  // bytes: 500 Chinese characters
constexpr size_t kMaxForm = 64;
constexpr int kConsentsAlone = 14;  // 个人信息保护法 art. 31: below that age a guardian consents
constexpr int64_t kMaxEvents = 10'000;

using Apply = std::function<absl::Status(ReferralChange&, core::WriteContext&)>;

absl::Status CheckReason(v1::Referral::Reason reason, const std::string& note) {
  if (reason == v1::Referral::REASON_UNSPECIFIED || !v1::Referral::Reason_IsValid(reason))
    return absl::InvalidArgumentError("reason: required");
  if (reason == v1::Referral::OTHER && note.empty())
    return absl::InvalidArgumentError("note: say what the other reason is");
  return absl::OkStatus();
}

v1::ReferralEvent EventBy(const std::string& actor, v1::ReferralEvent::Kind kind, const std::string& note) {
  v1::ReferralEvent event;
  event.set_kind(kind);
  event.set_actor(actor);
  event.set_note(note);
  return event;
}

// One step of an existing referral. The caller must have seen it as it is.
absl::StatusOr<v1::Referral> Step(core::Hub& hub, const std::string& referral_id, const std::string& etag,
                                  const std::string& note, const std::string& actor,
                                  const std::string& action, const Apply& apply) {
  if (etag.empty()) return absl::InvalidArgumentError("etag: required");
  RELIEF_RETURN_IF_ERROR(CheckReferralNote(note));
  v1::Referral updated;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto change, ReferralChange::Of(context, referral_id));
    if (change.referral().etag() != etag) return absl::AbortedError("the referral changed since it was read");
    if (change.row().events() >= kMaxEvents)
      return absl::ResourceExhaustedError("the referral has as many entries as it can hold");
    RELIEF_RETURN_IF_ERROR(apply(change, context));
    change.Write();
    context.Audit({actor, action, referral_id, "", "", v1::Referral::State_Name(change.referral().state())});
    updated = change.referral();
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return updated;
}

absl::Status CheckConsent(const v1::Consent& consent) {
  if (consent.decision() == v1::Consent::DECISION_UNSPECIFIED ||
      !v1::Consent::Decision_IsValid(consent.decision()))
    return absl::InvalidArgumentError("consent.decision: required");
  if (consent.giver() == v1::Consent::GIVER_UNSPECIFIED || !v1::Consent::Giver_IsValid(consent.giver()))
    return absl::InvalidArgumentError("consent.giver: required");
  if (consent.form_number().size() > kMaxForm)
    return absl::InvalidArgumentError("consent.form_number: at most 64 bytes");
  if (consent.decision() == v1::Consent::GIVEN && consent.form_number().empty())
    return absl::InvalidArgumentError("consent.form_number: required where consent is given");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckReferralNote(const std::string& note) {
  if (note.size() > kMaxNote) return absl::InvalidArgumentError("note: at most 500 characters");
  return absl::OkStatus();
}

absl::Status CheckTarget(const std::string& field, const v1::Target& target) {
  if (target.programme() == v1::PROGRAMME_UNSPECIFIED || !v1::Programme_IsValid(target.programme()))
    return absl::InvalidArgumentError(field + ".programme: required");
  const std::string& region = target.region();
  if (region.size() != 6 ||
      !std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return absl::InvalidArgumentError(field + ".region: a GB/T 2260 code of 6 digits");
  return absl::OkStatus();
}

absl::Status SendTo(ReferralChange& change, const ReferralSettings& settings, const v1::Target& target,
                    const std::string& actor, const std::string& note) {
  v1::Referral& referral = change.referral();
  if (referral.state() == v1::Referral::HANDED_OVER && referral.target().programme() == target.programme() &&
      referral.target().region() == target.region())
    return absl::FailedPreconditionError("the referral was sent to this target already");
  RELIEF_RETURN_IF_ERROR(change.Take(ReferralStep::kHandOver));
  *referral.mutable_target() = target;
  referral.set_hand_overs(referral.hand_overs() + 1);
  change.BeginLimit(settings);
  v1::ReferralEvent event = EventBy(actor, v1::ReferralEvent::HANDED_OVER, note);
  *event.mutable_target() = target;
  change.Append(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<v1::Referral> HandOver(core::Hub& hub, const v1::HandOverRequest& request,
                                      const std::string& actor) {
  RELIEF_RETURN_IF_ERROR(CheckTarget("target", request.target()));
  return Step(hub, request.referral_id(), request.etag(), request.note(), actor, "referral.hand_over",
              [&](ReferralChange& change, core::WriteContext&) {
                return SendTo(change, hub.features().Get<ReferralSettings>(), request.target(), actor,
                              request.note());
              });
}

absl::StatusOr<v1::Referral> Accept(core::Hub& hub, const v1::AcceptRequest& request,
                                    const std::string& actor) {
  return Step(hub, request.referral_id(), request.etag(), request.note(), actor, "referral.accept",
              [&](ReferralChange& change, core::WriteContext&) -> absl::Status {
                RELIEF_RETURN_IF_ERROR(change.Take(ReferralStep::kAccept));
                change.referral().set_holder(actor);
                change.Append(EventBy(actor, v1::ReferralEvent::ACCEPTED, request.note()));
                return absl::OkStatus();
              });
}

absl::StatusOr<v1::Referral> Return(core::Hub& hub, const v1::ReturnRequest& request,
                                    const std::string& actor) {
  RELIEF_RETURN_IF_ERROR(CheckReason(request.reason(), request.note()));
  if (request.has_onward()) RELIEF_RETURN_IF_ERROR(CheckTarget("onward", request.onward()));
  return Step(hub, request.referral_id(), request.etag(), request.note(), actor, "referral.return",
              [&](ReferralChange& change, core::WriteContext&) -> absl::Status {
                RELIEF_RETURN_IF_ERROR(change.Take(ReferralStep::kReturn));
                change.referral().set_reason(request.reason());
                change.BeginLimit(hub.features().Get<ReferralSettings>());
                v1::ReferralEvent event = EventBy(actor, v1::ReferralEvent::RETURNED, request.note());
                event.set_reason(request.reason());
                change.Append(std::move(event));
                if (!request.has_onward()) return absl::OkStatus();
                return SendTo(change, hub.features().Get<ReferralSettings>(), request.onward(), actor, "");
              });
}

absl::StatusOr<v1::Referral> ConcludeReferral(core::Hub& hub, const v1::ConcludeRequest& request,
                                              const std::string& actor) {
  ReferralStep step;
  v1::ReferralEvent::Kind kind;
  switch (request.outcome()) {
    case v1::Referral::GRANTED:
      step = ReferralStep::kGrant, kind = v1::ReferralEvent::GRANTED;
      break;
    case v1::Referral::REFUSED:
      step = ReferralStep::kRefuse, kind = v1::ReferralEvent::REFUSED;
      break;
    case v1::Referral::WITHDRAWN:
      step = ReferralStep::kWithdraw, kind = v1::ReferralEvent::WITHDRAWN;
      break;
    default:
      return absl::InvalidArgumentError("outcome: GRANTED, REFUSED or WITHDRAWN");
  }
  if (step != ReferralStep::kGrant) {
    if (absl::Status status = CheckReason(request.reason(), request.note()); !status.ok()) return status;
  } else if (request.reason() != v1::Referral::REASON_UNSPECIFIED) {
    return absl::InvalidArgumentError("reason: not where help was granted");
  }
  return Step(hub, request.referral_id(), request.etag(), request.note(), actor, "referral.conclude",
              [&](ReferralChange& change, core::WriteContext&) -> absl::Status {
                RELIEF_RETURN_IF_ERROR(change.Take(step));
                change.referral().set_reason(request.reason());
                v1::ReferralEvent event = EventBy(actor, kind, request.note());
                event.set_reason(request.reason());
                change.Append(std::move(event));
                return absl::OkStatus();
              });
}

absl::StatusOr<v1::Referral> RecordConsent(core::Hub& hub, const v1::RecordConsentRequest& request,
                                           const std::string& actor) {
  const v1::Consent& consent = request.consent();
  RELIEF_RETURN_IF_ERROR(CheckConsent(consent));
  return Step(
      hub, request.referral_id(), request.etag(), request.note(), actor, "referral.consent",
      [&](ReferralChange& change, core::WriteContext& context) -> absl::Status {
        RELIEF_RETURN_IF_ERROR(change.Take(ReferralStep::kConsent));
        const bool given = consent.decision() == v1::Consent::GIVEN;
        if (given && consent.giver() == v1::Consent::SELF) {
          RELIEF_ASSIGN_OR_RETURN(auto person, SketchPerson(storage::TransactionReader(context.txn),
                                                            change.referral().person_id(), context.as_of));
          const auto age = person.AgeOn(context.as_of);
          if (age && *age < kConsentsAlone)
            return absl::InvalidArgumentError("consent.giver: under 14 a guardian consents");
        }
        v1::Consent& recorded = *change.referral().mutable_consent();
        recorded = consent;
        recorded.set_recorded_by(actor);
        recorded.mutable_time()->set_seconds(context.now_us / 1'000'000);
        change.Append(EventBy(actor,
                              given ? v1::ReferralEvent::CONSENTED : v1::ReferralEvent::CONSENT_REVOKED,
                              request.note()));
        return absl::OkStatus();
      });
}

}  // namespace relief::server::referrals
