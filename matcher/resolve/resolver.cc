#include "matcher/resolve/resolver.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <unordered_set>

#include "matcher/compare/scorer.h"
#include "matcher/resolve/cluster.h"
#include "matcher/resolve/identity_cache.h"
#include "matcher/resolve/index_reader.h"
#include "matcher/resolve/index_rows.h"
#include "matcher/resolve/working_set.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::matcher {
namespace {

using RecordSet = std::set<RecordKey>;

// One call of the resolver: updates postings, scores, finds the components that changed, resolves them, and derives
// conflicts.
class Resolution {
 public:
  Resolution(const Model& model, IdentityCache& cache, storage::Transaction& txn)
      : model_(model),
        txn_(txn),
        set_(txn, cache, static_cast<uint32_t>(model.block_limit()),
             static_cast<uint32_t>(model.phone_limit())),
        link64_(static_cast<int32_t>(model.link_threshold() * 64)),
        review64_(static_cast<int32_t>(model.review_threshold() * 64)),
        doubtful64_(static_cast<int32_t>(model.doubtful_review_threshold() * 64)),
        strong64_(link64_ - static_cast<int32_t>(model.ambiguity_margin() * 64)) {}

  absl::StatusOr<ResolveDelta> Apply(std::span<const Change> changes) {
    RELIEF_ASSIGN_OR_RETURN(auto secret, ReadBlockSecret(storage::TransactionReader(txn_)));
    secret_ = secret;
    RecordSet rescore;
    RELIEF_RETURN_IF_ERROR(UpdatePostings(changes, &rescore));
    RELIEF_RETURN_IF_ERROR(Rescore(rescore));
    RELIEF_RETURN_IF_ERROR(FollowBlockSizes(rescore));
    RELIEF_RETURN_IF_ERROR(FollowPhones(rescore));
    return Finish();
  }

  absl::StatusOr<ResolveDelta> Constrain(RecordKey a, RecordKey b, std::optional<Verdict> verdict) {
    const RecordKey pair[] = {a, b};
    RELIEF_RETURN_IF_ERROR(set_.LoadRecords(pair));
    set_.SetConstraint(a, b, verdict);
    set_.SetConstraint(b, a, verdict);
    touched_ = {a, b};
    return Finish();
  }

 private:
  // Brings identity rows and postings up to date, and adds the records whose identity changed to `rescore`.
  absl::Status UpdatePostings(std::span<const Change> changes, RecordSet* rescore) {
    std::vector<RecordKey> keys;
    for (const Change& change : changes) keys.push_back(change.key);
    RELIEF_RETURN_IF_ERROR(set_.LoadRecords(keys));

    struct Blocks {
      RecordKey record;
      std::vector<BlockKey> before, after;
    };
    std::vector<Blocks> changed_blocks;
    std::vector<BlockKey> blocks;
    for (const Change& change : changes) {
      const IdentityRow* old = set_.identity_row(change.key);
      touched_.insert(change.key);
      // Resolve again the records that only an officer's constraint links with this one: once it is deleted, the
      // walk through the component no longer reaches them.
      if (!change.identity)
        for (const Constraint& constraint : set_.constraints(change.key)) touched_.insert(constraint.other);
      if (old && change.identity && old->identity == *change.identity) {
        // At most the anchor day changed: it names the person, and is no evidence of who the person is.
        set_.SetIdentity(change.key,
                         IdentityRow{change.anchor_day, change.exclusive_source, *change.identity});
        continue;
      }
      Blocks record_blocks{change.key, {}, {}};
      if (old) record_blocks.before = BlockingKeys(old->identity, secret_);
      if (change.identity) record_blocks.after = BlockingKeys(*change.identity, secret_);
      blocks.insert(blocks.end(), record_blocks.before.begin(), record_blocks.before.end());
      blocks.insert(blocks.end(), record_blocks.after.begin(), record_blocks.after.end());
      changed_blocks.push_back(std::move(record_blocks));
      set_.SetIdentity(change.key, change.identity
                                       ? std::optional(IdentityRow{change.anchor_day, change.exclusive_source,
                                                                   *change.identity})
                                       : std::nullopt);
      rescore->insert(change.key);
    }
    RELIEF_RETURN_IF_ERROR(set_.LoadBlocks(blocks));
    for (const Blocks& record_blocks : changed_blocks) {
      std::vector<BlockKey> gone, added;
      std::set_difference(record_blocks.before.begin(), record_blocks.before.end(),
                          record_blocks.after.begin(), record_blocks.after.end(), std::back_inserter(gone));
      std::set_difference(record_blocks.after.begin(), record_blocks.after.end(),
                          record_blocks.before.begin(), record_blocks.before.end(),
                          std::back_inserter(added));
      for (BlockKey block : gone) RELIEF_RETURN_IF_ERROR(set_.RemovePosting(block, record_blocks.record));
      for (BlockKey block : added) set_.AddPosting(block, record_blocks.record);
    }
    return absl::OkStatus();
  }

  // Recomputes the edges of these records and mirrors them at the other ends.
  absl::Status Rescore(const RecordSet& rescore) {
    std::vector<BlockKey> blocks;
    std::map<RecordKey, std::vector<BlockKey>> blocks_of;
    for (const RecordKey& record : rescore) {
      const IdentityRow* identity_row = set_.identity_row(record);
      if (!identity_row) continue;
      auto keys = BlockingKeys(identity_row->identity, secret_);
      blocks.insert(blocks.end(), keys.begin(), keys.end());
      blocks_of.emplace(record, std::move(keys));
    }
    RELIEF_RETURN_IF_ERROR(set_.LoadBlocks(blocks));

    std::map<RecordKey, std::vector<RecordKey>> candidates;
    std::vector<RecordKey> to_load;
    for (const RecordKey& record : rescore) {
      std::vector<RecordKey>& found = candidates[record];
      if (const auto keys = blocks_of.find(record); keys != blocks_of.end()) {
        for (BlockKey block : keys->second) {
          const std::vector<RecordKey>& members = set_.block_records(block);
          found.insert(found.end(), members.begin(), members.end());
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        std::erase(found, record);
      }
      to_load.insert(to_load.end(), found.begin(), found.end());
    }
    RELIEF_RETURN_IF_ERROR(set_.LoadIdentities(to_load));

    std::map<RecordKey, std::vector<Edge>> edges;
    std::vector<RecordKey> ends;
    for (const RecordKey& record : rescore) {
      std::vector<Edge>& scored = edges[record];
      for (const RecordKey& other : candidates[record])
        if (const std::optional<Edge> edge = ScoreEdge(record, other)) scored.push_back(*edge);
      for (const Edge& edge : scored) ends.push_back(edge.other);
      for (const Edge& edge : std::as_const(set_).links(record).edges) ends.push_back(edge.other);
    }
    RELIEF_RETURN_IF_ERROR(set_.LoadRecords(ends));

    for (const RecordKey& record : rescore) {
      const std::vector<Edge> before = std::as_const(set_).links(record).edges;
      const std::vector<Edge>& after = edges[record];
      if (before == after) continue;
      set_.links(record).edges = after;
      touched_.insert(record);
      for (const Edge& edge : before)
        if (!Holds(after, edge)) SetMirror(edge.other, record, nullptr);
      for (const Edge& edge : after)
        if (!Holds(before, edge)) SetMirror(edge.other, record, &edge);
    }
    return absl::OkStatus();
  }

  // Adapts the edges to blocks that crossed the size limit: the records of an oversized block are not compared, those of a
  // block that shrank to the limit are compared again. Pairs with a record of `rescored` are up to date already.
  absl::Status FollowBlockSizes(const RecordSet& rescored) {
    for (const WorkingSet::Crossing& crossing : set_.Crossings()) {
      RELIEF_RETURN_IF_ERROR(set_.LoadRecords(crossing.records));
      std::vector<RecordKey> others;
      for (const RecordKey& record : crossing.records) {
        const IdentityRow* identity_row = set_.identity_row(record);
        if (!identity_row) continue;
        const std::string& household = identity_row->identity.household;
        if (!household.empty() && HouseholdBlock(household, secret_) == crossing.block)
          delta_.reblocked.insert(record);
        if (!rescored.contains(record)) others.push_back(record);
      }
      if (!crossing.oversized) {
        RELIEF_RETURN_IF_ERROR(LoadPhoneBlocks(others));
        AddSupportedEdges(others);
      } else if (absl::Status status = DropUnsupportedEdges(others); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  // Scores again the pairs of a phone that came to be of many records, or ceased to be. Pairs with a record of `rescored`
  // are up to date already.
  absl::Status FollowPhones(const RecordSet& rescored) {
    for (const WorkingSet::Crossing& crossing : set_.PhoneCrossings()) {
      RELIEF_RETURN_IF_ERROR(set_.LoadIdentities(crossing.records));
      std::vector<RecordKey> others;
      for (const RecordKey& record : crossing.records)
        if (!rescored.contains(record) && HasPhone(record, crossing.block)) others.push_back(record);
      if (others.size() < 2) continue;
      RELIEF_RETURN_IF_ERROR(set_.LoadRecords(others));
      RELIEF_RETURN_IF_ERROR(LoadPhoneBlocks(others));
      for (size_t i = 0; i < others.size(); ++i)
        for (size_t j = i + 1; j < others.size(); ++j) ScoreAgain(others[i], others[j], crossing.oversized);
    }
    return absl::OkStatus();
  }

  bool HasPhone(const RecordKey& record, BlockKey block) const {
    const IdentityRow* identity_row = set_.identity_row(record);
    return identity_row && std::ranges::any_of(identity_row->identity.phones, [&](const std::string& phone) {
             return PhoneBlock(phone, secret_) == block;
           });
  }

  absl::Status LoadPhoneBlocks(const std::vector<RecordKey>& records) {
    std::vector<BlockKey> blocks;
    for (const RecordKey& record : records)
      if (const IdentityRow* identity_row = set_.identity_row(record))
        for (const std::string& phone : identity_row->identity.phones)
          blocks.push_back(PhoneBlock(phone, secret_));
    return set_.LoadBlocks(blocks);
  }

  // `only_existing`: a pair that has no edge may share no block that is searched, and gets none.
  void ScoreAgain(const RecordKey& a, const RecordKey& b, bool only_existing) {
    const std::vector<Edge>& edges = std::as_const(set_).links(a).edges;
    const auto old = std::ranges::find(edges, b, &Edge::other);
    if (old == edges.end() && only_existing) return;
    const std::optional<Edge> edge = ScoreEdge(a, b);
    if (edge ? old != edges.end() && *old == *edge : old == edges.end()) return;
    SetMirror(a, b, edge ? &*edge : nullptr);
    SetMirror(b, a, edge ? &*edge : nullptr);
  }

  // Adds the edges between `records` that do not exist yet. Requires: `records` is sorted.
  void AddSupportedEdges(const std::vector<RecordKey>& records) {
    for (size_t i = 0; i < records.size(); ++i)
      for (size_t j = i + 1; j < records.size(); ++j) {
        const std::optional<Edge> edge = ScoreEdge(records[i], records[j]);
        if (!edge || Holds(std::as_const(set_).links(records[i]).edges, *edge)) continue;
        SetMirror(records[i], records[j], &*edge);
        SetMirror(records[j], records[i], &*edge);
      }
  }

  // Drops the edges between `records` whose two ends share no searched block any more. Requires: `records` is sorted.
  absl::Status DropUnsupportedEdges(const std::vector<RecordKey>& records) {
    struct Pair {
      RecordKey a, b;
      std::vector<BlockKey> common;
    };
    std::vector<Pair> pairs;
    std::vector<BlockKey> blocks;
    std::unordered_map<RecordKey, std::vector<BlockKey>, RecordKeyHash> keys;
    const auto keys_of = [&](const RecordKey& record) -> const std::vector<BlockKey>& {
      const auto [it, added] = keys.try_emplace(record);
      if (added) it->second = BlockingKeys(set_.identity_row(record)->identity, secret_);
      return it->second;
    };
    for (const RecordKey& record : records)
      for (const Edge& edge : std::as_const(set_).links(record).edges) {
        if (!(record < edge.other) || !std::binary_search(records.begin(), records.end(), edge.other))
          continue;
        Pair& pair = pairs.emplace_back(Pair{record, edge.other, {}});
        keys_of(edge.other);
        std::ranges::set_intersection(keys_of(record), keys.at(edge.other), std::back_inserter(pair.common));
        blocks.insert(blocks.end(), pair.common.begin(), pair.common.end());
      }
    RELIEF_RETURN_IF_ERROR(set_.LoadBlocks(blocks));
    for (const Pair& pair : pairs) {
      // A block that holds both lists its records, unless it is oversized.
      if (!std::ranges::all_of(pair.common,
                               [&](BlockKey block) { return set_.block_records(block).empty(); }))
        continue;
      SetMirror(pair.a, pair.b, nullptr);
      SetMirror(pair.b, pair.a, nullptr);
    }
    return absl::OkStatus();
  }

  static bool Holds(const std::vector<Edge>& edges, const Edge& edge) {
    return std::find(edges.begin(), edges.end(), edge) != edges.end();
  }

  // Whether the two share a phone, and each that they share is of many. Requires: the blocks of one's phones are loaded.
  bool PhoneOfMany(const Identity& a, const Identity& b) const {
    bool of_many = false;
    for (const std::string& phone : a.phones) {
      if (std::find(b.phones.begin(), b.phones.end(), phone) == b.phones.end()) continue;
      if (!set_.of_many(PhoneBlock(phone, secret_))) return false;
      of_many = true;
    }
    return of_many;
  }

  // The pairs that are kept as edges: those that link or that an officer should review, and those with one number for two
  // people. A pair with two different numbers is kept only where everything else says one person (ConflictOf). In the block
  // of a common name hardly any pair is.
  std::optional<Edge> ScoreEdge(const RecordKey& record, const RecordKey& other) {
    const IdentityRow* a = set_.identity_row(record);
    const IdentityRow* b = set_.identity_row(other);
    if (!a || !b) return std::nullopt;
    if (other < record) std::swap(a, b);
    const PairScore score =
        Score(model_, a->identity, b->identity, nullptr, PhoneOfMany(a->identity, b->identity));
    const auto score64 = static_cast<int32_t>(std::lround(score.bits * 64));
    const int32_t least64 = score.vetoes & kTwoTrustedIds ? link64_
                            : score.vetoes & kDoubts      ? doubtful64_
                                                          : review64_;
    if (score64 < least64 && !(score.vetoes & (kSharedId | kNoNameEvidence))) return std::nullopt;
    return Edge{other, score64, score.vetoes};
  }

  void SetMirror(const RecordKey& at, const RecordKey& other, const Edge* edge) {
    std::vector<Edge>& edges = set_.links(at).edges;
    std::erase_if(edges, [&](const Edge& old) { return old.other == other; });
    if (edge) {
      const Edge mirror{other, edge->score64, edge->vetoes};
      edges.insert(std::lower_bound(edges.begin(), edges.end(), mirror,
                                    [](const Edge& l, const Edge& r) { return l.other < r.other; }),
                   mirror);
    }
    touched_.insert(at);
  }

  // Resolves the components of the touched records, derives their conflicts and writes everything.
  absl::StatusOr<ResolveDelta> Finish() {
    RecordSet resolved;
    std::vector<RecordKey> frontier(touched_.begin(), touched_.end());
    for (const RecordKey& start : frontier) {
      if (resolved.contains(start)) continue;
      RELIEF_ASSIGN_OR_RETURN(auto component, ComponentOf(start));
      resolved.insert(component.begin(), component.end());
      if (absl::Status status = ResolveComponent(component); !status.ok()) return status;
    }
    RecordSet gone;
    for (const RecordKey& record : touched_) {
      if (set_.identity_row(record)) continue;
      gone.insert(record);
      if (set_.was_resolved(record)) old_persons_.insert(std::as_const(set_).links(record).person);
    }
    resolved.insert(gone.begin(), gone.end());
    RELIEF_RETURN_IF_ERROR(DeriveConflicts(resolved));
    for (const RecordKey& record : gone) set_.DropLinks(record);
    RELIEF_RETURN_IF_ERROR(WritePersons());
    set_.Write();
    return std::move(delta_);
  }

  // What can pull two records into one person, or make a record ambiguous between two.
  bool Strong(const Edge& edge) const { return edge.vetoes == kNoVeto && edge.score64 >= strong64_; }

  // Live records that strong edges and officers' decisions connect with `start`, sorted.
  absl::StatusOr<std::vector<RecordKey>> ComponentOf(const RecordKey& start) {
    std::vector<RecordKey> component, layer;
    std::unordered_set<RecordKey, RecordKeyHash> seen;
    RELIEF_RETURN_IF_ERROR(set_.LoadRecords({&start, 1}));
    if (set_.identity_row(start)) layer.push_back(start);
    seen.insert(start);
    while (!layer.empty()) {
      component.insert(component.end(), layer.begin(), layer.end());
      std::vector<RecordKey> next;
      for (const RecordKey& record : layer) {
        for (const Edge& edge : std::as_const(set_).links(record).edges)
          if (Strong(edge) && seen.insert(edge.other).second) next.push_back(edge.other);
        for (const Constraint& constraint : set_.constraints(record))
          if (seen.insert(constraint.other).second) next.push_back(constraint.other);
      }
      RELIEF_RETURN_IF_ERROR(set_.LoadRecords(next));
      std::erase_if(next, [&](const RecordKey& record) { return set_.identity_row(record) == nullptr; });
      layer = std::move(next);
    }
    std::sort(component.begin(), component.end());
    return component;
  }

  absl::Status ResolveComponent(const std::vector<RecordKey>& component) {
    std::vector<ClusterRecord> records;
    std::unordered_map<RecordKey, int, RecordKeyHash> position;
    for (const RecordKey& key : component) {
      const IdentityRow* identity_row = set_.identity_row(key);
      position.emplace(key, static_cast<int>(records.size()));
      const IdNumber& id = identity_row->identity.id;
      records.push_back({key, identity_row->anchor_day,
                         id.trusted() ? std::string(id.comparable()) : std::string(),
                         identity_row->exclusive_source});
    }
    std::vector<ClusterEdge> edges;
    std::vector<ClusterConstraint> constraints;
    for (const RecordKey& key : component) {
      for (const Edge& edge : std::as_const(set_).links(key).edges)
        if (const auto other = position.find(edge.other); key < edge.other && other != position.end())
          edges.push_back({position.at(key), other->second, edge.score64, edge.vetoes});
      for (const Constraint& constraint : set_.constraints(key))
        if (const auto other = position.find(constraint.other);
            key < constraint.other && other != position.end())
          constraints.push_back({position.at(key), other->second, constraint.verdict});
    }
    const Clustering clustering = ClusterComponent(model_, records, edges, constraints);
    std::set<int> numbered;  // anchors of persons with a trusted number
    for (size_t i = 0; i < records.size(); ++i)
      if (!records[i].trusted_id.empty()) numbered.insert(clustering.anchor[i]);
    for (size_t i = 0; i < records.size(); ++i) {
      const int anchor = clustering.anchor[i];
      Assign(records[i].key, PersonId{records[anchor].key}, numbered.contains(anchor),
             clustering.ambiguous[i]);
    }
    return absl::OkStatus();
  }

  void Assign(const RecordKey& record, const PersonId& person, bool numbered, bool ambiguous) {
    new_members_[person].push_back(record);
    const LinkRow& links = std::as_const(set_).links(record);
    if (set_.was_resolved(record)) old_persons_.insert(links.person);
    if (set_.was_resolved(record) && links.person == person && links.numbered == numbered &&
        links.ambiguous == ambiguous)
      return;
    LinkRow& changed = set_.links(record);
    changed.person = person;
    changed.numbered = numbered;
    changed.ambiguous = ambiguous;
  }

  // At most one conflict for each pair of persons: their best pair of records that an officer should see.
  absl::Status DeriveConflicts(const RecordSet& resolved) {
    std::set<std::pair<RecordKey, RecordKey>> before;
    std::map<std::pair<PersonId, PersonId>, MatchConflict> after;
    std::vector<RecordKey> others;
    for (const RecordKey& record : resolved) {
      const LinkRow& links = std::as_const(set_).links(record);
      for (const Edge& edge : links.edges) others.push_back(edge.other);
      for (const Constraint& constraint : set_.constraints(record)) others.push_back(constraint.other);
      others.insert(others.end(), links.conflicts.begin(), links.conflicts.end());
      for (const RecordKey& other : links.conflicts) before.insert(std::minmax(record, other));
    }
    RELIEF_RETURN_IF_ERROR(set_.LoadRecords(others));

    std::set<std::pair<PersonId, PersonId>> settled;  // an officer told them apart
    for (const RecordKey& record : resolved) {
      if (!set_.identity_row(record)) continue;
      const PersonId person = std::as_const(set_).links(record).person;
      for (const Constraint& constraint : set_.constraints(record))
        if (constraint.verdict == Verdict::kDifferent && set_.identity_row(constraint.other))
          settled.insert(std::minmax(person, std::as_const(set_).links(constraint.other).person));
    }
    for (const RecordKey& record : resolved) {
      if (!set_.identity_row(record)) continue;
      const LinkRow& links = std::as_const(set_).links(record);
      for (const Edge& edge : links.edges) {
        const LinkRow& other_links = std::as_const(set_).links(edge.other);
        const std::pair<PersonId, PersonId> persons = std::minmax(links.person, other_links.person);
        if (persons.first == persons.second || settled.contains(persons)) continue;
        const std::optional<MatchConflict> conflict = ConflictOf(
            record, edge, links.numbered && other_links.numbered, links.ambiguous || other_links.ambiguous);
        if (!conflict) continue;
        const auto [it, added] = after.emplace(persons, *conflict);
        if (!added && Better(*conflict, it->second)) it->second = *conflict;
      }
    }

    std::set<std::pair<RecordKey, RecordKey>> kept;
    for (const auto& [persons, conflict] : after) {
      const std::pair pair(conflict.a, conflict.b);
      kept.insert(pair);
      const std::string row = ConflictRowKey(conflict.a, conflict.b);
      std::string encoded = EncodeConflict(conflict);
      if (before.contains(pair)) {
        RELIEF_ASSIGN_OR_RETURN(auto old, txn_.Get(row));
        if (old.value_or("") == encoded) continue;
        delta_.conflicts_changed.insert(pair);
        txn_.Put(row, std::move(encoded));
        continue;
      }
      txn_.Put(row, std::move(encoded));
      delta_.conflicts_changed.insert(pair);
      ++delta_.conflicts_added;
      AddConflictLink(conflict.a, conflict.b);
      AddConflictLink(conflict.b, conflict.a);
    }
    for (const auto& [a, b] : before) {
      if (kept.contains({a, b})) continue;
      --delta_.conflicts_added;
      delta_.conflicts_changed.insert({a, b});
      txn_.Delete(ConflictRowKey(a, b));
      std::erase(set_.links(a).conflicts, b);
      std::erase(set_.links(b).conflicts, a);
    }
    return absl::OkStatus();
  }

  void AddConflictLink(const RecordKey& at, const RecordKey& other) {
    std::vector<RecordKey>& conflicts = set_.links(at).conflicts;
    conflicts.insert(std::lower_bound(conflicts.begin(), conflicts.end(), other), other);
  }

  static bool Better(const MatchConflict& l, const MatchConflict& r) {
    return std::tuple(-l.bits, l.a, l.b) < std::tuple(-r.bits, r.a, r.b);
  }

  // The conflict that an officer should review between two persons. Returns nothing if no review is needed: both persons
  // have a valid id number of their own (`both_numbered`), so a record that fits both is already with the better match.
  std::optional<MatchConflict> ConflictOf(const RecordKey& record, const Edge& edge, bool both_numbered,
                                          bool ambiguous) const {
    MatchConflict conflict;
    std::tie(conflict.a, conflict.b) = std::minmax(record, edge.other);
    conflict.bits = edge.bits();
    if (edge.vetoes & (kSharedId | kNoNameEvidence)) {
      conflict.kind = ConflictKind::kSharedId;
    } else if (edge.vetoes & kTwoTrustedIds) {
      if (edge.score64 < link64_ || AreTwoMembers(record, edge.other)) return std::nullopt;
      conflict.kind = ConflictKind::kTwoIds;
    } else if (both_numbered && (edge.vetoes != kNoVeto || edge.score64 < link64_ ||
                                 !ShareExclusiveSource(record, edge.other))) {
      return std::nullopt;
    } else if (edge.vetoes == kNoVeto && (ambiguous || edge.score64 >= link64_)) {
      conflict.kind = ConflictKind::kAmbiguousRecord;
    } else {
      conflict.kind = ConflictKind::kUncertainMatch;
    }
    return conflict;
  }

  // Both records are of one source that promised to hold each person once: either it broke the promise, or they are two
  // people.
  bool ShareExclusiveSource(const RecordKey& a, const RecordKey& b) const {
    const IdentityRow *x = set_.identity_row(a), *y = set_.identity_row(b);
    return x && y && x->exclusive_source != 0 && x->exclusive_source == y->exclusive_source;
  }

  // A source lists each member of a household once, these two with valid numbers of their own: relatives of one name, twins.
  // The same name and birth date twice in one household are asked about all the same.
  bool AreTwoMembers(const RecordKey& a, const RecordKey& b) const {
    const IdentityRow *x = set_.identity_row(a), *y = set_.identity_row(b);
    if (!x || !y || x->identity.household.empty() || x->identity.household != y->identity.household)
      return false;
    return x->identity.names != y->identity.names || x->identity.id.birth_date != y->identity.id.birth_date;
  }

  // Person rows of all persons that were or are in the resolved components.
  absl::Status WritePersons() {
    std::vector<std::string> keys;
    std::set<PersonId> all = old_persons_;
    for (auto& [person, members] : new_members_) all.insert(person);
    keys.reserve(all.size());
    for (const PersonId& person : all) keys.push_back(PersonRowKey(person));
    RELIEF_ASSIGN_OR_RETURN(auto rows, txn_.MultiGet(keys));
    size_t i = 0;
    for (const PersonId& person : all) {
      const storage::Row& row = rows[i];
      const std::string& key = keys[i++];
      const auto found = new_members_.find(person);
      if (found == new_members_.end()) {
        if (!row.present()) continue;
        RELIEF_RETURN_IF_ERROR(RememberMembers(person, row));
        txn_.Delete(key);
        --delta_.persons_added;
        delta_.persons[person] = {};
        continue;
      }
      std::sort(found->second.begin(), found->second.end());
      std::string members = EncodeRecords(found->second);
      if (row.present() && row.value == members) continue;
      if (!row.present()) ++delta_.persons_added;
      if (row.present()) {
        if (absl::Status status = RememberMembers(person, row); !status.ok()) return status;
      } else if (std::any_of(found->second.begin(), found->second.end(),
                             [&](const RecordKey& record) { return set_.was_resolved(record); })) {
        delta_.members_before[person] = {};
      }
      txn_.Put(key, std::move(members));
      delta_.persons[person] = found->second;
    }
    return absl::OkStatus();
  }

  absl::Status RememberMembers(const PersonId& person, const storage::Row& row) {
    auto members = DecodeRecords(row.value);
    if (!members) return Damaged("person");
    delta_.members_before[person] = *std::move(members);
    return absl::OkStatus();
  }

  const Model& model_;
  storage::Transaction& txn_;
  WorkingSet set_;
  BlockSecret secret_ = {};
  const int32_t link64_, review64_, doubtful64_, strong64_;
  RecordSet touched_;
  std::map<PersonId, std::vector<RecordKey>> new_members_;
  std::set<PersonId> old_persons_;
  ResolveDelta delta_;
};

}  // namespace

void ResolveDelta::Merge(ResolveDelta&& later) {
  for (auto& [person, members] : later.persons) persons[person] = std::move(members);
  for (auto& [person, members] : later.members_before) members_before.try_emplace(person, std::move(members));
  conflicts_changed.merge(later.conflicts_changed);
  reblocked.merge(later.reblocked);
  persons_added += later.persons_added;
  conflicts_added += later.conflicts_added;
}

Resolver::Resolver(std::shared_ptr<const Model> model, size_t most_remembered)
    : model_(std::move(model)), cache_(std::make_unique<IdentityCache>(most_remembered)) {}
Resolver::~Resolver() = default;

void Resolver::Forget() const { cache_->Clear(); }

absl::StatusOr<ResolveDelta> Resolver::Apply(storage::Transaction& txn,
                                             std::span<const Change> changes) const {
  return Resolution(*model_, *cache_, txn).Apply(changes);
}

absl::StatusOr<ResolveDelta> Resolver::Constrain(storage::Transaction& txn, RecordKey a, RecordKey b,
                                                 std::optional<Verdict> verdict) const {
  if (a == b) return absl::InvalidArgumentError("a record cannot be constrained against itself");
  return Resolution(*model_, *cache_, txn).Constrain(a, b, verdict);
}

absl::Status SetBlockSecret(storage::Transaction& txn, const BlockSecret& secret) {
  auto held = txn.Get(kSecretRow);
  if (!held.ok() || *held) return held.status();
  txn.Put(kSecretRow, std::string(secret.begin(), secret.end()));
  return absl::OkStatus();
}

absl::StatusOr<bool> ClearIndex(storage::Transaction& txn, size_t limit) {
  size_t deleted = 0;
  for (std::string_view prefix : kDerivedPrefixes) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, txn.Scan(prefix, {}, limit - deleted));
    for (const storage::KeyRow& row : rows) txn.Delete(row.key);
    deleted += rows.size();
    if (deleted >= limit) return false;
  }
  return true;
}

}  // namespace relief::matcher
