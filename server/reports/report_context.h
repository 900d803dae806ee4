// The inputs of a report besides the store.
#pragma once

#include <cstdint>

#include "matcher/normalize/civil_date.h"
#include "server/coverage/coverage.h"
#include "server/findings/tally.h"

namespace relief::server::reports {

struct ReportContext {
  int64_t now_us = 0;
  matcher::CivilDate as_of;        // the day that the rules were judged for
  const coverage::RuleSet& rules;  // titles, and which gaps there are
  // Read once for several reports: of the whole country, as fine as any of them asks, from the first of their
  // months on, and as known at their as_known_at. Null: each reads for itself.
  const findings::TallyReading* reading = nullptr;
};

}  // namespace relief::server::reports
