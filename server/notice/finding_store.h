// Findings as rows: how they open, change and close with the data, and how they are read.
//
// A finding's id does not depend on the person, so a merge or a split moves it (one CHANGED notice at most)
// and never closes and opens it. A finding that opens again keeps its id, its first open time and its
// dispositions.
//
// JudgePersons and UpdateFindings belong to one transaction and thread; the rest may be called from any
// thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "relief/v1/finding_service.pb.h"
#include "server/coverage/coverage.h"
#include "server/hub.h"
#include "server/notice/outbox.h"
#include "storage/transaction.h"

namespace relief::server {

// A person and what the rules say of it. No records: the person is no more.
struct JudgedPerson {
  matcher::PersonId person;
  std::vector<matcher::RecordKey> keys;
  std::vector<stored::Record> records;  // effective ones, beside their keys
  std::vector<coverage::FindingDraft> drafts;
  int32_t wake_day = 0;  // to be judged again on this day, in days since 1970; 0 for nobody
};

// Reads the persons' records through the transaction and judges them. With `look_ahead` the day to judge them again is
// worked out; without it, it is tomorrow: what changes today may change again today, and looking ahead is the slow part.
absl::StatusOr<std::vector<JudgedPerson>> JudgePersons(storage::Transaction& txn,
                                                       const std::set<matcher::PersonId>& persons,
                                                       const coverage::RuleSet& rules,
                                                       matcher::CivilDate as_of, bool look_ahead);

struct FindingCounts {
  int64_t opened = 0, closed = 0;
};

// Brings the stored findings of these persons, all together, in line with what was judged, and appends the
// notices.
absl::StatusOr<FindingCounts> UpdateFindings(storage::Transaction& txn,
                                             const std::vector<JudgedPerson>& judged,
                                             const coverage::RuleSet& rules, int64_t now_us,
                                             matcher::CivilDate as_of, Outbox& outbox);

bool MatchesFilter(const v1::FindingFilter& filter, const v1::Finding& finding);

absl::StatusOr<v1::Finding> GetFinding(const storage::Reader& reader, const std::string& finding_id);

// INVALID_ARGUMENT: the page token is not of this filter.
absl::StatusOr<v1::ListFindingsResponse> ListFindings(const storage::Reader& reader,
                                                      const v1::ListFindingsRequest& request);

// Calls `take` for each finding that the filter allows, in the order of their ids, until it returns false.
absl::Status ForEachFinding(const storage::Reader& reader, const v1::FindingFilter& filter,
                            const std::function<bool(const v1::Finding&)>& take);

// Appends what the agency says. NOT_FOUND, INVALID_ARGUMENT.
absl::StatusOr<v1::Finding> AddDisposition(Hub& hub, const v1::AddDispositionRequest& request,
                                           const std::string& agency);

}  // namespace relief::server
