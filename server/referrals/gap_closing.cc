#include "server/referrals/gap_closing.h"

#include <algorithm>

#include "matcher/resolve/resolver.h"
#include "server/base/time.h"
#include "server/referrals/referral_change.h"
#include "server/registry/person_rows.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
namespace {

bool Helps(const stored::Referral& referral, v1::Programme programme) {
  const auto& helpers = referral.helpers();
  return programme == referral.referral().target().programme() ||
         std::find(helpers.begin(), helpers.end(), programme) != helpers.end();
}

// The first benefit of the programmes in question that came, or was corrected, after the referral was made.
absl::Status FindHelp(const storage::Reader& reader, const std::string& person_id,
                      const stored::Referral& referral, std::optional<stored::Record>* help) {
  const auto id = matcher::PersonId::Parse(person_id);
  if (!id) return absl::OkStatus();
  auto person = matcher::FollowPersonId(reader, *id);
  if (absl::IsNotFound(person.status())) return absl::OkStatus();  // nothing is left of that person
  if (!person.ok()) return person.status();
  RELIEF_ASSIGN_OR_RETURN(auto records, registry::ReadRows(reader, *person));
  for (stored::Record& record : records.rows) {
    if (record.commit_time_us() < ToMicros(referral.referral().create_time())) continue;
    if (!record.record().has_benefit() || !Helps(referral, record.record().benefit().programme())) continue;
    if (!*help || record.commit_time_us() < (*help)->commit_time_us()) *help = std::move(record);
  }
  return absl::OkStatus();
}

absl::Status CloseReferralOf(core::WriteContext& context, const v1::Finding& finding) {
  RELIEF_ASSIGN_OR_RETURN(auto change, ReferralChange::Of(context, finding.referral_id()));
  v1::Referral& referral = change.referral();
  if (referral.has_gap_close_time()) return absl::OkStatus();
  const storage::TransactionReader reader(context.txn);
  std::optional<stored::Record> help;
  RELIEF_RETURN_IF_ERROR(FindHelp(reader, finding.person_id(), change.row(), &help));
  for (const std::string& person_id : finding.household_person_ids())
    RELIEF_RETURN_IF_ERROR(FindHelp(reader, person_id, change.row(), &help));

  v1::ReferralEvent event;
  event.set_kind(help ? v1::ReferralEvent::FULFILLED : v1::ReferralEvent::LAPSED);
  if (help) {
    v1::RecordName& name = *referral.mutable_fulfilled_by();
    name.set_source_id(help->source_id());
    name.set_record_id(help->record().record_id());
    *event.mutable_record() = name;
  }
  *referral.mutable_gap_close_time() = ToTimestamp(context.now_us);
  if (!IsClosed(referral.state()))
    RELIEF_RETURN_IF_ERROR(change.Take(help ? ReferralStep::kFulfil : ReferralStep::kLapse));
  change.Append(std::move(event));
  change.Write();
  return absl::OkStatus();
}

}  // namespace

absl::Status GapClosing::Follow(core::WriteContext& context,
                                std::span<const findings::WrittenFinding> written) const {
  for (const findings::WrittenFinding& one : written)
    if (one.closed() && !one.finding.referral_id().empty())
      RELIEF_RETURN_IF_ERROR(CloseReferralOf(context, one.finding));
  return absl::OkStatus();
}

}  // namespace relief::server::referrals
