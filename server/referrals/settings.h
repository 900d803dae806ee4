// The operator's settings of referrals: limits, the calendar that counts them, and charities. Read once,
// at start; the file with the token keys is read at each use, so that keys can be rotated without a restart.
//
// A value; callable from many threads.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config/config.pb.h"
#include "server/referrals/working_calendar.h"

namespace relief::server::referrals {

struct ReferralSettings {
  int working_days = 20;             // to act, where no limit below says otherwise
  int escalation_working_days = 10;  // between one authority and the next
  std::vector<config::Referrals::Limit> limits;
  WorkingCalendar calendar;
  int offer_days = 30;         // that an offer of one charity keeps the need from others
  std::string token_key_file;  // empty: charities are not served

  // The limit of the longest region prefix that fits; of two, the one that names the programme.
  int LimitFor(const v1::Target& target) const;
};

// INVALID_ARGUMENT: a value out of range, or a file with an error (line and column). NOT_FOUND: no such file.
absl::StatusOr<ReferralSettings> LoadReferralSettings(const config::Referrals& config);

}  // namespace relief::server::referrals
