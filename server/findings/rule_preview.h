// A dry run of other rules: what they would open, change and close, without any of it happening.
//
// Pure reading of one snapshot; callable from any thread. Judges everybody, so it takes as long as a full
// sweep.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "relief/v1/admin_service.pb.h"
#include "server/coverage/coverage.h"
#include "storage/store.h"

namespace relief::server::findings {

// `now` are the rules in force, `then` those to be tried. Asks `go_on` between pages; CANCELLED when it says
// no.
absl::StatusOr<v1::PreviewRulesResponse> PreviewRules(const storage::Reader& reader,
                                                      const coverage::RuleSet& now,
                                                      const coverage::RuleSet& then, matcher::CivilDate as_of,
                                                      const std::function<bool()>& go_on,
                                                      const coverage::Feeds* feeds = nullptr);

}  // namespace relief::server::findings
