// How findings follow the data: they open, change, close and open again as the rules say.
//
// A finding's id does not depend on the person, so a merge or a split moves it (one CHANGED notice at most)
// and never closes and opens it. A finding that opens again keeps its id, its first open time and its
// dispositions.
//
// Belongs to one piece of work and its thread.
#pragma once

#include "absl/status/statusor.h"
#include "server/coverage/coverage.h"
#include "server/findings/finding_writer.h"
#include "server/findings/judging.h"

namespace relief::server::findings {

// Brings the stored findings of the judged persons, all together, in line with what was judged, appends the
// notices, and sets the timers. Gaps of feeds that fell silent join the drafts where they are open.
absl::Status UpdateFindings(core::WriteContext& context, Judgement& judgement);

}  // namespace relief::server::findings
