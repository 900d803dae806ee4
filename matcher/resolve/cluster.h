// From one component's records and scored edges to persons: the decision who is who, as a pure function.
//
// LinkRow are taken strongest first, ties in canonical order. A link is refused where it would put two
// different trusted numbers, or two records that an officer called different, into one person. A record that
// fits two incompatible persons about equally well (within the model's ambiguity margin) joins neither: an
// officer decides. Officers' "same" links come first and outrank the numbers, since that is what an officer
// is asked for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "matcher/model/model.h"
#include "matcher/record_key.h"
#include "matcher/resolve/match_types.h"

namespace relief::matcher {

struct ClusterRecord {
  RecordKey key;
  int32_t anchor_day = 0;
  std::string trusted_id;  // empty if none
  uint64_t exclusive_source = 0;
};

// Between records by their position; each pair once.
struct ClusterEdge {
  int a = 0, b = 0;
  int32_t score64 = 0;
  uint32_t vetoes = 0;
};

struct ClusterConstraint {
  int a = 0, b = 0;
  Verdict verdict = Verdict::kSame;
};

struct Clustering {
  // For each record, the position of its person's anchor.
  std::vector<int> anchor;
  // For each record: it was held back because it fits two persons.
  std::vector<bool> ambiguous;
};

// `records` must be sorted by key: positions are the canonical order.
Clustering ClusterComponent(const Model& model, std::span<const ClusterRecord> records,
                            std::span<const ClusterEdge> edges,
                            std::span<const ClusterConstraint> constraints);

}  // namespace relief::matcher
