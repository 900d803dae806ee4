// The officers' work queue: what is open, in which order, and whose it is.
//
// A claim is a lease: others see it, it ends by itself, and it keeps nobody else from deciding. Callable from any
// thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/review_policy.h"
#include "storage/store.h"

namespace relief::server::review {

// The context of a reading: the hub, and the officer who reads.
struct ReviewView {
  const core::Hub& hub;
  const Officer officer;
};

// INVALID_ARGUMENT: page_size, page_token.
absl::StatusOr<v1::ListConflictsResponse> ListConflicts(const ReviewView& view,
                                                        const v1::ListConflictsRequest& request);
// NOT_FOUND also where the officer may not see it.
absl::StatusOr<v1::Conflict> GetConflict(const ReviewView& view, const std::string& conflict_id);
absl::StatusOr<v1::QueueSummary> GetQueueSummary(const ReviewView& view, const v1::ConflictFilter& filter);

// Everything that the filter lets through, in the order of priority, until `take` returns false.
absl::Status ForEachWorkItem(const storage::Reader& reader, const ReviewView& view,
                             const v1::ConflictFilter& filter,
                             const std::function<bool(const v1::WorkItem&)>& take);

absl::StatusOr<v1::WorkItem> ClaimConflict(core::Hub& hub, const std::string& conflict_id,
                                           const Officer& officer);
absl::StatusOr<v1::WorkItem> ReleaseConflict(core::Hub& hub, const std::string& conflict_id,
                                             const Officer& officer);
absl::StatusOr<v1::AssignConflictsResponse> AssignConflicts(core::Hub& hub,
                                                            const v1::AssignConflictsRequest& request,
                                                            const Officer& officer);
absl::StatusOr<v1::CaseEvent> AddCaseComment(core::Hub& hub, const v1::AddCaseCommentRequest& request,
                                             const Officer& officer);
absl::StatusOr<v1::ListCaseEventsResponse> ListCaseEvents(const ReviewView& view,
                                                          const std::string& conflict_id);

// INVALID_ARGUMENT: longer than 500 characters, or missing where it is `required`; `field` names it.
absl::Status CheckComment(const std::string& comment, const char* field, bool required = false);

}  // namespace relief::server::review
