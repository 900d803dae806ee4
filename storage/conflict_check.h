// Whether the preconditions of a commit still hold, for a store that remembers its recent writes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/recent_writes.h"
#include "storage/store.h"

namespace relief::storage {

// CommitResult::conflicting_keys of `commit`. `stored` reads the store at `version`; `recent` also holds what
// commits of the same group will write after that. Costs nothing where nobody has written since
// commit.read_at; otherwise compares with the recent writes or reads the rows again, whichever is less work.
// Errors are those of reading.
absl::StatusOr<std::vector<std::string>> ConflictsOf(const Commit& commit, const Reader& stored,
                                                     Version version, const RecentWrites& recent);

}  // namespace relief::storage
