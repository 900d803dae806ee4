// What protected reports under different filters and groupings tell together.
//
// Each of them may withhold enough for itself, and their difference be one small figure: the findings of two rules
// less those of one, or a programme less the one rule that concerns it. So there is one published report, of all
// findings by rule and kind in all regions, in which small cells are withheld (primary suppression) with others that
// would give them away (secondary suppression, gap_protect.h). Whatever another filter or grouping counts is shown only
// where it follows from that report: it then tells nothing new.
//
// It may take a rule whole, or a part of it: one severity, one programme, what is overdue, a month. Parts are shown
// only where no part that the question tells apart is small, in the region and in all that lie beside it. So of two
// answers no one can be taken from the other and leave a small figure; what three or more tell together by the sizes
// that they leave possible is not looked at.
//
// Pure; callable from any thread.
#pragma once

#include "server/reports/gap_protect.h"

namespace relief::server::reports {

// The answer to `query`, and what of it is withheld.
GapSums SumsOf(const findings::TallyReading& reading, const GapQuery& query, bool is_protected);

}  // namespace relief::server::reports
