// Departments' exports as the matcher's records, read with the same mapping files as `relief load`.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/resolve/match_types.h"
#include "matcher/resolve/resolver.h"

namespace relief::matcher {

struct RegisterRecord {
  std::string source, record_id;  // the source is the file's name without ".csv"
  Change change;
};

// Files, or folders of them; files that no mapping recognises are skipped, rows that cannot be read are left
// out, and of two rows with one record id the first one stays.
absl::StatusOr<std::vector<RegisterRecord>> ReadRegister(const std::vector<std::string>& paths);

// A pair that would go to an officer: records by their position.
struct ResolvedConflict {
  uint32_t a = 0, b = 0;
  ConflictKind kind = ConflictKind::kUncertainMatch;
  float bits = 0;
};

// Resolves the records in a store in memory, as the hub would. `person` has for each record the position of its person's
// first record.
struct Resolved {
  std::vector<uint32_t> person;
  std::vector<ResolvedConflict> conflicts;
};
absl::StatusOr<Resolved> ResolveRegister(const std::vector<RegisterRecord>& records,
                                         const std::shared_ptr<const Model>& model);

}  // namespace relief::matcher
