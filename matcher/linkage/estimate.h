// Fellegi-Sunter weights of a table, estimated without any label.
//
// Every level's rate over all pairs of rows is measured: exactly for EXACT, from random pairs for the others.
// m is estimated by expectation maximisation (Winkler 1988) over the candidate pairs; pairs that are not
// candidates count as pairs of two different persons, so that the choice of blocks does not bend the
// estimates. u is then what is left of the rate: rate = prior * m + (1 - prior) * u. An exact agreement on a
// common value is worth less than on a rare one (term frequency).
//
// Deterministic: the same rows (told by their ids) and seed give the same model, whatever their order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "matcher/linkage/candidates.h"
#include "matcher/linkage/table.h"

namespace relief::matcher {

struct LevelEstimate {
  double m = 0, u = 0;
  double rate = 0;  // over all pairs
  float bits = 0;   // log2(m / u)
};

struct ColumnEstimate {
  std::vector<LevelEstimate> levels;
  std::vector<float> exact_bits;  // of agreeing on each value, term frequency included
};

struct LinkageModel {
  std::vector<ColumnEstimate> columns;
  double prior = 0;                 // of two random rows that may be linked being one person
  std::vector<double> convergence;  // the greatest change of any m, step by step
};

struct ScoredPair {
  uint32_t a = 0, b = 0;  // a < b
  float log_odds = 0;     // of being one person: the prior's bits and the evidence's; 0 is even odds
};

struct LinkageOptions {
  bool one_per_source =
      false;  // a source holds each person at most once: its rows are not compared with one another
  size_t block_limit = 60;
  uint64_t seed = 1;
  double keep_log_odds = -12;  // pairs below are forgotten
};

class Linkage {
 public:
  Linkage(const Table& table, const LinkageOptions& options);

  const LinkageModel& model() const { return model_; }
  const std::vector<ScoredPair>& pairs() const { return pairs_; }
  size_t candidates() const { return candidate_count_; }

  // Bits of one pair by column, for explanations.
  std::vector<float> Evidence(uint32_t a, uint32_t b) const;

 private:
  void MeasureRates();
  void Collect(const Candidates& candidates);
  void Train();

  float Bits(size_t column, uint8_t level, uint32_t value) const;

  const Table& table_;
  const LinkageOptions options_;
  LinkageModel model_;
  double all_pairs_ = 0;
  size_t candidate_count_ = 0;
  std::vector<ScoredPair> pairs_;
  std::vector<uint8_t> levels_;  // of pairs_, column by column
};

}  // namespace relief::matcher
