#include "server/referrals/gap_closing.h"

#include <algorithm>

#include "matcher/resolve/resolver.h"
#include "server/referrals/referral_change.h"
#include "server/registry/person_rows.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
namespace {

int64_t Microseconds(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

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
  auto records = registry::ReadRows(reader, *person);
  if (!records.ok()) return records.status();
  for (stored::Record& record : records->rows) {
    if (record.commit_time_us() < Microseconds(referral.referral().create_time())) continue;
    if (!record.record().has_benefit() || !Helps(referral, record.record().benefit().programme())) continue;
    if (!*help || record.commit_time_us() < (*help)->commit_time_us()) *help = std::move(record);
  }
  return absl::OkStatus();
}

absl::Status CloseReferralOf(core::WriteContext& context, const v1::Finding& finding) {
  auto change = ReferralChange::Of(context, finding.referral_id());
  if (!change.ok()) return change.status();
  v1::Referral& referral = change->referral();
  if (referral.has_gap_close_time()) return absl::OkStatus();
  const storage::TransactionReader reader(context.txn);
  std::optional<stored::Record> help;
  if (absl::Status status = FindHelp(reader, finding.person_id(), change->row(), &help); !status.ok())
    return status;
  for (const std::string& person_id : finding.household_person_ids())
    if (absl::Status status = FindHelp(reader, person_id, change->row(), &help); !status.ok()) return status;

  v1::ReferralEvent event;
  event.set_kind(help ? v1::ReferralEvent::FULFILLED : v1::ReferralEvent::LAPSED);
  if (help) {
    v1::RecordName& name = *referral.mutable_fulfilled_by();
    name.set_source_id(help->source_id());
    name.set_record_id(help->record().record_id());
    *event.mutable_record() = name;
  }
  referral.mutable_gap_close_time()->set_seconds(context.now_us / 1'000'000);
  if (!IsClosed(referral.state()))
    if (absl::Status status = change->Take(help ? ReferralStep::kFulfil : ReferralStep::kLapse); !status.ok())
      return status;
  change->Append(std::move(event));
  change->Write();
  return absl::OkStatus();
}

}  // namespace

absl::Status GapClosing::Follow(core::WriteContext& context,
                                std::span<const findings::WrittenFinding> written) const {
  for (const findings::WrittenFinding& one : written)
    if (one.closed() && !one.finding.referral_id().empty())
      if (absl::Status status = CloseReferralOf(context, one.finding); !status.ok()) return status;
  return absl::OkStatus();
}

}  // namespace relief::server::referrals
