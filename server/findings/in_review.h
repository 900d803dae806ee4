// Records of others that may be a person's: the matcher asked about them, and no officer has decided. Private to
// server/findings.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/resolve/index_reader.h"
#include "storage/store.h"

namespace relief::server::findings {

using RecordsOfPersons = std::map<matcher::PersonId, std::vector<matcher::RecordKey>>;

// For each of these persons who is in an open conflict with others, all records of those others, sorted. `conflicts`: those
// that name a record of `members`.
absl::StatusOr<RecordsOfPersons> RecordsInReview(const storage::Reader& reader,
                                                 const RecordsOfPersons& members,
                                                 const std::vector<matcher::MatchConflict>& conflicts);

// Whom a change of these persons' records may concern: those in an open conflict with one of them.
absl::StatusOr<std::set<matcher::PersonId>> PersonsInReviewWith(const storage::Reader& reader,
                                                                const std::set<matcher::PersonId>& persons);

}  // namespace relief::server::findings
