// Working days: limits in administrative procedures count them, and not weekends and public holidays. Which
// days are holidays, and which weekend days are worked instead (调休), the State Council says each year anew,
// so it is data (a file).
//
// A value; callable from many threads. Days of years that the file does not know are told by the week alone.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "server/referrals/referral.pb.h"

namespace relief::server::referrals {

class WorkingCalendar {
 public:
  WorkingCalendar() = default;  // weekends only

  // INVALID_ARGUMENT: a day that does not exist, a holiday that ends before it begins, a day that is both
  // holiday and worked.
  static absl::StatusOr<WorkingCalendar> From(const stored::WorkingCalendar& data);

  bool IsWorkingDay(matcher::CivilDate day) const;

  // The last day of a limit of `count` working days. The day on which it begins is not counted
  // (开始的当日不计入), so that 0 gives `day` itself.
  matcher::CivilDate After(matcher::CivilDate day, int count) const;

 private:
  std::set<int32_t> holidays_, worked_;  // days since 1970
};

}  // namespace relief::server::referrals
