// The statistics of quality.h.
#include <algorithm>
#include <cmath>

#include "server/review/quality.h"

namespace relief::server::review {
namespace {

constexpr double kZ = 1.959963985;  // of 95 %

}  // namespace

v1::QualityReport::Share ShareOf(double hits, int64_t of) {
  v1::QualityReport::Share share;
  share.set_hits(std::llround(hits));
  share.set_of(of);
  if (of == 0) return share;
  const auto n = static_cast<double>(of);
  const double p = hits / n, z2 = kZ * kZ;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  share.set_value(p);
  share.set_low(std::max(0.0, middle - half));
  share.set_high(std::min(1.0, middle + half));
  return share;
}

Kappa KappaOf(const int64_t (&table)[3][3]) {
  double n = 0, same = 0, expected = 0;
  double rows[3] = {}, columns[3] = {};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      const auto cell = static_cast<double>(table[i][j]);
      n += cell;
      rows[i] += cell;
      columns[j] += cell;
      if (i == j) same += cell;
    }
  }
  if (n == 0) return {};
  for (int i = 0; i < 3; ++i) expected += rows[i] * columns[i] / (n * n);
  const double observed = same / n;
  // Both always say the same one thing: agreement says nothing of skill, and is whole.
  if (expected >= 1) return {1, 1, 1};
  const double kappa = (observed - expected) / (1 - expected);
  const double error = std::sqrt(observed * (1 - observed) / (n * (1 - expected) * (1 - expected)));
  return {kappa, std::max(-1.0, kappa - kZ * error), std::min(1.0, kappa + kZ * error)};
}

}  // namespace relief::server::review
