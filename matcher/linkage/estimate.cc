#include "matcher/linkage/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string_view>
#include <tuple>

#include "matcher/linkage/column_comparison.h"

namespace relief::matcher {
namespace {

constexpr size_t kRandomPairs = 2'000'000;
constexpr int kMaxSteps = 60;
constexpr double kConverged = 1e-4;
constexpr double kLeastM = 1e-5;

double PairsOf(double n) { return n * (n - 1) / 2; }

// 1 / (1 + 2^-bits)
double Probability(double log_odds) { return 1 / (1 + std::exp2(-log_odds)); }

}  // namespace

Linkage::Linkage(const Table& table, const LinkageOptions& options) : table_(table), options_(options) {
  MeasureRates();
  Collect(Candidates(table, options.block_limit));
  Train();
}

void Linkage::MeasureRates() {
  const size_t columns = table_.columns().size();
  const size_t rows = table_.rows();
  std::vector<size_t> of_source(table_.sources());
  for (size_t row = 0; row < rows; ++row) ++of_source[table_.source(row)];
  all_pairs_ = PairsOf(static_cast<double>(rows));
  if (options_.one_per_source)
    for (size_t n : of_source) all_pairs_ -= PairsOf(static_cast<double>(n));

  model_.columns.resize(columns);
  std::vector<std::vector<double>> seen(columns);
  std::vector<double> compared(columns);
  for (size_t c = 0; c < columns; ++c) {
    const size_t count = LevelNames(table_.columns()[c].kind).size();
    model_.columns[c].levels.resize(count);
    seen[c].assign(count, 0);
  }
  const RowComparison comparison(table_);
  std::vector<uint8_t> levels(columns);
  const auto count_pair = [&](size_t a, size_t b) {
    if (a == b || (options_.one_per_source && table_.source(a) == table_.source(b))) return;
    comparison.Compare(std::min(a, b), std::max(a, b), levels.data());
    for (size_t c = 0; c < columns; ++c) {
      if (levels[c] == kMissingLevel) continue;
      ++seen[c][levels[c]];
      ++compared[c];
    }
  };
  if (PairsOf(static_cast<double>(rows)) <= static_cast<double>(kRandomPairs)) {
    for (size_t a = 0; a < rows; ++a)
      for (size_t b = a + 1; b < rows; ++b) count_pair(a, b);
  } else {
    // In the order of their ids, so that the same pairs are drawn whatever the order of the rows.
    std::vector<size_t> by_id(rows);
    std::iota(by_id.begin(), by_id.end(), 0);
    std::sort(by_id.begin(), by_id.end(), [&](size_t l, size_t r) {
      return std::tuple(table_.source(l), std::string_view(table_.id(l)), l) <
             std::tuple(table_.source(r), std::string_view(table_.id(r)), r);
    });
    std::mt19937_64 random(options_.seed);
    for (size_t i = 0; i < kRandomPairs; ++i) {
      const size_t a = random() % rows, b = random() % rows;
      count_pair(by_id[a], by_id[b]);
    }
  }
  for (size_t c = 0; c < columns; ++c) {
    const Column& column = table_.columns()[c];
    ColumnEstimate& estimate = model_.columns[c];
    // The rate of exact agreement from the counts of values: pairs that agree, of pairs that both have one.
    std::vector<std::vector<double>> by_source(table_.sources(), std::vector<double>(column.cells.size()));
    for (size_t row = 0; row < rows; ++row) ++by_source[table_.source(row)][column.value_of_row[row]];
    double agree = 0, filled = 0, filled_pairs = 0;
    for (size_t v = 1; v < column.cells.size(); ++v) {
      agree += PairsOf(column.count[v]);
      filled += column.count[v];
    }
    filled_pairs = PairsOf(filled);
    if (options_.one_per_source) {
      for (const std::vector<double>& counts : by_source) {
        double filled_here = 0;
        for (size_t v = 1; v < counts.size(); ++v) {
          agree -= PairsOf(counts[v]);
          filled_here += counts[v];
        }
        filled_pairs -= PairsOf(filled_here);
      }
    }
    const double floor = 0.5 / std::max(compared[c], 1.0);
    double others = 0;
    for (size_t l = 1; l < estimate.levels.size(); ++l) others += seen[c][l] + 0.5;
    const double exact = filled_pairs > 0 ? std::max(agree, 0.5) / std::max(filled_pairs, 1.0) : 0.5;
    estimate.levels[0].rate = std::min(exact, 0.999);
    for (size_t l = 1; l < estimate.levels.size(); ++l)
      estimate.levels[l].rate = std::max(floor, (1 - estimate.levels[0].rate) * (seen[c][l] + 0.5) / others);
    estimate.exact_bits.assign(column.cells.size(), 0);
    for (size_t v = 1; v < column.cells.size(); ++v)
      estimate.exact_bits[v] = static_cast<float>(
          std::log2(estimate.levels[0].rate * filled / std::max<double>(column.count[v], 1)));
  }
}

float Linkage::Bits(size_t c, uint8_t level, uint32_t value) const {
  const ColumnEstimate& column = model_.columns[c];
  if (level == kMissingLevel) return 0;
  return column.levels[level].bits + (level == kExactLevel ? column.exact_bits[value] : 0.0f);
}

void Linkage::Collect(const Candidates& candidates) {
  const size_t columns = table_.columns().size();
  const RowComparison comparison(table_);
  std::vector<uint32_t> others;
  std::vector<uint8_t> levels(columns);
  for (uint32_t a = 0; a < table_.rows(); ++a) {
    candidates.After(a, &others);
    for (uint32_t b : others) {
      if (options_.one_per_source && table_.source(a) == table_.source(b)) continue;
      ++candidate_count_;
      comparison.Compare(a, b, levels.data());
      size_t compared = 0, different = 0;
      for (size_t c = 0; c < columns; ++c) {
        if (levels[c] == kMissingLevel) continue;
        ++compared;
        different += levels[c] + 1u == model_.columns[c].levels.size();
      }
      if (different + 1 >= compared && compared > 2) continue;  // one chance agreement
      pairs_.push_back({a, b, 0});
      levels_.insert(levels_.end(), levels.begin(), levels.end());
    }
  }
}

void Linkage::Train() {
  const size_t columns = table_.columns().size();
  for (ColumnEstimate& column : model_.columns) {
    const double count = static_cast<double>(column.levels.size());
    for (size_t l = 0; l < column.levels.size(); ++l) column.levels[l].m = l == 0 ? 0.8 : 0.2 / (count - 1);
  }
  model_.prior = std::min(0.1, static_cast<double>(table_.rows()) / 2 / all_pairs_);
  for (int step = 0; step < kMaxSteps; ++step) {
    for (ColumnEstimate& column : model_.columns) {
      for (LevelEstimate& level : column.levels) {
        level.u = std::max((level.rate - model_.prior * level.m) / (1 - model_.prior), level.rate / 100);
        level.bits = static_cast<float>(std::log2(level.m / level.u));
      }
    }
    const double prior_bits = std::log2(model_.prior / (1 - model_.prior));
    std::vector<std::vector<double>> weight(columns);
    for (size_t c = 0; c < columns; ++c) weight[c].assign(model_.columns[c].levels.size(), 0.0);
    double matches = 0;
    for (size_t p = 0; p < pairs_.size(); ++p) {
      ScoredPair& pair = pairs_[p];
      const uint8_t* levels = &levels_[p * columns];
      double bits = prior_bits;
      for (size_t c = 0; c < columns; ++c)
        bits += Bits(c, levels[c], table_.columns()[c].value_of_row[pair.a]);
      pair.log_odds = static_cast<float>(bits);
      if (bits < -20) continue;
      const double probability = Probability(bits);
      matches += probability;
      for (size_t c = 0; c < columns; ++c)
        if (levels[c] != kMissingLevel) weight[c][levels[c]] += probability;
    }
    double change = 0;
    for (size_t c = 0; c < columns; ++c) {
      double total = 0;
      for (double w : weight[c]) total += w + 0.01;
      for (size_t l = 0; l < weight[c].size(); ++l) {
        const double m = std::max(kLeastM, (weight[c][l] + 0.01) / total);
        change = std::max(change, std::abs(m - model_.columns[c].levels[l].m));
        model_.columns[c].levels[l].m = m;
      }
    }
    model_.prior = std::max(matches, 1.0) / all_pairs_;
    model_.convergence.push_back(change);
    if (change < kConverged) break;
  }
  std::vector<ScoredPair> kept;
  for (const ScoredPair& pair : pairs_)
    if (pair.log_odds >= options_.keep_log_odds) kept.push_back(pair);
  pairs_ = std::move(kept);
  levels_.clear();
  levels_.shrink_to_fit();
}

std::vector<float> Linkage::Evidence(uint32_t a, uint32_t b) const {
  std::vector<uint8_t> levels(table_.columns().size());
  RowComparison(table_).Compare(a, b, levels.data());
  std::vector<float> bits;
  for (size_t c = 0; c < levels.size(); ++c)
    bits.push_back(Bits(c, levels[c], table_.columns()[c].value_of_row[a]));
  return bits;
}

}  // namespace relief::matcher
