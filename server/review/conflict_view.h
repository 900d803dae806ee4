// One conflict as the contract shows it, and what "it changed since you looked" means.
//
// The etag holds a short hash of each thing that the officer saw (kind, score, persons, each field of both
// records, the model), so that the hub can say what is different without keeping what everybody looked at.
// Callable from any thread.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "matcher/model/model.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/review_service.pb.h"
#include "storage/store.h"

namespace relief::server::review {

// INVALID_ARGUMENT: not a conflict id. NOT_FOUND: there is no conflict between the two.
absl::StatusOr<v1::Conflict> ReadConflict(const storage::Reader& reader, const matcher::Model& model,
                                          const std::string& conflict_id);

// Kind, records and persons only: what a list needs, without scoring.
absl::StatusOr<v1::Conflict> ReadConflictBriefly(const storage::Reader& reader,
                                                 const std::string& conflict_id);

absl::StatusOr<std::pair<matcher::RecordKey, matcher::RecordKey>> PairOf(const std::string& conflict_id);

// What `now` has that the officer with this etag did not see, by name; empty if nothing changed.
std::vector<std::string> ChangedSince(const std::string& etag, const v1::Conflict& now);

// ABORTED, with the StaleDecision as its detail.
absl::Status Stale(const std::string& message, const v1::StaleDecision& stale);

}  // namespace relief::server::review
