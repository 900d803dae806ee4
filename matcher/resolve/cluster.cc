#include "matcher/resolve/cluster.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "matcher/compare/scorer.h"

namespace relief::matcher {
namespace {

class Clusters {
 public:
  Clusters(std::span<const ClusterRecord> records, std::span<const ClusterEdge> edges,
           std::span<const ClusterConstraint> constraints)
      : parent_(records.size()),
        held_(records.size(), false),
        members_(records.size()),
        ids_(records.size()),
        sources_(records.size()),
        apart_(records.size()),
        doubtful_(records.size()),
        doubted_(records.size()) {
    std::iota(parent_.begin(), parent_.end(), 0);
    for (size_t i = 0; i < records.size(); ++i) {
      members_[i] = {static_cast<int>(i)};
      if (!records[i].trusted_id.empty()) ids_[i].insert(records[i].trusted_id);
      if (records[i].exclusive_source != 0) sources_[i].insert(records[i].exclusive_source);
    }
    std::set<int> decided;  // an officer said whose number it is
    for (const ClusterConstraint& constraint : constraints) {
      if (constraint.verdict == Verdict::kSame) {
        decided.insert({constraint.a, constraint.b});
        continue;
      }
      apart_[constraint.a].insert(constraint.b);
      apart_[constraint.b].insert(constraint.a);
    }
    for (const ClusterEdge& edge : edges) {
      if (edge.vetoes & kNamesDiffer) {
        doubted_[edge.a].insert(edge.b);
        doubted_[edge.b].insert(edge.a);
      }
      if (!(edge.vetoes & (kSharedId | kNoNameEvidence)) || decided.contains(edge.a) ||
          decided.contains(edge.b))
        continue;
      doubtful_[edge.a].insert(edge.b);
      doubtful_[edge.b].insert(edge.a);
    }
  }

  int Find(int record) {
    while (parent_[record] != record) record = parent_[record] = parent_[parent_[record]];
    return record;
  }

  void Join(int x, int y) {
    if (members_[x].size() < members_[y].size() || (members_[x].size() == members_[y].size() && y < x))
      std::swap(x, y);
    parent_[y] = x;
    members_[x].insert(members_[x].end(), members_[y].begin(), members_[y].end());
    ids_[x].merge(ids_[y]);
    sources_[x].merge(sources_[y]);
    held_[x] = held_[x] || held_[y];
  }

  // An officer said that somebody of x is not somebody of y.
  bool KeptApart(int x, int y) { return AnyBetween(apart_, x, y); }

  // No trusted number in common: two people, unless an officer said otherwise.
  bool NumbersDiffer(int x, int y) const {
    if (ids_[x].empty() || ids_[y].empty()) return false;
    return std::none_of(ids_[x].begin(), ids_[x].end(),
                        [&](const std::string& id) { return ids_[y].contains(id); });
  }
  // Somebody of x and somebody of y have one number and different names: a third record between them does not
  // make them one person.
  bool ShareDoubtfully(int x, int y) { return AnyBetween(doubtful_, x, y); }
  // Somebody of x and somebody of y look like relatives, and no number of both says otherwise.
  bool LookLikeRelatives(int x, int y) {
    return (ids_[x].empty() || ids_[y].empty()) && AnyBetween(doubted_, x, y);
  }
  // Both have a record of a source that holds each person once.
  bool ShareSource(int x, int y) const {
    return std::any_of(sources_[x].begin(), sources_[x].end(),
                       [&](uint64_t source) { return sources_[y].contains(source); });
  }
  bool Incompatible(int x, int y) {
    return NumbersDiffer(x, y) || ShareSource(x, y) || KeptApart(x, y) || ShareDoubtfully(x, y) ||
           LookLikeRelatives(x, y);
  }

  bool has_number(int x) const { return !ids_[x].empty(); }
  bool held(int x) const { return held_[x]; }
  void Hold(int x) { held_[x] = true; }
  const std::vector<int>& members(int x) const { return members_[x]; }

 private:
  bool AnyBetween(const std::vector<std::set<int>>& pairs, int x, int y) {
    if (members_[x].size() > members_[y].size()) std::swap(x, y);
    for (int member : members_[x])
      for (int other : pairs[member])
        if (Find(other) == y) return true;
    return false;
  }

  std::vector<int> parent_;
  std::vector<bool> held_;
  std::vector<std::vector<int>> members_;
  std::vector<std::set<std::string>> ids_;
  std::vector<std::set<uint64_t>> sources_;
  std::vector<std::set<int>> apart_, doubtful_, doubted_;
};

}  // namespace

Clustering ClusterComponent(const Model& model, std::span<const ClusterRecord> records,
                            std::span<const ClusterEdge> edges,
                            std::span<const ClusterConstraint> constraints) {
  Clusters clusters(records, edges, constraints);

  std::vector<std::pair<int, int>> same;
  for (const ClusterConstraint& constraint : constraints)
    if (constraint.verdict == Verdict::kSame) same.emplace_back(std::minmax(constraint.a, constraint.b));
  std::sort(same.begin(), same.end());
  for (const auto& [a, b] : same) {
    const int x = clusters.Find(a), y = clusters.Find(b);
    if (x != y && !clusters.KeptApart(x, y)) clusters.Join(x, y);
  }

  const auto link64 = static_cast<int32_t>(model.link_threshold() * 64);
  const auto margin64 = static_cast<int32_t>(model.ambiguity_margin() * 64);
  std::vector<ClusterEdge> links;
  std::vector<std::vector<ClusterEdge>> rivals(
      records.size());  // edges that may make a record ambiguous, by record
  for (ClusterEdge edge : edges) {
    if (edge.vetoes != kNoVeto || edge.score64 < link64 - margin64) continue;
    if (edge.a > edge.b) std::swap(edge.a, edge.b);
    if (edge.score64 >= link64) links.push_back(edge);
    rivals[edge.a].push_back(edge);
    rivals[edge.b].push_back(edge);
  }
  std::sort(links.begin(), links.end(), [](const ClusterEdge& l, const ClusterEdge& r) {
    return std::tuple(-l.score64, l.a, l.b) < std::tuple(-r.score64, r.a, r.b);
  });

  // Whether x, which would join y by a link of this score, fits somebody incompatible with y about as well.
  const auto has_rival = [&](int x, int y, int32_t score64) {
    for (int member : clusters.members(x)) {
      for (const ClusterEdge& edge : rivals[member]) {
        const int z = clusters.Find(edge.a == member ? edge.b : edge.a);
        if (z != x && z != y && edge.score64 > score64 - margin64 && clusters.Incompatible(y, z) &&
            !clusters.Incompatible(x, z))
          return true;
      }
    }
    return false;
  };

  for (const ClusterEdge& link : links) {
    const int x = clusters.Find(link.a), y = clusters.Find(link.b);
    if (x == y || clusters.held(x) || clusters.held(y) || clusters.Incompatible(x, y)) continue;
    // Only a side without a number of its own can fit two persons.
    if (!clusters.has_number(x) && has_rival(x, y, link.score64)) {
      clusters.Hold(x);
    } else if (!clusters.has_number(y) && has_rival(y, x, link.score64)) {
      clusters.Hold(y);
    } else {
      clusters.Join(x, y);
    }
  }

  Clustering result;
  result.anchor.resize(records.size());
  result.ambiguous.resize(records.size());
  std::vector<int> anchor_of(records.size(), -1);
  for (size_t i = 0; i < records.size(); ++i) {
    const int cluster = clusters.Find(static_cast<int>(i));
    int& anchor = anchor_of[cluster];
    if (anchor < 0 || records[i].anchor_day < records[anchor].anchor_day) anchor = static_cast<int>(i);
  }
  for (size_t i = 0; i < records.size(); ++i) {
    const int cluster = clusters.Find(static_cast<int>(i));
    result.anchor[i] = anchor_of[cluster];
    result.ambiguous[i] = clusters.held(cluster);
  }
  return result;
}

}  // namespace relief::matcher
