// Decisions inside one commit: the steps that officers' calls, approvals and jobs share.
//
// A decision is a set of constraints between records. What stands for a pair is what the newest decision on
// it says that was not taken back. For the hub's writer only.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/write_context.h"
#include "server/review/decision_reading.h"
#include "server/review/review_rows.pb.h"

namespace relief::server::review {

// ABORTED with a StaleDecision: the conflict is not what `request.etag` saw.
absl::Status CheckCurrent(const core::WriteContext& context, const v1::DecideConflictRequest& request);

// As CheckCurrent; then the decision, its constraint and its history. As the next two: FAILED_PRECONDITION,
// and nothing written, where a second person is needed (SecondPersonNeeded).
absl::StatusOr<v1::Decision> DecidePairNow(core::WriteContext& context,
                                           const v1::DecideConflictRequest& request, const Attribution& by);

// A decision of several constraints, given as pairs. `decision` brings operation and comment.
absl::StatusOr<v1::Decision> DecideManyNow(core::WriteContext& context, v1::Decision decision,
                                           const Attribution& by);

// FAILED_PRECONDITION: taken back already.
absl::StatusOr<v1::Decision> UndoNow(core::WriteContext& context, const v1::UndoDecisionRequest& request,
                                     const Attribution& by);

// Sets a work item's state, if it is still open; ends its claim.
absl::Status SetWorkState(core::WriteContext& context, const std::string& conflict_id,
                          v1::WorkItem::State state, const std::string& proposal_id = "");

// One entry of a case's history by an officer.
absl::Status RecordOnCase(core::WriteContext& context, const std::string& conflict_id, v1::CaseEvent event,
                          const std::string& actor);

// The next number of what `counter` counts, kept in this commit.
absl::StatusOr<int64_t> NextNumber(storage::Transaction& txn, int64_t (stored::ReviewCounters::*get)() const,
                                   void (stored::ReviewCounters::*set)(int64_t));

}  // namespace relief::server::review
