// The stake of a decision (money, cases, splits), and whether one person may decide it alone.
//
// The policy's limits (of money, of cases in bulk) hold for one decision, for a job as a whole, and for
// everything that one person decided alone within a day (UTC+8) by whatever accounts, so that nothing is
// gained by cutting it smaller. Admit is called where
// decisions are made, whatever way led there: a caller that forgot to ask for a second person decides
// nothing.
//
// Admit belongs to the writer; the rest is callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/write_context.h"
#include "server/review/decision_reading.h"
#include "server/review/review_rows.pb.h"

namespace relief::server::review {

struct Stake {
  int64_t amount_fen = 0;
  int64_t cases = 1;
  bool in_bulk = false;
  bool splits = false;      // records that are one person become several
  bool was_of_two = false;  // takes back, or decides otherwise, what two people decided

  Stake& operator+=(const Stake& other);
};

// Of these constraints: what is at risk with everybody whom they concern, each once.
absl::StatusOr<Stake> StakeOf(const storage::Reader& reader, matcher::CivilDate as_of,
                              const std::vector<v1::Decision::Constraint>& constraints);
absl::StatusOr<Stake> StakeOfDecision(const storage::Reader& reader, matcher::CivilDate as_of,
                                      const v1::Decision& decision);
// Of taking it back: what is at risk now, with what the decision brought to light.
absl::StatusOr<Stake> StakeOfUndoing(const storage::Reader& reader, matcher::CivilDate as_of,
                                     const v1::Decision& decision);

// The sum of the decisions that the person took alone today so far.
absl::StatusOr<stored::OfficerDay> DayOf(const storage::Reader& reader, const std::string& person,
                                         int64_t now_us);

// Why it needs a second person; nothing: it does not.
std::optional<v1::Proposal::Ground> NeedsSecondPerson(const v1::ReviewPolicy& policy,
                                                      const stored::OfficerDay& day, const Stake& stake);

// Counts the stake into the person's day, unless a second person approved. FAILED_PRECONDITION: one has to;
// SecondPersonNeeded tells why. Nothing was written then.
absl::Status Admit(core::WriteContext& context, const Attribution& by, const Stake& stake);
std::optional<v1::Proposal::Ground> SecondPersonNeeded(const absl::Status& status);

// A slip is taken back by the hand that made it: what a person decided alone and takes back on the same day needs
// nobody else and is given back to the day, since nothing of it is left. Remember is for what Admit let pass and
// is no part of a job; TakeBackOwn says whether the decision was such a one.
absl::Status Remember(core::WriteContext& context, const Attribution& by, const std::string& decision_id,
                      const Stake& stake);
absl::StatusOr<bool> TakeBackOwn(core::WriteContext& context, const Attribution& by,
                                 const std::string& decision_id);

}  // namespace relief::server::review
