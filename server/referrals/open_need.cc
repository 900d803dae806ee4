#include "server/referrals/open_need.h"

#include "server/referrals/state_machine.h"

namespace relief::server::referrals {

bool IsOpenNeed(const stored::Referral& stored) {
  const v1::Referral& referral = stored.referral();
  if (referral.need() == v1::NEED_UNSPECIFIED || referral.has_gap_close_time()) return false;
  if (referral.consent().decision() != v1::Consent::GIVEN) return false;
  if (referral.state() == v1::Referral::REFUSED) return true;
  return !IsClosed(referral.state()) && (referral.overdue() || stored.of_lead());
}

}  // namespace relief::server::referrals
