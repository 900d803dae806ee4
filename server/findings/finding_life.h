// The life of a finding: what the agencies on both sides said, and what follows from that and from the days
// that go by.
//
// Pure functions over a finding, and the reading of its history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/finding_service.pb.h"
#include "storage/store.h"

namespace relief::server::findings {

// The whole history, oldest first. NOT_FOUND: no such finding.
absl::StatusOr<v1::ListFindingEventsResponse> ListFindingEvents(const storage::Reader& reader,
                                                                const v1::ListFindingEventsRequest& request);

// The finding as it was known at an instant (microseconds since 1970). NOT_FOUND: it did not exist then.
absl::StatusOr<v1::Finding> FindingAsKnownAt(const storage::Reader& reader, const std::string& finding_id,
                                             int64_t time_us);

// A final answer rather than a receipt.
bool IsFinal(v1::Disposition::Outcome outcome);

// Where the newest word of each agency leaves the finding: sets `disputed`, and settles an open one on which
// enough agencies agree that nothing is to be done. Enough are two, or one where only one programme is
// notified. What was said before a case conference is settled by it; an answer that held until a day before
// `as_of` is no longer one.
void Conclude(v1::Finding* finding, matcher::CivilDate as_of);

// Settled, and not beyond the day until which that holds.
bool StaysSettled(const v1::Finding& finding, matcher::CivilDate as_of);

// Open, past its due date, and no agency has given a final answer.
bool IsOverdue(const v1::Finding& finding, matcher::CivilDate as_of);

// How often an overdue finding was brought before the next higher authority by `as_of`: once after each
// kEscalationDays beyond the due date, at most kMostEscalations times (township -> county -> prefecture ->
// province). 0 if not overdue.
inline constexpr int kEscalationDays = 15, kMostEscalations = 3;
int EscalationOf(const v1::Finding& finding, matcher::CivilDate as_of);

// The first day after `as_of` on which time alone changes this: overdue, escalated, or no longer settled.
// Days since 1970.
std::optional<int32_t> NextTurn(const v1::Finding& finding, matcher::CivilDate as_of);

}  // namespace relief::server::findings
