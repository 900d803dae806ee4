#include "server/referrals/state_machine.h"

#include <initializer_list>

namespace relief::server::referrals {
namespace {

using v1::Referral;
constexpr Referral::State kSame = Referral::STATE_UNSPECIFIED;

struct Row {
  ReferralStep step;
  std::initializer_list<Referral::State> from;
  Referral::State to;
};

const std::initializer_list<Row> kTable = {
    {ReferralStep::kHandOver,
     {Referral::OPEN, Referral::RETURNED, Referral::HANDED_OVER},
     Referral::HANDED_OVER},
    {ReferralStep::kAccept, {Referral::HANDED_OVER}, Referral::ACCEPTED},
    {ReferralStep::kReturn, {Referral::HANDED_OVER, Referral::ACCEPTED}, Referral::RETURNED},
    // The taker may help, or refuse, what is its own to decide; what it sent away it cannot decide.
    {ReferralStep::kGrant, {Referral::OPEN, Referral::RETURNED, Referral::ACCEPTED}, Referral::GRANTED},
    {ReferralStep::kRefuse, {Referral::OPEN, Referral::RETURNED, Referral::ACCEPTED}, Referral::REFUSED},
    {ReferralStep::kWithdraw,
     {Referral::OPEN, Referral::HANDED_OVER, Referral::ACCEPTED, Referral::RETURNED},
     Referral::WITHDRAWN},
    // A refused need is the very one that charities are asked for.
    {ReferralStep::kConsent,
     {Referral::OPEN, Referral::HANDED_OVER, Referral::ACCEPTED, Referral::RETURNED, Referral::REFUSED},
     kSame},
    // Help that a charity gave is recorded even if the referral was closed meanwhile.
    {ReferralStep::kCharityAnswer,
     {Referral::OPEN, Referral::HANDED_OVER, Referral::ACCEPTED, Referral::RETURNED, Referral::GRANTED,
      Referral::REFUSED, Referral::WITHDRAWN, Referral::FULFILLED, Referral::LAPSED},
     kSame},
    {ReferralStep::kFulfil,
     {Referral::OPEN, Referral::HANDED_OVER, Referral::ACCEPTED, Referral::RETURNED},
     Referral::FULFILLED},
    {ReferralStep::kLapse,
     {Referral::OPEN, Referral::HANDED_OVER, Referral::ACCEPTED, Referral::RETURNED},
     Referral::LAPSED},
};

}  // namespace

bool IsClosed(v1::Referral::State state) {
  return state != Referral::OPEN && state != Referral::HANDED_OVER && state != Referral::ACCEPTED &&
         state != Referral::RETURNED;
}

std::optional<v1::Referral::State> StateAfter(v1::Referral::State state, ReferralStep step) {
  for (const Row& row : kTable) {
    if (row.step != step) continue;
    for (const Referral::State from : row.from)
      if (from == state) return row.to == kSame ? state : row.to;
  }
  return std::nullopt;
}

}  // namespace relief::server::referrals
