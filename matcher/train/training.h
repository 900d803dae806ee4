// Fits a match model to a register without any label: u from random pairs, m by expectation maximisation over
// the blocked pairs (Winkler 1988), name frequencies from the register itself.
//
// The starting model is the prior: a level that the data says little of stays where it was. Levels that stand
// for a rule rather than for an observation (such as SHARED or CONFIRMS_ID) and the thresholds are not
// touched.
//
// Deterministic: the same identities, in any order of equal keys, and seed give the same model. Callable from
// any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/normalize/identity.h"

namespace relief::matcher {

struct TrainedLevel {
  std::string field, level;
  double m_before = 0, m_after = 0, u_before = 0, u_after = 0;
  double matches = 0;  // expected pairs of one person at this level
};

struct Training {
  std::string model_text;           // the trained model, as a model file
  size_t pairs = 0;                 // blocked pairs
  double prior = 0;                 // of two random records being one person's
  std::vector<double> convergence;  // greatest change of any m, in bits, step by step
  std::vector<TrainedLevel> levels;
};

struct TrainingOptions {
  std::string name;  // of the trained model
  uint64_t seed = 1;
  size_t random_pairs = 1'000'000;
  int max_steps = 25;
};

// INVALID_ARGUMENT: `model_text` is no model. FAILED_PRECONDITION: fewer than 1,000 identities.
absl::StatusOr<Training> Train(const std::string& model_text, std::span<const Identity> identities,
                               const TrainingOptions& options);

}  // namespace relief::matcher
