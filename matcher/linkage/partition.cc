#include "matcher/linkage/partition.h"

#include <algorithm>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>

namespace relief::matcher {
namespace {

// What is known of the pairs between two clusters.
struct Between {
  double sum = 0;
  uint32_t scored = 0;
};

struct Proposal {
  double mean;
  uint32_t a, b;  // a < b
  uint32_t version_a, version_b;

  // The best one is on top of the queue.
  friend bool operator<(const Proposal& l, const Proposal& r) {
    return std::tuple(l.mean, r.a, r.b) < std::tuple(r.mean, l.a, l.b);
  }
};

class Agglomeration {
 public:
  Agglomeration(const Table& table, std::span<const ScoredPair> pairs, const PartitionOptions& options)
      : options_(options),
        parent_(table.rows()),
        size_(table.rows(), 1),
        version_(table.rows(), 0),
        between_(table.rows()),
        sources_(options.one_per_source ? table.rows() : 0) {
    for (uint32_t row = 0; row < table.rows(); ++row) {
      parent_[row] = row;
      if (options.one_per_source) sources_[row] = {table.source(row)};
    }
    for (const ScoredPair& pair : pairs) {
      const double bits = std::clamp<double>(pair.log_odds, -options.cap, options.cap);
      between_[pair.a][pair.b] = between_[pair.b][pair.a] = {bits, 1};
    }
    for (const ScoredPair& pair : pairs) Propose(pair.a, pair.b);
  }

  std::vector<uint32_t> Run() {
    while (!queue_.empty()) {
      const Proposal top = queue_.top();
      queue_.pop();
      if (version_[top.a] == top.version_a && version_[top.b] == top.version_b) Join(top.a, top.b);
    }
    std::vector<uint32_t> cluster(parent_.size());
    // A cluster is named by its first row: parents are always the smaller row.
    for (uint32_t row = 0; row < cluster.size(); ++row)
      cluster[row] = parent_[row] == row ? row : cluster[parent_[row]];
    return cluster;
  }

 private:
  double Mean(uint32_t a, uint32_t b, const Between& between) const {
    const double all = static_cast<double>(size_[a]) * size_[b];
    return (between.sum + options_.absent_log_odds * (all - between.scored)) / all;
  }

  void Propose(uint32_t a, uint32_t b) {
    if (b < a) std::swap(a, b);
    if (options_.one_per_source && std::any_of(sources_[a].begin(), sources_[a].end(),
                                               [&](uint16_t s) { return sources_[b].contains(s); }))
      return;
    const double mean = Mean(a, b, between_[a].at(b));
    if (mean >= options_.threshold) queue_.push({mean, a, b, version_[a], version_[b]});
  }

  void Join(uint32_t a, uint32_t b) {
    parent_[b] = a;
    if (options_.one_per_source) sources_[a].merge(sources_[b]);
    std::unordered_map<uint32_t, Between> old = std::move(between_[b]);
    between_[b].clear();
    between_[a].erase(b);
    for (const auto& [other, pairs] : old) {
      if (other == a) continue;
      Between& mine = between_[a][other];
      mine.sum += pairs.sum;
      mine.scored += pairs.scored;
      between_[other].erase(b);
      between_[other][a] = mine;
    }
    size_[a] += size_[b];
    ++version_[a];
    ++version_[b];
    for (const auto& [other, pairs] : between_[a]) Propose(a, other);
  }

  const PartitionOptions options_;
  std::vector<uint32_t> parent_;
  std::vector<uint32_t> size_;
  std::vector<uint32_t> version_;  // of a cluster: proposals of an older one are void
  std::vector<std::unordered_map<uint32_t, Between>> between_;
  std::vector<std::set<uint16_t>> sources_;
  std::priority_queue<Proposal> queue_;
};

}  // namespace

std::vector<uint32_t> Partition(const Table& table, std::span<const ScoredPair> pairs,
                                const PartitionOptions& options) {
  return Agglomeration(table, pairs, options).Run();
}

}  // namespace relief::matcher
