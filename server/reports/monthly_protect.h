// Which figures of a monthly summary are withheld, so that its tables do not tell on each other.
//
// Each table comes protected for itself (server/reports/gap_protect.h). Printed side by side they share their
// sums: the rules of a kind add up to the kind's row, the kind's rows of all regions to the same, and
// everything to the total. So what one table withholds is withheld in the others, and whatever could then be
// worked out along a shared sum gets company.
//
// Pure; callable from any thread.
#pragma once

#include "server/reports/gap_protect.h"

namespace relief::server::reports {

struct MonthlySums {
  GapSums rules;       // by kind and rule, without regions
  GapSums regions;     // by kind, in rows by region; its totals are the rows by kind
  GapSums programmes;  // by programme, without regions
};

// Withholds more, never less.
void ProtectTogether(MonthlySums* sums);

}  // namespace relief::server::reports
