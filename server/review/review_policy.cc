#include "server/review/review_policy.h"

namespace relief::server::review {
namespace {

constexpr int64_t kOverFen = 10'000 * 100;
constexpr int32_t kBulkOver = 20, kBulkLimit = 5000, kLeaseMinutes = 15, kDueDays = 10;

// Two people with one number may be paid for one another: sooner than a doubtful pair.
constexpr struct {
  v1::Conflict::Kind kind;
  int32_t days;
} kDue[] = {{v1::Conflict::SHARED_ID, 5},
            {v1::Conflict::TWO_IDS, 5},
            {v1::Conflict::AMBIGUOUS_RECORD, 10},
            {v1::Conflict::UNCERTAIN_MATCH, 10},
            {v1::Conflict::CONTRADICTORY_FACTS, 10}};

}  // namespace

v1::ReviewPolicy DefaultReviewPolicy() {
  v1::ReviewPolicy policy;
  policy.set_approval_of_splits(true);
  return WithDefaults(policy);
}

v1::ReviewPolicy WithDefaults(v1::ReviewPolicy policy) {
  if (policy.approval_over_fen() == 0) policy.set_approval_over_fen(kOverFen);
  if (policy.approval_bulk_over() == 0) policy.set_approval_bulk_over(kBulkOver);
  if (policy.bulk_limit() <= 0) policy.set_bulk_limit(kBulkLimit);
  if (policy.lease_minutes() <= 0) policy.set_lease_minutes(kLeaseMinutes);
  for (const auto& due : kDue) {
    bool set = false;
    for (const auto& one : policy.due_days()) set = set || one.kind() == due.kind;
    if (set) continue;
    auto& added = *policy.add_due_days();
    added.set_kind(due.kind);
    added.set_days(due.days);
  }
  return policy;
}

int32_t DueDays(const v1::ReviewPolicy& policy, v1::Conflict::Kind kind) {
  for (const auto& due : policy.due_days())
    if (due.kind() == kind) return due.days();
  return kDueDays;
}

}  // namespace relief::server::review
