// What protected reports under different filters tell together.
//
// Each of them may withhold enough for itself, and their difference be one small figure: the findings of two rules
// less those of one. So whatever a filter counts is shown only where it follows from what the report without a
// filter, by rule, shows anyway: a report under a filter then tells nothing new.
//
// A filter may take a rule whole, or a part of it: one severity, one programme, what is overdue. Parts are shown only
// where no part that any filter could tell apart is small, in the region and in all that lie beside it.
//
// Pure; callable from any thread.
#pragma once

#include "server/reports/gap_protect.h"

namespace relief::server::reports {

// Whether the question takes less than all findings of its region.
bool IsFiltered(const v1::FindingFilter& filter);

// Withholds of `table`, the answer to `query`, what the report without a filter does not tell.
void ProtectFiltered(const findings::TallyReading& reading, const GapQuery& query, const GapTable& table,
                     Withheld* withheld);

// The answer to `query`, and what of it is withheld.
GapSums SumsOf(const findings::TallyReading& reading, const GapQuery& query, bool is_protected);

}  // namespace relief::server::reports
