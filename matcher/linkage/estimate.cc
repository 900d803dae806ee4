#include "matcher/linkage/estimate.h"

#include <algorithm>
#include <cmath>
#include <map>
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
constexpr size_t kMostCombinations = 2000;
constexpr double kGoTogether =
    2.5;  // agreeing in both is so many times as frequent as if they were independent
constexpr double kSeenTogether = 20;  // pairs, before that is believed
constexpr double kBackOff = 20;       // pairs' worth of belief in independence, where few were seen
constexpr size_t kLeastViews = 3;     // a mixture of two classes is not determined by fewer

double PairsOf(double n) { return n * (n - 1) / 2; }

// 1 / (1 + 2^-bits)
double Probability(double log_odds) { return 1 / (1 + std::exp2(-log_odds)); }

// How often columns agree together in pairs of two persons.
class Together {
 public:
  explicit Together(size_t columns)
      : columns_(columns),
        both_(columns * columns),
        compared_(columns * columns),
        of_first_(columns * columns) {}

  void Add(const std::vector<uint8_t>& levels, const std::vector<ColumnEstimate>& columns) {
    const auto differs = [&](size_t c) {
      return levels[c] != kMissingLevel && levels[c] + 1u == columns[c].levels.size();
    };
    size_t compared = 0, different = 0;
    for (size_t c = 0; c < columns_; ++c) {
      compared += levels[c] != kMissingLevel;
      different += differs(c);
    }
    for (size_t c = 0; c < columns_; ++c) {
      if (levels[c] == kMissingLevel) continue;
      for (size_t d = 0; d < columns_; ++d) {
        if (c == d || levels[d] == kMissingLevel) continue;
        // Rows of one person seldom differ in half of the other columns.
        const size_t others = compared - 2, differ = different - differs(c) - differs(d);
        if (differ < std::min<size_t>(2, others) || 2 * differ < others) continue;
        ++compared_[c * columns_ + d];
        if (levels[c] != kExactLevel) continue;
        ++of_first_[c * columns_ + d];
        if (levels[d] == kExactLevel) ++both_[c * columns_ + d];
      }
    }
  }

  // Groups of columns that go together, directly or through others; each sorted, in the order of their first column.
  std::vector<std::vector<size_t>> Groups() const {
    std::vector<size_t> parent(columns_);
    std::iota(parent.begin(), parent.end(), 0);
    const auto find = [&](size_t c) {
      while (parent[c] != c) c = parent[c];
      return c;
    };
    for (size_t c = 0; c < columns_; ++c)
      for (size_t d = c + 1; d < columns_; ++d)
        if (GoTogether(c, d)) parent[std::max(find(c), find(d))] = std::min(find(c), find(d));
    std::vector<std::vector<size_t>> groups(columns_);
    for (size_t c = 0; c < columns_; ++c) groups[find(c)].push_back(c);
    std::erase_if(groups, [](const std::vector<size_t>& group) { return group.empty(); });
    return groups;
  }

 private:
  bool GoTogether(size_t c, size_t d) const {
    const size_t at = c * columns_ + d, back = d * columns_ + c;
    return both_[at] >= kSeenTogether &&
           both_[at] * compared_[at] >= kGoTogether * of_first_[at] * of_first_[back];
  }

  const size_t columns_;
  std::vector<double> both_, compared_, of_first_;
};

}  // namespace

Linkage::Linkage(const Table& table, const LinkageOptions& options) : table_(table), options_(options) {
  MeasureRates();
  const Candidates candidates(table, options.block_limit);
  Collect(candidates);
  const std::string doubt = model_.doubt;
  std::vector<ViewEstimate> together = std::move(model_.views);
  model_.views.clear();
  for (size_t c = 0; c < table.columns().size(); ++c) model_.views.push_back({{c}, {}, false});
  Train();
  Reckon(candidates);
  if (together.size() < model_.views.size() && FoundSomethingElse(together)) {
    model_.views = std::move(together);
    model_.convergence.clear();
    model_.doubt = doubt;
    Train();
    Reckon(candidates);
  }
  Forget();
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
  Together together(columns);
  std::map<std::vector<uint8_t>, double> combined;  // how often each combination of all levels was seen
  const auto count_pair = [&](size_t a, size_t b) {
    if (a == b) return;
    const bool may_be_one = !options_.one_per_source || table_.source(a) != table_.source(b);
    comparison.Compare(std::min(a, b), std::max(a, b), levels.data());
    if (!may_be_one || !options_.one_per_source || table_.sources() < 2) together.Add(levels, model_.columns);
    if (!may_be_one) return;
    ++combined[levels];
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
  for (std::vector<size_t>& group : together.Groups()) {
    ViewEstimate& view = model_.views.emplace_back(ViewEstimate{std::move(group), {}});
    if (view.columns.size() > 1) MeasureView(combined, &view);
  }
  if (model_.views.size() < kLeastViews)
    model_.doubt =
        "The columns say fewer than three things that do not depend on one another: they do not tell who is "
        "one "
        "person.";
}

// The rates of all combinations of a view's levels: as they were seen, and where few were seen as if the columns were
// independent.
void Linkage::MeasureView(const std::map<std::vector<uint8_t>, double>& combined, ViewEstimate* view) {
  size_t count = 1;
  for (size_t c : view->columns) count *= model_.columns[c].levels.size() + 1;
  view->coarse = count > kMostCombinations;
  count = 1;
  for (size_t c : view->columns) count *= LevelsIn(*view, c) + 1;
  view->levels.resize(count);
  std::vector<std::vector<double>> alone;  // by column: the rate of each level, the missing one last
  for (size_t c : view->columns) alone.emplace_back(LevelsIn(*view, c) + 1, 0.5);
  double total = 0;
  std::vector<double> seen(count);
  for (const auto& [levels, n] : combined) {
    total += n;
    seen[Combination(*view, levels.data())] += n;
    for (size_t i = 0; i < view->columns.size(); ++i)
      alone[i][LevelIn(*view, view->columns[i], levels.data())] += n;
  }
  for (size_t code = 0; code < count; ++code) {
    double independent = 1;
    for (size_t i = 0, rest = code; i < view->columns.size(); ++i) {
      const size_t size = alone[i].size();
      independent *= alone[i][rest % size] / (total + 0.5 * static_cast<double>(size));
      rest /= size;
    }
    view->levels[code].rate = (seen[code] + kBackOff * independent) / (total + kBackOff);
  }
}

size_t Linkage::LevelsIn(const ViewEstimate& view, size_t column) const {
  return view.coarse ? std::min<size_t>(3, model_.columns[column].levels.size())
                     : model_.columns[column].levels.size();
}

// EXACT is 0; where it is coarse, DIFFERENT is the last and all between is one. Missing comes after the last.
size_t Linkage::LevelIn(const ViewEstimate& view, size_t column, const uint8_t* levels) const {
  const size_t all = model_.columns[column].levels.size(), kept = LevelsIn(view, column);
  const uint8_t level = levels[column];
  if (level == kMissingLevel) return kept;
  if (!view.coarse || level == kExactLevel) return level;
  return level + 1u == all ? kept - 1 : 1;
}

size_t Linkage::Combination(const ViewEstimate& view, const uint8_t* levels) const {
  size_t code = 0, stride = 1;
  for (size_t c : view.columns) {
    code += LevelIn(view, c, levels) * stride;
    stride *= LevelsIn(view, c) + 1;
  }
  return code;
}

float Linkage::ViewBits(const ViewEstimate& view, const uint8_t* levels, uint32_t row) const {
  const auto value = [&](size_t c) { return table_.columns()[c].value_of_row[row]; };
  if (view.levels.empty()) return Bits(view.columns[0], levels[view.columns[0]], value(view.columns[0]));
  float bits = view.levels[Combination(view, levels)].bits;
  // How rare the value is, of the column that tells most.
  size_t rarest = table_.columns().size();
  for (size_t c : view.columns)
    if (levels[c] == kExactLevel &&
        (rarest == table_.columns().size() ||
         model_.columns[c].levels[0].rate < model_.columns[rarest].levels[0].rate))
      rarest = c;
  if (rarest < table_.columns().size()) bits += model_.columns[rarest].exact_bits[value(rarest)];
  return bits;
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
  for (ViewEstimate& view : model_.views)
    for (size_t code = 0; code < view.levels.size(); ++code) view.levels[code].m = IndependentM(view, code);
  model_.prior = std::min(0.1, static_cast<double>(table_.rows()) / 2 / all_pairs_);
  for (int step = 0; step < kMaxSteps; ++step) {
    const auto weigh = [&](std::vector<LevelEstimate>& levels) {
      for (LevelEstimate& level : levels) {
        level.u = std::max((level.rate - model_.prior * level.m) / (1 - model_.prior), level.rate / 100);
        level.bits = static_cast<float>(std::log2(level.m / level.u));
      }
    };
    for (ColumnEstimate& column : model_.columns) weigh(column.levels);
    for (ViewEstimate& view : model_.views) weigh(view.levels);
    const double prior_bits = std::log2(model_.prior / (1 - model_.prior));
    std::vector<std::vector<double>> weight(columns), together(model_.views.size());
    for (size_t c = 0; c < columns; ++c) weight[c].assign(model_.columns[c].levels.size(), 0.0);
    for (size_t v = 0; v < together.size(); ++v) together[v].assign(model_.views[v].levels.size(), 0.0);
    double matches = 0;
    for (size_t p = 0; p < pairs_.size(); ++p) {
      ScoredPair& pair = pairs_[p];
      const uint8_t* levels = &levels_[p * columns];
      double bits = prior_bits;
      for (const ViewEstimate& view : model_.views) bits += ViewBits(view, levels, pair.a);
      pair.log_odds = static_cast<float>(bits);
      if (bits < -20) continue;
      const double probability = Probability(bits);
      matches += probability;
      for (size_t c = 0; c < columns; ++c)
        if (levels[c] != kMissingLevel) weight[c][levels[c]] += probability;
      for (size_t v = 0; v < together.size(); ++v)
        if (!together[v].empty()) together[v][Combination(model_.views[v], levels)] += probability;
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
    for (size_t v = 0; v < together.size(); ++v) {
      for (size_t code = 0; code < together[v].size(); ++code) {
        const double m =
            std::max(kLeastM, (together[v][code] + kBackOff * IndependentM(model_.views[v], code)) /
                                  (matches + kBackOff));
        change = std::max(change, std::abs(m - model_.views[v].levels[code].m));
        model_.views[v].levels[code].m = m;
      }
    }
    model_.prior = std::max(matches, 1.0) / all_pairs_;
    model_.convergence.push_back(change);
    if (change < kConverged) break;
  }
}

// What EM takes for one person is something else, which columns that go together have in common: most of its pairs differ
// in a column that stands alone, or many pairs within a source are of it.
bool Linkage::FoundSomethingElse(const std::vector<ViewEstimate>& together) const {
  constexpr double kMostlyDifferent = 0.5, kManyFalse = 0.2;
  for (const ViewEstimate& view : together)
    if (view.columns.size() == 1 && model_.columns[view.columns[0]].levels.back().m > kMostlyDifferent)
      return true;
  const auto linked = static_cast<double>(
      std::ranges::count_if(pairs_, [](const ScoredPair& pair) { return pair.log_odds >= 0; }));
  return false_pairs_ && *false_pairs_ > kManyFalse * linked;
}

void Linkage::Forget() {
  std::vector<ScoredPair> kept;
  for (const ScoredPair& pair : pairs_)
    if (pair.log_odds >= options_.keep_log_odds) kept.push_back(pair);
  pairs_ = std::move(kept);
  levels_.clear();
  levels_.shrink_to_fit();
}

// m of a combination as if its columns were independent of one another.
double Linkage::IndependentM(const ViewEstimate& view, size_t code) const {
  constexpr double kMissingM = 0.05;
  double m = 1;
  for (size_t c : view.columns) {
    const std::vector<LevelEstimate>& levels = model_.columns[c].levels;
    const size_t kept = LevelsIn(view, c), level = code % (kept + 1);
    code /= kept + 1;
    if (level == kept) {
      m *= kMissingM;
    } else if (!view.coarse || level == kExactLevel || level + 1 == kept) {
      m *= level + 1 == kept ? levels.back().m : levels[level].m;
    } else {
      double between = 0;
      for (size_t l = 1; l + 1 < levels.size(); ++l) between += levels[l].m;
      m *= between;
    }
  }
  return m;
}

void Linkage::Reckon(const Candidates& candidates) {
  const double prior_bits = std::log2(model_.prior / (1 - model_.prior));
  if (!options_.one_per_source) return;
  // Two rows of one source are two people: those that look like one show how often two rows of different sources do.
  double within = 0, looks_like_one = 0;
  std::vector<size_t> of_source(table_.sources());
  for (size_t row = 0; row < table_.rows(); ++row) ++of_source[table_.source(row)];
  for (size_t n : of_source) within += PairsOf(static_cast<double>(n));
  const RowComparison comparison(table_);
  std::vector<uint32_t> others;
  std::vector<uint8_t> levels(table_.columns().size());
  for (uint32_t a = 0; a < table_.rows(); ++a) {
    candidates.After(a, &others);
    for (uint32_t b : others) {
      if (table_.source(a) != table_.source(b)) continue;
      comparison.Compare(a, b, levels.data());
      double bits = prior_bits;
      for (const ViewEstimate& view : model_.views) bits += ViewBits(view, levels.data(), a);
      looks_like_one += bits >= 0;
    }
  }
  if (within > 0) false_pairs_ = looks_like_one * all_pairs_ / within;
  const double most =
      static_cast<double>(table_.rows() - *std::max_element(of_source.begin(), of_source.end()));
  if (model_.doubt.empty() && model_.prior * all_pairs_ > 1.5 * most)
    model_.doubt =
        "More pairs look like one person than there can be, as each source holds a person once: the columns "
        "do "
        "not tell who is one person.";
}

std::vector<float> Linkage::Evidence(uint32_t a, uint32_t b) const {
  std::vector<uint8_t> levels(table_.columns().size());
  RowComparison(table_).Compare(a, b, levels.data());
  std::vector<float> bits(levels.size(), 0.0f);
  for (const ViewEstimate& view : model_.views) bits[view.columns[0]] = ViewBits(view, levels.data(), a);
  return bits;
}

}  // namespace relief::matcher
