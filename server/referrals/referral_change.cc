#include "server/referrals/referral_change.h"

#include <algorithm>

#include "server/base/time.h"
#include "server/records/identity_mapping.h"
#include "server/referrals/referral_keys.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
absl::StatusOr<stored::Referral> ReadReferralRow(const storage::Reader& reader,
                                                 const std::string& referral_id) {
  const std::string key = referral_keys::ReferralRow(referral_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return absl::NotFoundError("no such referral");
  stored::Referral referral;
  if (!referral.ParseFromString(rows[0].value))
    return absl::DataLossError("the row of a referral is damaged");
  return referral;
}

absl::StatusOr<ReferralChange> ReferralChange::Of(core::WriteContext& context,
                                                  const std::string& referral_id) {
  RELIEF_ASSIGN_OR_RETURN(auto row, ReadReferralRow(storage::TransactionReader(context.txn), referral_id));
  ReferralChange change(context);
  change.before_ = row;
  change.after_ = std::move(row);
  return change;
}

absl::Status ReferralChange::Take(ReferralStep step) {
  const auto next = StateAfter(referral().state(), step);
  if (!next)
    return absl::FailedPreconditionError("the referral is " + v1::Referral::State_Name(referral().state()) +
                                         ", which does not allow this step");
  referral().set_state(*next);
  if (*next != v1::Referral::ACCEPTED && !IsClosed(*next)) referral().clear_holder();
  if (IsClosed(*next)) {
    referral().set_overdue(false);
    after_.set_timer_day(0);
  }
  return absl::OkStatus();
}

void ReferralChange::BeginLimit(const ReferralSettings& settings) {
  const matcher::CivilDate due =
      settings.calendar.After(context_.as_of, settings.LimitFor(referral().target()));
  *referral().mutable_due_date() = records::ToProto(due);
  referral().set_overdue(false);
  referral().clear_escalated_to();
  after_.set_timer_day(due.days() + 1);
}

void ReferralChange::Append(v1::ReferralEvent event) {
  after_.set_events(after_.events() + 1);
  event.set_sequence(after_.events());
  *event.mutable_time() = ToTimestamp(context_.now_us);
  event.set_state(referral().state());
  if (referral().has_due_date() && !IsClosed(referral().state()))
    *event.mutable_due_date() = referral().due_date();
  context_.txn.Put(referral_keys::EventRow(referral().referral_id(), event.sequence()),
                   event.SerializeAsString());
}

void ReferralChange::Write() {
  *referral().mutable_update_time() = ToTimestamp(context_.now_us);
  if (!before_) *referral().mutable_create_time() = referral().update_time();
  referral().set_etag(std::to_string(after_.events()));
  const std::vector<std::string> rows = referral_keys::IndexRows(after_);
  std::vector<std::string> rows_before;
  if (before_) rows_before = referral_keys::IndexRows(*before_);
  const auto has = [](const std::vector<std::string>& list, const std::string& row) {
    return std::find(list.begin(), list.end(), row) != list.end();
  };
  for (const std::string& row : rows_before)
    if (!has(rows, row)) context_.txn.Delete(row);
  for (const std::string& row : rows)
    if (!has(rows_before, row)) context_.txn.Put(row, "");
  context_.txn.Put(referral_keys::ReferralRow(referral().referral_id()), after_.SerializeAsString());
}

}  // namespace relief::server::referrals
