#include "matcher/resolve/explain.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/resolve/index_reader.h"
#include "matcher/resolve/index_rows.h"
#include "storage/status_macros.h"

namespace relief::matcher {
namespace {

template <typename T>
absl::StatusOr<std::vector<T>> Decoded(const storage::Reader& reader, const std::vector<std::string>& keys,
                                       std::optional<T> (*decode)(std::string_view), const char* what) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  std::vector<T> decoded;
  for (const storage::Row& row : rows) {
    if (!row.present()) return absl::NotFoundError(std::string("no such ") + what);
    auto value = decode(row.value);
    if (!value) return Damaged(what);
    decoded.push_back(*std::move(value));
  }
  return decoded;
}

absl::StatusOr<std::vector<Constraint>> ConstraintsOf(const storage::Reader& reader, RecordKey record) {
  const std::string key = ConstraintsRowKey(record);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return std::vector<Constraint>();
  auto constraints = DecodeConstraints(rows[0].value);
  if (!constraints) return Damaged("constraints");
  return *std::move(constraints);
}

absl::StatusOr<bool> WereCompared(const storage::Reader& reader, const Identity& a, const Identity& b) {
  RELIEF_ASSIGN_OR_RETURN(const auto secret, ReadBlockSecret(reader));
  const std::vector<BlockKey> x = BlockingKeys(a, secret), y = BlockingKeys(b, secret);
  std::vector<BlockKey> common;
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(common));
  std::vector<std::string> keys;
  keys.reserve(common.size());
  for (BlockKey key : common) keys.push_back(BlockRowKey(key));
  RELIEF_ASSIGN_OR_RETURN(auto blocks, Decoded(reader, keys, DecodeBlockRow, "block"));
  return std::any_of(blocks.begin(), blocks.end(),
                     [](const BlockRow& block) { return !block.records.empty(); });
}

}  // namespace

absl::StatusOr<PairOutcome> ExplainPair(const storage::Reader& reader, const Model& model, RecordKey a,
                                        RecordKey b) {
  RELIEF_ASSIGN_OR_RETURN(auto links,
                          Decoded(reader, {LinkRowKey(a), LinkRowKey(b)}, DecodeLinkRow, "record"));
  RELIEF_ASSIGN_OR_RETURN(auto identity_rows, Decoded(reader, {IdentityRowKey(a), IdentityRowKey(b)},
                                                      DecodeIdentityRow, "record"));
  RELIEF_ASSIGN_OR_RETURN(auto constraints, ConstraintsOf(reader, a));
  const bool same = links[0].person == links[1].person;
  for (const Constraint& constraint : constraints) {
    if (constraint.other != b) continue;
    if (constraint.verdict == Verdict::kDifferent && !same) return PairOutcome::kDifferentByOfficer;
    if (constraint.verdict == Verdict::kSame && same) return PairOutcome::kSameByOfficer;
  }
  const Identity &first = identity_rows[0].identity, &second = identity_rows[1].identity;
  RELIEF_ASSIGN_OR_RETURN(const auto phone_of_many, PhoneIsOfMany(reader, model, first, second));
  const PairScore score = Score(model, first, second, nullptr, phone_of_many);
  RELIEF_ASSIGN_OR_RETURN(const auto compared, WereCompared(reader, first, second));
  const bool links_by_itself = compared && score.vetoes == kNoVeto && score.bits >= model.link_threshold();
  if (same) return links_by_itself ? PairOutcome::kSamePerson : PairOutcome::kSameThroughOthers;
  const std::vector<RecordKey>& conflicts = links[0].conflicts;
  if (std::binary_search(conflicts.begin(), conflicts.end(), b)) return PairOutcome::kInReview;
  if (!compared) return PairOutcome::kNotCompared;
  if (score.vetoes & ~kDoubts) return PairOutcome::kVetoed;
  if (score.bits < (score.vetoes ? model.doubtful_review_threshold() : model.review_threshold()))
    return PairOutcome::kTooWeak;
  if (score.vetoes != kNoVeto) return PairOutcome::kVetoed;
  if (links_by_itself && (links[0].ambiguous || links[1].ambiguous)) return PairOutcome::kAmbiguous;
  return PairOutcome::kKeptApart;
}

absl::StatusOr<std::vector<PersonLink>> ExplainPerson(const storage::Reader& reader, PersonId person) {
  RELIEF_ASSIGN_OR_RETURN(auto members, MembersOf(reader, person));
  std::map<RecordKey, size_t> position;
  std::vector<std::string> keys;
  for (const RecordKey& member : members) {
    position.emplace(member, position.size());
    keys.push_back(LinkRowKey(member));
  }
  RELIEF_ASSIGN_OR_RETURN(auto links, Decoded(reader, keys, DecodeLinkRow, "record"));
  std::vector<PersonLink> all;
  for (size_t i = 0; i < members.size(); ++i) {
    const RecordKey& a = members[i];
    for (const Edge& edge : links[i].edges)
      if (a < edge.other && position.contains(edge.other) && edge.vetoes == kNoVeto)
        all.push_back({a, edge.other, edge.bits(), false});
    RELIEF_ASSIGN_OR_RETURN(auto constraints, ConstraintsOf(reader, a));
    for (const Constraint& constraint : constraints)
      if (a < constraint.other && constraint.verdict == Verdict::kSame && position.contains(constraint.other))
        all.push_back({a, constraint.other, 0, true});
  }
  std::sort(all.begin(), all.end(), [](const PersonLink& l, const PersonLink& r) {
    return std::tuple(!l.by_officer, -l.bits, l.a, l.b) < std::tuple(!r.by_officer, -r.bits, r.a, r.b);
  });
  std::vector<size_t> parent(members.size());
  std::iota(parent.begin(), parent.end(), 0);
  const auto find = [&](size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  std::vector<PersonLink> tree;
  for (const PersonLink& link : all) {
    const size_t x = find(position.at(link.a)), y = find(position.at(link.b));
    if (x == y) continue;
    parent[y] = x;
    tree.push_back(link);
  }
  std::reverse(tree.begin(), tree.end());
  return tree;
}

}  // namespace relief::matcher
