#include "server/referrals/referral_clock.h"

#include "server/referrals/referral_change.h"
#include "server/referrals/referral_keys.h"
#include "storage/status_macros.h"

namespace relief::server::referrals {
namespace {

constexpr size_t kProvinceDigits = 2;

// Overdue goes to the prefecture of the target's county, then to its province, and then no further.
std::string NextAuthority(const v1::Referral& referral) {
  const std::string& from = referral.overdue() ? referral.escalated_to() : referral.target().region();
  return from.size() > kProvinceDigits ? from.substr(0, from.size() - 2) : "";
}

void Escalate(core::WriteContext& context, const ReferralSettings& settings, ReferralChange* change) {
  v1::Referral& referral = change->referral();
  v1::ReferralEvent event;
  event.set_kind(referral.overdue() ? v1::ReferralEvent::ESCALATED : v1::ReferralEvent::OVERDUE);
  referral.set_escalated_to(NextAuthority(referral));
  referral.set_overdue(true);
  referral.set_escalation(referral.escalation() + 1);
  event.set_escalated_to(referral.escalated_to());
  const bool goes_on = referral.escalated_to().size() > kProvinceDigits;
  const auto next = settings.calendar.After(context.as_of, settings.escalation_working_days);
  change->row().set_timer_day(goes_on ? next.days() + 1 : 0);
  change->Append(std::move(event));
}

}  // namespace

absl::StatusOr<size_t> ReferralClock::Run(core::WriteContext& context, size_t limit) const {
  const auto& settings = context.features.Get<ReferralSettings>();
  RELIEF_ASSIGN_OR_RETURN(auto rows, context.txn.Scan(referral_keys::kTimerPrefix, "", limit));
  size_t treated = 0;
  for (const storage::KeyRow& row : rows) {
    const auto timer = referral_keys::DecodeTimer(row.key);
    if (!timer) return absl::DataLossError("a timer row of a referral is damaged");
    if (timer->due_day > context.as_of.days()) break;
    RELIEF_ASSIGN_OR_RETURN(auto change, ReferralChange::Of(context, timer->referral_id));
    Escalate(context, settings, &change);
    change.Write();  // takes the timer away, or sets the next
    context.Audit(
        {"local", "referral.overdue", timer->referral_id, "", "", change.referral().escalated_to()});
    ++treated;
  }
  return treated;
}

}  // namespace relief::server::referrals
