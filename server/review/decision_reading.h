// Decisions as they stand in the store, and whose a new one is. Callable from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/review/review_policy.h"
#include "storage/store.h"

namespace relief::server::review {

inline constexpr size_t kMostDecisions = 100'000;  // on one pair

// Whose decision it is, and by which way it came. Without an approver it is one person's alone, which the
// policy bounds (stake.h).
struct Attribution {
  std::string officer;
  std::string person;
  std::string approver;
  std::string proposal_id;
  std::string job_id;
};

inline Attribution Alone(const Officer& officer) { return {officer.name, officer.person, "", "", ""}; }

// NOT_FOUND: no such decision.
absl::StatusOr<v1::Decision> ReadDecision(const storage::Reader& reader, const std::string& decision_id);

// Every decision that says something of the pair, oldest first, those taken back included.
absl::StatusOr<std::vector<v1::Decision>> DecisionsOnPair(const storage::Reader& reader,
                                                          const std::string& conflict_id);

// The verdict of this decision on the pair; UNSURE if it has none.
v1::Decision::Verdict VerdictOn(const v1::Decision& decision, const std::string& conflict_id);

std::string PairId(const v1::RecordName& a, const v1::RecordName& b);

// Decisions on one pair stand beside each other: "E-", the pair's text, a dot, and their number.
std::string PairDecisionPrefix(const std::string& conflict_id);

}  // namespace relief::server::review
