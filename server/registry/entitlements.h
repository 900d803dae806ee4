// The sheet of entitlements of a person and household: what each rule on gaps says, and why.
//
// Pure reading of committed data, judged for the day that is asked for; callable from any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/registry_service.pb.h"
#include "server/coverage/coverage.h"
#include "storage/store.h"

namespace relief::server::registry {

// NOT_FOUND: no such person. Old ids are followed. Without feeds they can say everything.
absl::StatusOr<v1::EntitlementSheet> ReadEntitlements(const storage::Reader& reader,
                                                      const coverage::RuleSet& rules,
                                                      const coverage::Feeds* feeds, matcher::CivilDate as_of,
                                                      const v1::GetEntitlementsRequest& request);

// An answer as the contract shows it; `rules` by id.
v1::Entitlement ShowAnswer(const coverage::RuleAnswer& answer,
                           const std::map<std::string, v1::Finding>& rules);
// What the rules on gaps that are in force say of themselves.
std::map<std::string, v1::Finding> GapRules(const coverage::RuleSet& rules, matcher::CivilDate as_of);

}  // namespace relief::server::registry
