// How many persons each rule on gaps concerns, by county: helped, not helped, or the data cannot say and why.
// What rates are measured against.
//
// Kept in the commit that judges a person. Rows (prefix "hG"): the answers for a person alone, and those for it
// as a member of its household; and how many persons have the same one.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/registry_service.pb.h"
#include "server/findings/judging.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::findings {

// What the rules say of the judged persons now. Part of the commit that judged them.
absl::Status CountAnswers(storage::Transaction& txn, const Judgement& judgement);

// Whether some answer depends on what the feeds can say: somebody is not helped, or nobody can tell.
absl::StatusOr<bool> SomeDependOnFeeds(const storage::Reader& reader);

struct AnswerCounts {
  int64_t helped = 0, not_helped = 0;
  std::map<v1::Entitlement::Reason, int64_t> undecided;

  int64_t all_undecided() const;
};

// By the first `digits` of the county (at most 6), then by rule, for counties within the region.
using AnswersByRegion = std::map<std::string, std::map<std::string, AnswerCounts>>;
absl::StatusOr<AnswersByRegion> ReadAnswers(const storage::Reader& reader, const std::string& region_prefix,
                                            int digits);

}  // namespace relief::server::findings
