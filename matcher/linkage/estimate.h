// Fellegi-Sunter weights of a table, estimated without any label.
//
// Every level's rate over all pairs of rows is measured: exactly for EXACT, from random pairs for the others.
// m is estimated by expectation maximisation (Winkler 1988) over the candidate pairs; pairs that are not
// candidates count as pairs of two different persons, so that the choice of blocks does not bend the
// estimates. u is then what is left of the rate: rate = prior * m + (1 - prior) * u. An exact agreement on a
// common value is worth less than on a rare one (term frequency).
//
// Where columns go together in pairs of two persons (state, county, city, postcode), EM may find those who live
// together rather than those who are one. If what it found looks so, such columns become one view: how they agree
// is one comparison, whose levels are the combinations, and living in one place is counted once.
//
// Deterministic: the same rows (told by their ids) and seed give the same model, whatever their order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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

// Columns that are counted together; most often one.
struct ViewEstimate {
  std::vector<size_t> columns;
  std::vector<LevelEstimate> levels;  // of the combinations; empty where it is one column, which has its own
  bool coarse = false;  // there would be too many: all levels between EXACT and DIFFERENT count as one
};

struct LinkageModel {
  std::vector<ColumnEstimate> columns;
  std::vector<ViewEstimate> views;
  double prior = 0;                 // of two random rows that may be linked being one person
  std::vector<double> convergence;  // the greatest change of any m, step by step
  // Why the data cannot tell people apart by themselves, in one sentence; empty where they can. The weights, and what is
  // estimated of them, are then not to be trusted.
  std::string doubt;
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
  // Where each source holds a person once: how many pairs of rows of different sources the model takes for one person though
  // they are two, reckoned from the pairs within a source that it takes for one person. Nothing without that promise.
  std::optional<double> false_pairs() const { return false_pairs_; }

  // Bits of one pair by column, for explanations; of columns that are counted together, the first has them all.
  std::vector<float> Evidence(uint32_t a, uint32_t b) const;

 private:
  void MeasureRates();
  void MeasureView(const std::map<std::vector<uint8_t>, double>& combined, ViewEstimate* view);
  void Collect(const Candidates& candidates);
  void Train();
  void Reckon(const Candidates& candidates);
  bool FoundSomethingElse(const std::vector<ViewEstimate>& together) const;
  void Forget();  // pairs that are hardly one person

  float Bits(size_t column, uint8_t level, uint32_t value) const;
  // Of all that `levels` says in this view; `row` is one of the two.
  float ViewBits(const ViewEstimate& view, const uint8_t* levels, uint32_t row) const;
  size_t Combination(const ViewEstimate& view, const uint8_t* levels) const;
  size_t LevelsIn(const ViewEstimate& view, size_t column) const;  // without the missing one
  size_t LevelIn(const ViewEstimate& view, size_t column, const uint8_t* levels) const;
  double IndependentM(const ViewEstimate& view, size_t combination) const;

  const Table& table_;
  const LinkageOptions options_;
  LinkageModel model_;
  double all_pairs_ = 0;
  size_t candidate_count_ = 0;
  std::vector<ScoredPair> pairs_;
  std::vector<uint8_t> levels_;  // of pairs_, column by column
  std::optional<double> false_pairs_;
};

}  // namespace relief::matcher
