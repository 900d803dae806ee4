// The life of a finding: what happened to it, what the agencies on both sides said, and what follows from that.
//
// Pure functions over a finding; the history is rows of their own, written in the caller's transaction.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/finding_service.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server {

// Appends to the finding's history and counts it in the finding; the caller writes the finding afterwards.
void AppendEvent(storage::Transaction& txn, v1::Finding* finding, v1::FindingEvent event, int64_t now_us);

// The whole history, oldest first. NOT_FOUND: no such finding.
absl::StatusOr<v1::ListFindingEventsResponse> ListFindingEvents(const storage::Reader& reader,
                                                                const v1::ListFindingEventsRequest& request);

// Where the newest word of each agency leaves the finding: sets `disputed`, and settles an open one on which enough
// agencies agree that nothing is to be done. Enough are two, or one where only one programme is notified.
void Conclude(v1::Finding* finding);

// Open, past its due date, and no agency has given a final answer.
bool IsOverdue(const v1::Finding& finding, matcher::CivilDate as_of);

// A final answer rather than a receipt.
bool IsFinal(v1::Disposition::Outcome outcome);

}  // namespace relief::server
