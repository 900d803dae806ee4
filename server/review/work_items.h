// Open conflicts as work: what is at stake, how great the doubt is, when it is due. Rows that follow the
// conflicts, in every order that the queue can be asked for, so that its first page is one short scan however
// long the queue is.
//
// The functions are callable from any thread.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/model/model.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/record_key.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/features.h"
#include "storage/transaction.h"

namespace relief::server::review {

// Opens, changes and closes work items: of the conflicts that appeared, changed or went, and of those of
// persons whose findings or benefits may have changed what is at risk. Comes after findings: what is at risk is
// what they say now.
class WorkItemStep final : public core::CommitStep {
 public:
  absl::Status Run(core::WriteContext& context) const override;
};

// Closes work items whose conflict no longer exists under a new model; the judging that follows creates the new
// ones.
class WorkItemRows final : public core::DerivedRows {
 public:
  absl::StatusOr<std::string> Finish(storage::Transaction& txn, int64_t now_us, const std::string& after,
                                     size_t limit) const override;
};

// The amounts of the person's open findings and a month of what is paid.
absl::StatusOr<int64_t> AtRisk(const storage::Reader& reader, matcher::CivilDate as_of,
                               const matcher::PersonId& person);

// Writes a changed item with its places in the queue; `before` is the one that stood there, if one did.
void PutWorkItem(storage::Transaction& txn, const v1::WorkItem& item,
                 const std::optional<v1::WorkItem>& before);

// NOT_FOUND: the conflict is not open. As stored: who claims and what is overdue depends on the time, see
// Present.
absl::StatusOr<v1::WorkItem> ReadWorkItem(const storage::Reader& reader, const std::string& conflict_id);

// The item as it is at this time.
v1::WorkItem Present(v1::WorkItem item, int64_t now_us, matcher::CivilDate as_of);

// 0 to 1. The binary entropy of where the bits lie between the two thresholds; 1 where the data contradict
// each other.
double Doubt(const matcher::Model& model, matcher::ConflictKind kind, double bits);

v1::Conflict::Kind ToProto(matcher::ConflictKind kind);

}  // namespace relief::server::review
