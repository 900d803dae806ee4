#include "server/review/stake.h"

#include <absl/strings/numbers.h>

#include <algorithm>
#include <limits>
#include <set>

#include "matcher/resolve/resolver.h"
#include "server/base/time.h"
#include "server/review/review_rows.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr char kGroundPayload[] = "relief.review.second_person";

// Sums of money may be as large as somebody writes into a record.
int64_t Sum(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

bool Over(int64_t limit, int64_t value) { return limit >= 0 && value > limit; }

absl::StatusOr<std::optional<matcher::PersonId>> PersonOf(const storage::Reader& reader,
                                                          const v1::RecordName& name) {
  auto person = matcher::PersonOfRecord(reader, matcher::RecordKey::Of(name.source_id(), name.record_id()));
  if (absl::IsNotFound(person.status())) return std::optional<matcher::PersonId>();
  if (!person.ok()) return person.status();
  return std::optional(*person);
}

// Whether the decision in force on the pair was taken by two people and has another verdict.
absl::StatusOr<bool> Contradicts(const storage::Reader& reader, const v1::Decision::Constraint& constraint) {
  const std::string pair = PairId(constraint.record_a(), constraint.record_b());
  RELIEF_ASSIGN_OR_RETURN(auto decisions, DecisionsOnPair(reader, pair));
  for (auto decision = decisions.rbegin(); decision != decisions.rend(); ++decision) {
    const v1::Decision::Verdict verdict = VerdictOn(*decision, pair);
    if (decision->has_undo_time() || verdict == v1::Decision::UNSURE) continue;
    return !decision->approver().empty() && verdict != constraint.verdict();
  }
  return false;
}

}  // namespace

Stake& Stake::operator+=(const Stake& other) {
  amount_fen = Sum(amount_fen, other.amount_fen);
  cases += other.cases;
  in_bulk |= other.in_bulk;
  splits |= other.splits;
  was_of_two |= other.was_of_two;
  return *this;
}

absl::StatusOr<Stake> StakeOf(const storage::Reader& reader, matcher::CivilDate as_of,
                              const std::vector<v1::Decision::Constraint>& constraints) {
  Stake stake;
  std::set<matcher::PersonId> persons;
  for (const v1::Decision::Constraint& constraint : constraints) {
    RELIEF_ASSIGN_OR_RETURN(auto a, PersonOf(reader, constraint.record_a()));
    RELIEF_ASSIGN_OR_RETURN(auto b, PersonOf(reader, constraint.record_b()));
    for (const auto& person : {a, b})
      if (person) persons.insert(*person);
    if (constraint.verdict() == v1::Decision::DIFFERENT && a && a == b) stake.splits = true;
    RELIEF_ASSIGN_OR_RETURN(auto contradicts, Contradicts(reader, constraint));
    stake.was_of_two |= contradicts;
  }
  for (const matcher::PersonId& person : persons) {
    RELIEF_ASSIGN_OR_RETURN(auto fen, AtRisk(reader, as_of, person));
    stake.amount_fen = Sum(stake.amount_fen, fen);
  }
  return stake;
}

absl::StatusOr<Stake> StakeOfDecision(const storage::Reader& reader, matcher::CivilDate as_of,
                                      const v1::Decision& decision) {
  std::vector<v1::Decision::Constraint> constraints(decision.constraints().begin(),
                                                    decision.constraints().end());
  if (constraints.empty()) {
    v1::Decision::Constraint& pair = constraints.emplace_back();
    *pair.mutable_record_a() = decision.record_a();
    *pair.mutable_record_b() = decision.record_b();
    pair.set_verdict(decision.verdict());
  }
  auto stake = StakeOf(reader, as_of, constraints);
  if (!stake.ok()) return stake.status();
  stake->splits |= decision.operation() == v1::Decision::SPLIT || decision.operation() == v1::Decision::MOVE;
  stake->in_bulk = !decision.job_id().empty();
  return stake;
}

absl::StatusOr<Stake> StakeOfUndoing(const storage::Reader& reader, matcher::CivilDate as_of,
                                     const v1::Decision& decision) {
  if (decision.verdict() == v1::Decision::UNSURE) return Stake{0, 0, false, false, false};
  auto stake = StakeOfDecision(reader, as_of, decision);
  if (!stake.ok()) return stake.status();
  // Back to what the data say, which is no split of the officer's.
  stake->splits = false;
  stake->in_bulk = false;
  stake->was_of_two = !decision.approver().empty();
  return stake;
}

absl::StatusOr<stored::OfficerDay> DayOf(const storage::Reader& reader, const std::string& person,
                                         int64_t now_us) {
  auto day = review_rows::ReadOrEmpty<stored::OfficerDay>(reader, review_rows::OfficerDayRow(person));
  if (!day.ok()) return day.status();
  const int32_t today = DayInChina(now_us);
  if (day->day() != today) {
    day->Clear();
    day->set_day(today);
  }
  return day;
}

std::optional<v1::Proposal::Ground> NeedsSecondPerson(const v1::ReviewPolicy& policy,
                                                      const stored::OfficerDay& day, const Stake& stake) {
  if (stake.splits && policy.approval_of_splits()) return v1::Proposal::SPLIT;
  if (stake.was_of_two || Over(policy.approval_over_fen(), Sum(day.amount_fen(), stake.amount_fen)))
    return v1::Proposal::AMOUNT;
  if (stake.in_bulk && Over(policy.approval_bulk_over(), day.bulk_cases() + stake.cases))
    return v1::Proposal::BULK;
  return std::nullopt;
}

absl::Status Admit(core::WriteContext& context, const Attribution& by, const Stake& stake) {
  if (!by.approver.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto day,
                          DayOf(storage::TransactionReader(context.txn), by.person, context.now_us));
  if (const auto ground = NeedsSecondPerson(context.features.Get<ReviewSettings>().policy, day, stake)) {
    absl::Status status = absl::FailedPreconditionError("the policy asks for a second person");
    status.SetPayload(kGroundPayload, absl::Cord(std::to_string(*ground)));
    return status;
  }
  day.set_amount_fen(Sum(day.amount_fen(), stake.amount_fen));
  if (stake.in_bulk) day.set_bulk_cases(day.bulk_cases() + stake.cases);
  context.txn.Put(review_rows::OfficerDayRow(by.person), day.SerializeAsString());
  return absl::OkStatus();
}

absl::Status Remember(core::WriteContext& context, const Attribution& by, const std::string& decision_id,
                      const Stake& stake) {
  if (!by.approver.empty() || !by.job_id.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto day,
                          DayOf(storage::TransactionReader(context.txn), by.person, context.now_us));
  (*day.mutable_decided_fen())[decision_id] = stake.amount_fen;
  context.txn.Put(review_rows::OfficerDayRow(by.person), day.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<bool> TakeBackOwn(core::WriteContext& context, const Attribution& by,
                                 const std::string& decision_id) {
  if (!by.approver.empty() || !by.job_id.empty()) return false;
  RELIEF_ASSIGN_OR_RETURN(auto day,
                          DayOf(storage::TransactionReader(context.txn), by.person, context.now_us));
  const auto own = day.decided_fen().find(decision_id);
  if (own == day.decided_fen().end()) return false;
  day.set_amount_fen(std::max<int64_t>(0, day.amount_fen() - own->second));
  day.mutable_decided_fen()->erase(decision_id);
  context.txn.Put(review_rows::OfficerDayRow(by.person), day.SerializeAsString());
  return true;
}

std::optional<v1::Proposal::Ground> SecondPersonNeeded(const absl::Status& status) {
  const auto payload = status.GetPayload(kGroundPayload);
  int ground = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &ground)) return std::nullopt;
  return static_cast<v1::Proposal::Ground>(ground);
}

}  // namespace relief::server::review
