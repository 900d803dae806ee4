// Who is who: keeps the identity index in a store and resolves records to persons. The public face of the folder: index_reader.h
// and explain.h come with it.
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
// The caller's transaction carries the state. Every method is callable from any thread, and several resolvers
// may work on one store: what a resolver remembers is guarded by the transaction like what it reads.
// Requires: one resolver is used with transactions of one store.
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
#include "matcher/model/model.h"
#include "matcher/normalize/identity.h"
#include "matcher/record_key.h"
#include "matcher/resolve/explain.h"       // IWYU pragma: export
#include "matcher/resolve/index_reader.h"  // IWYU pragma: export
#include "matcher/resolve/match_types.h"   // IWYU pragma: export
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
  // Live records of blocks that became oversized or ceased to be: what is read from the blocks changed for
  // them.
  std::set<RecordKey> reblocked;
  int64_t persons_added = 0;    // net
  int64_t conflicts_added = 0;  // net

  void Merge(ResolveDelta&& later);
};

class IdentityCache;
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
  const std::unique_ptr<IdentityCache> cache_;
};

// Gives the index the secret that its block keys are hashed with (matcher/block/blocking.h), if it has none:
// before the first record, or between ClearIndex and the next one. Without one keys are hashed with zeros.
absl::Status SetBlockSecret(storage::Transaction& txn, const BlockSecret& secret);

// Deletes about `limit` rows of the index, officers' constraints excepted, so that it can be built again.
// Returns true when nothing is left to delete.
absl::StatusOr<bool> ClearIndex(storage::Transaction& txn, size_t limit);

}  // namespace relief::matcher
