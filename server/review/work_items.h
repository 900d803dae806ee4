// Open conflicts as work: what is at stake, how great the doubt is, when it is due. Rows that follow the
// conflicts, in every order that the queue can be asked for, so that its first page is one short scan however
// long the queue is.
//
// UpdateWorkItems belongs to the hub's writer; the rest is callable from any thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "matcher/model/model.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/record_key.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/review_service.pb.h"
#include "storage/transaction.h"

namespace relief::server::review {

struct WorkSettings {
  const v1::ReviewPolicy& policy;
  const matcher::Model& model;
  int64_t now_us = 0;
  matcher::CivilDate as_of;
};

// Opens, changes and closes work items: of the conflicts that appeared, changed or went, and of those of
// persons whose findings or benefits may have changed what is at risk.
absl::Status UpdateWorkItems(storage::Transaction& txn, const WorkSettings& settings,
                             const std::set<std::pair<matcher::RecordKey, matcher::RecordKey>>& conflicts,
                             const std::set<matcher::PersonId>& persons);

// Closes work items whose conflict is no more, of about `limit` from `after` on: for an index that was built
// again. Returns where to go on; empty: done.
absl::StatusOr<std::string> CloseGoneWorkItems(storage::Transaction& txn, int64_t now_us,
                                               const std::string& after, size_t limit);

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
