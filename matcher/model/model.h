// The match model: comparison levels with their m and u probabilities, name frequencies, and thresholds. Data, read from a
// protobuf text file (model.proto) and validated at load with line-precise errors. Immutable afterwards.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace relief::matcher {

class ModelSpec;  // the protobuf message of model.proto

class Model {
 public:
  // INVALID_ARGUMENT: not text format (with line and column), or a level is missing or not a probability.
  static absl::StatusOr<std::shared_ptr<const Model>> Parse(const std::string& text);
  static absl::StatusOr<std::shared_ptr<const Model>> Load(const std::string& path);

  // At or above: the machine links. Bits.
  float link_threshold() const { return link_threshold_; }
  // At or above, and below the link threshold: an officer should look. Bits.
  float review_threshold() const { return review_threshold_; }
  // A record is ambiguous where the best person leads the next by less than this. Bits.
  float ambiguity_margin() const { return ambiguity_margin_; }
  // A block with more records than this is generic: it says nothing, and is not searched.
  int block_limit() const { return block_limit_; }
  // "zh-2026.1 (sha256:1a2b3c4d)": the name in the file, and the hash of its content.
  const std::string& version() const { return version_; }

 private:
  float link_threshold_ = 0, review_threshold_ = 0, ambiguity_margin_ = 0;
  int block_limit_ = 0;
  std::string version_;
  // The weights follow; see model.cc.
};

}  // namespace relief::matcher
