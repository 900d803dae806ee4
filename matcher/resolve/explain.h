// Explains the index: what became of two records, and what holds a person together. Reads the rows of the index and
// nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/model/model.h"
#include "matcher/record_key.h"
#include "storage/store.h"

namespace relief::matcher {

// The outcome of comparing two records.
enum class PairOutcome : uint8_t {
  kSamePerson,
  kSameThroughOthers,  // one person, held together by other records
  kSameByOfficer,
  kDifferentByOfficer,
  kNotCompared,  // no block that is searched holds both
  kTooWeak,      // below the review threshold
  kInReview,
  kVetoed,
  kAmbiguous,  // one of them was held back
  kKeptApart,  // their persons contradict one another
};
absl::StatusOr<PairOutcome> ExplainPair(const storage::Reader& reader, const Model& model, RecordKey a,
                                        RecordKey b);

// One link of the tree that holds a person together.
struct PersonLink {
  RecordKey a, b;  // a < b
  float bits = 0;
  bool by_officer = false;
};
// A maximum spanning tree over the person's records, the weakest link first; officers' decisions count as the
// strongest.
absl::StatusOr<std::vector<PersonLink>> ExplainPerson(const storage::Reader& reader, PersonId person);

}  // namespace relief::matcher
