// Reads the identity index: persons, their records, open conflicts.
//
// Every function answers NOT_FOUND where the record or person does not exist, DATA_LOSS where a row of the index is
// damaged, and otherwise what the reader answers. Callable from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/model/model.h"
#include "matcher/normalize/identity.h"
#include "matcher/record_key.h"
#include "matcher/resolve/match_types.h"
#include "storage/store.h"

namespace relief::matcher {

// The secret that block keys are hashed with; zeros where the index has none.
absl::StatusOr<BlockSecret> ReadBlockSecret(const storage::Reader& reader);

absl::StatusOr<PersonId> PersonOfRecord(const storage::Reader& reader, RecordKey record);

// The same for many in one reading, in that order; nothing where a record is not there.
absl::StatusOr<std::vector<std::optional<PersonId>>> PersonsOfRecords(const storage::Reader& reader,
                                                                      std::span<const RecordKey> records);

// Sorted.
absl::StatusOr<std::vector<RecordKey>> MembersOf(const storage::Reader& reader, PersonId person);

// The same for many in one reading, in that order; empty where a person is no more.
absl::StatusOr<std::vector<std::vector<RecordKey>>> MembersOfPersons(const storage::Reader& reader,
                                                                     std::span<const PersonId> persons);

// The person that holds the record which `id` is named after: the id itself while it is a person's id.
absl::StatusOr<PersonId> FollowPersonId(const storage::Reader& reader, PersonId id);

// Live records that a source counts into each household, sorted: those with this Identity::household. Empty
// where none has it, or so many that it is no household (a oversized block).
absl::StatusOr<std::vector<std::vector<RecordKey>>> RecordsOfHouseholds(
    const storage::Reader& reader, std::span<const std::string> households);

// Whether the two share a phone, and each that they share is on more records than the model's phone_limit: it then
// says nothing about who they are.
absl::StatusOr<bool> PhoneIsOfMany(const storage::Reader& reader, const Model& model, const Identity& a,
                                   const Identity& b);

absl::StatusOr<Identity> IdentityOf(const storage::Reader& reader, RecordKey record);

// Persons in the order of their ids, after `after` (none: from the first).
absl::StatusOr<std::vector<PersonId>> ListPersons(const storage::Reader& reader,
                                                  std::optional<PersonId> after, size_t limit);

// The open conflict between two records.
absl::StatusOr<MatchConflict> ConflictBetween(const storage::Reader& reader, RecordKey a, RecordKey b);

// Open conflicts that name this record.
absl::StatusOr<std::vector<MatchConflict>> ConflictsOfRecord(const storage::Reader& reader, RecordKey record);

// Open conflicts that name any of these records, each once.
absl::StatusOr<std::vector<MatchConflict>> ConflictsOfRecords(const storage::Reader& reader,
                                                              std::span<const RecordKey> records);

// Open conflicts in the order of their ids, after `after` (empty: from the first).
absl::StatusOr<std::vector<MatchConflict>> ListConflicts(const storage::Reader& reader,
                                                         const std::string& after, size_t limit);

struct PersonCandidate {
  PersonId person;
  RecordKey best_record;  // the record of the person that agrees best
  PairScore score;        // with that record
};

// The persons that an identity may be, best first, from the review threshold on. At most `limit`.
absl::StatusOr<std::vector<PersonCandidate>> FindPersons(const storage::Reader& reader, const Model& model,
                                                         const Identity& identity, size_t limit);

}  // namespace relief::matcher
