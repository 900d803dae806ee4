// The monthly summary as a document: one self-contained page in Chinese for A4, without scripts, links or
// inline styles.
//
// Pure; callable from any thread.
#pragma once

#include <string>

#include "relief/v1/report_service.pb.h"

namespace relief::server::reports {

struct MonthlyHeading {
  std::string region_name;
  std::string issuer;       // may be empty
  bool is_running = false;  // the month is not over
};

std::string MonthlyDocument(const v1::MonthlySummary& summary, const MonthlyHeading& heading);

}  // namespace relief::server::reports
