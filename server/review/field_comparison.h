// Two records beside each other, field by field: what each says (masked), which characters differ, and what
// the canonical form shows. Pure; callable from any thread.
#pragma once

#include <vector>

#include "matcher/normalize/identity.h"
#include "relief/v1/record.pb.h"
#include "relief/v1/review_service.pb.h"

namespace relief::server::review {

// One side: as it was sent, and as it is compared.
struct ComparedSide {
  const v1::PersonIdentity& raw;
  const matcher::Identity& identity;
  const v1::Household& household;
};

std::vector<v1::FieldComparison> CompareFields(const ComparedSide& a, const ComparedSide& b,
                                               const v1::MatchExplanation& explanation);

// The stretches of each text that are not in their longest common subsequence.
struct Differences {
  std::vector<v1::FieldComparison::Span> a, b;
};
Differences DifferentCharacters(std::u32string_view a, std::u32string_view b);

}  // namespace relief::server::review
