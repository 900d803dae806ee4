// A gap is taken on.
#include "server/core/schema.h"
#include "server/findings/finding_store.h"
#include "server/findings/finding_writer.h"
#include "server/referrals/referral_steps.h"
#include "server/referrals/referrals.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
namespace {

constexpr size_t kCountyDigits = 6;

// The lead in evidence, if the gap is one of a lead.
absl::StatusOr<std::optional<v1::Lead>> LeadOf(const storage::Reader& reader, const v1::Finding& finding) {
  std::vector<std::string> keys;
  for (const v1::Evidence& evidence : finding.evidence())
    keys.push_back(schema::RecordRow(
        matcher::RecordKey::Of(evidence.record().source_id(), evidence.record().record_id())));
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  for (const storage::Row& row : rows) {
    stored::Record record;
    if (!record.ParseFromString(row.value)) return absl::DataLossError("the row of a record is damaged");
    if (record.record().has_lead()) return std::optional(record.record().lead());
  }
  return std::optional<v1::Lead>();
}

// Whom the rule notifies, where the records in evidence are.
v1::Target Proposal(const v1::Finding& finding) {
  v1::Target target;
  if (finding.notify_size() > 0) target.set_programme(finding.notify(0));
  if (finding.regions_size() > 0) target.set_region(finding.regions(0).substr(0, kCountyDigits));
  return target;
}

absl::Status Fill(core::WriteContext& context, const v1::Finding& finding, const std::string& actor,
                  ReferralChange* change) {
  RELIEF_ASSIGN_OR_RETURN(auto lead, LeadOf(storage::TransactionReader(context.txn), finding));
  v1::Referral& referral = change->referral();
  // A function of the finding and of its referral before this one, so that work that runs again makes no
  // second one.
  referral.set_referral_id(
      "R-" +
      matcher::RecordKey::Of("referral", finding.finding_id() + "/" + finding.referral_id()).ToString());
  referral.set_finding_id(finding.finding_id());
  referral.set_rule_id(finding.rule_id());
  referral.set_person_id(finding.person_id());
  referral.set_need(lead ? (lead)->need() : finding.need());
  referral.set_state(v1::Referral::OPEN);
  referral.set_taker(actor);
  *referral.mutable_target() = Proposal(finding);
  change->row().set_of_lead(lead.has_value());
  change->row().set_amount_fen(finding.amount_fen());
  *change->row().mutable_helpers() = finding.notify();
  return absl::OkStatus();
}

absl::Status MarkFinding(core::WriteContext& context, const v1::Finding& before,
                         const v1::Referral& referral) {
  v1::Finding after = before;
  after.set_referral_id(referral.referral_id());
  *after.mutable_update_time() = referral.create_time();
  findings::FindingWriter writer(context);
  v1::FindingEvent event = findings::EventOf(v1::FindingEvent::REFERRED, after);
  event.set_actor(referral.taker());
  writer.Write(&before, &after, {&event, 1}, v1::Notice::CHANGED);
  return writer.Flush();
}

}  // namespace

absl::StatusOr<v1::Referral> CreateReferral(core::Hub& hub, const v1::CreateReferralRequest& request,
                                            const std::string& actor) {
  RELIEF_RETURN_IF_ERROR(CheckReferralNote(request.note()));
  if (request.has_target()) RELIEF_RETURN_IF_ERROR(CheckTarget("target", request.target()));
  v1::Referral created;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    const storage::TransactionReader reader(context.txn);
    RELIEF_ASSIGN_OR_RETURN(auto finding, findings::GetFinding(reader, request.finding_id()));
    const bool gap = finding.kind() == v1::MISSING || finding.kind() == v1::SPLIT;
    if (!gap || finding.state() != v1::Finding::OPEN)
      return absl::FailedPreconditionError("the finding is not an open gap");
    if (!finding.referral_id().empty()) {
      RELIEF_ASSIGN_OR_RETURN(auto existing, ReadReferralRow(reader, finding.referral_id()));
      if (!IsClosed(existing.referral().state())) {
        if (existing.referral().taker() != actor)
          return absl::AlreadyExistsError("the gap was taken on already: " + finding.referral_id());
        created = existing.referral();
        return absl::OkStatus();
      }
    }
    ReferralChange change(context);
    RELIEF_RETURN_IF_ERROR(Fill(context, finding, actor, &change));
    const ReferralSettings& settings = hub.features().Get<ReferralSettings>();
    change.BeginLimit(settings);
    v1::ReferralEvent taken;
    taken.set_kind(v1::ReferralEvent::TAKEN);
    taken.set_actor(actor);
    taken.set_note(request.note());
    change.Append(std::move(taken));
    if (request.has_target()) RELIEF_RETURN_IF_ERROR(SendTo(change, settings, request.target(), actor, ""));
    change.Write();
    RELIEF_RETURN_IF_ERROR(MarkFinding(context, finding, change.referral()));
    context.Audit({actor, "referral.create", change.referral().referral_id(), "", "", request.finding_id()});
    created = change.referral();
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return created;
}

}  // namespace relief::server::referrals
