// Who is who: keeps the identity index in a store and resolves records to persons.
//
// Resolution is a function of the set of live records, the officers' decisions and the model, and of nothing
// else. Each change recomputes the component that it touches from that component's records, in canonical
// order: so neither the order of arrival, nor batch sizes, nor updates and deletions on the way leave a trace
// in the persons, their ids, or the conflicts.
//
// A person is named after its anchor: the record with the earliest anchor day (the first day of its benefit
// or fact), ties broken by record key. A person's id changes only when an earlier record joins or the anchor
// leaves; every id that a record ever gave keeps leading to that record's person (FollowPersonId).
//
// The caller's transaction carries the state. Apply and Constrain belong to one writer at a time, who is the
// only one to write this store's index while the resolver lives: it remembers records that it read. The rest
// is callable from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/model/model.h"
#include "matcher/normalize/identity.h"
#include "matcher/record_key.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::matcher {

// A record that appeared, changed (identity or anchor day) or went (no identity).
struct Change {
  RecordKey key;
  std::optional<Identity> identity;
  int32_t anchor_day = 0;  // days since 1970-01-01
  // Names a source that promises to hold each person once: the machine never takes two of its records for one
  // person. 0: no such promise.
  uint64_t exclusive_source = 0;
};

enum class ConflictKind : uint8_t {
  kUncertainMatch = 1,   // between the review and the link threshold
  kSharedId = 2,         // one number, two people by every other sign
  kTwoIds = 3,           // one person by every other sign, two valid numbers
  kAmbiguousRecord = 4,  // fits two persons about equally well
};

enum class Verdict : uint8_t { kSame = 1, kDifferent = 2 };

// Two records of different persons that the machine would not decide on alone. At most one for each pair of
// persons.
struct Conflict {
  RecordKey a, b;  // a < b
  ConflictKind kind = ConflictKind::kUncertainMatch;
  float bits = 0;

  // "C-" and the two keys' text.
  std::string ToString() const;
  static std::optional<std::pair<RecordKey, RecordKey>> Parse(std::string_view text);

  friend bool operator==(const Conflict&, const Conflict&) = default;
};

// What a call changed.
struct ResolveDelta {
  // Persons that are new, or whose set of records changed, or that have none any more (then the list is
  // empty).
  std::map<PersonId, std::vector<RecordKey>> persons;
  // Their members before this call, for those whose change leaves a past: empty for one that is made of
  // records which were other persons' before. A person of new records only has no entry.
  std::map<PersonId, std::vector<RecordKey>> members_before;
  // Conflicts that appeared, changed their kind or bits, or went; a < b.
  std::set<std::pair<RecordKey, RecordKey>> conflicts_changed;
  // Live records of blocks that became generic or ceased to be: what is read from the blocks changed for
  // them.
  std::set<RecordKey> regrouped;
  int64_t persons_added = 0;    // net
  int64_t conflicts_added = 0;  // net

  void Merge(ResolveDelta&& later);
};

class NodeCache;
inline constexpr size_t kRememberedRecordBytes = 600;  // about

class Resolver {
 public:
  // `most_remembered`: records whose identities are kept decoded in memory.
  explicit Resolver(std::shared_ptr<const Model> model, size_t most_remembered = 0);
  ~Resolver();

  // Applies changes; each key at most once.
  absl::StatusOr<ResolveDelta> Apply(storage::Transaction& txn, std::span<const Change> changes) const;

  // Sets or (no verdict) lifts an officer's constraint between two records. It stays when the records change
  // or go.
  absl::StatusOr<ResolveDelta> Constrain(storage::Transaction& txn, RecordKey a, RecordKey b,
                                         std::optional<Verdict> verdict) const;

  // Gives back the memory of what is remembered. From any thread.
  void Forget() const;

  const Model& model() const { return *model_; }

 private:
  const std::shared_ptr<const Model> model_;
  const std::unique_ptr<NodeCache> nodes_;
};

// Gives the index the secret that its block keys are hashed with (matcher/block/blocking.h), if it has none:
// before the first record, or between ClearIndex and the next one. Without one keys are hashed with zeros.
absl::Status SetBlockSecret(storage::Transaction& txn, const BlockSecret& secret);
absl::StatusOr<BlockSecret> ReadBlockSecret(const storage::Reader& reader);

// Deletes about `limit` rows of the index, officers' constraints excepted, so that it can be built again.
// Returns true when nothing is left to delete.
absl::StatusOr<bool> ClearIndex(storage::Transaction& txn, size_t limit);

// ---- Reading the index. NOT_FOUND where the record or person is not there. ----

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
// where none has it, or so many that it is no household (a generic block).
absl::StatusOr<std::vector<std::vector<RecordKey>>> RecordsOfHouseholds(
    const storage::Reader& reader, std::span<const std::string> households);

absl::StatusOr<Identity> IdentityOf(const storage::Reader& reader, RecordKey record);

// Persons in the order of their ids, after `after` (none: from the first).
absl::StatusOr<std::vector<PersonId>> ListPersons(const storage::Reader& reader,
                                                  std::optional<PersonId> after, size_t limit);

// The open conflict between two records.
absl::StatusOr<Conflict> ConflictBetween(const storage::Reader& reader, RecordKey a, RecordKey b);

// Open conflicts that name this record.
absl::StatusOr<std::vector<Conflict>> ConflictsOfRecord(const storage::Reader& reader, RecordKey record);

// Open conflicts that name any of these records, each once.
absl::StatusOr<std::vector<Conflict>> ConflictsOfRecords(const storage::Reader& reader,
                                                         std::span<const RecordKey> records);

// Open conflicts in the order of their ids, after `after` (empty: from the first).
absl::StatusOr<std::vector<Conflict>> ListConflicts(const storage::Reader& reader, const std::string& after,
                                                    size_t limit);

// ---- Explaining ----

// What became of two records, and why.
enum class PairOutcome : uint8_t {
  kSamePerson,
  kSameThroughOthers,  // one person, held together by other records
  kSameByOfficer,
  kDifferentByOfficer,
  kNotCompared,  // no common block that is not generic
  kTooWeak,      // below the review threshold
  kInReview,
  kVetoed,
  kAmbiguous,  // one of them was held back
  kKeptApart,  // their persons contradict one another
};
absl::StatusOr<PairOutcome> Why(const storage::Reader& reader, const Model& model, RecordKey a, RecordKey b);

// One link of the tree that holds a person together.
struct PersonLink {
  RecordKey a, b;  // a < b
  float bits = 0;
  bool by_officer = false;
};
// A maximum spanning tree over the person's records, the weakest link first; officers' decisions count as the
// strongest.
absl::StatusOr<std::vector<PersonLink>> How(const storage::Reader& reader, PersonId person);

struct PersonCandidate {
  PersonId person;
  RecordKey best_record;  // the record of the person that agrees best
  PairScore score;        // with that record
};

// The persons that an identity may be, best first, from the review threshold on. At most `limit`.
absl::StatusOr<std::vector<PersonCandidate>> FindPersons(const storage::Reader& reader, const Model& model,
                                                         const Identity& identity, size_t limit);

}  // namespace relief::matcher
