#include "server/review/deciding.h"

#include <algorithm>

#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/review/case_history.h"
#include "server/review/conflict_view.h"
#include "server/review/review_rows.h"
#include "server/review/stake.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

std::string PairDecisionId(const std::string& conflict_id, size_t number) {
  const std::string digits = std::to_string(number);
  return PairDecisionPrefix(conflict_id) + std::string(6 - std::min<size_t>(6, digits.size()), '0') + digits;
}

void Put(storage::Transaction& txn, const v1::Decision& decision) {
  txn.Put(schema::DecisionRow(decision.decision_id()), decision.SerializeAsString());
}

// The constraint that the newest standing decision asks for.
absl::StatusOr<std::optional<matcher::Verdict>> Standing(const storage::Reader& reader,
                                                         const std::string& conflict_id) {
  RELIEF_ASSIGN_OR_RETURN(auto decisions, DecisionsOnPair(reader, conflict_id));
  for (auto decision = decisions.rbegin(); decision != decisions.rend(); ++decision) {
    const v1::Decision::Verdict verdict = VerdictOn(*decision, conflict_id);
    if (decision->has_undo_time() || verdict == v1::Decision::UNSURE) continue;
    return std::optional(verdict == v1::Decision::SAME ? matcher::Verdict::kSame
                                                       : matcher::Verdict::kDifferent);
  }
  return std::optional<matcher::Verdict>();
}

absl::Status Follow(core::WriteContext& context, const std::string& conflict_id) {
  RELIEF_ASSIGN_OR_RETURN(auto pair, PairOf(conflict_id));
  RELIEF_ASSIGN_OR_RETURN(auto verdict, Standing(storage::TransactionReader(context.txn), conflict_id));
  return context.Constrain(pair.first, pair.second, verdict);
}

// Number, names and time; and the place in the list of decisions.
absl::Status Sign(core::WriteContext& context, const Attribution& by, v1::Decision* decision) {
  auto number =
      NextNumber(context.txn, &stored::ReviewCounters::decisions, &stored::ReviewCounters::set_decisions);
  if (!number.ok()) return number.status();
  decision->set_sequence(*number);
  decision->set_officer(by.officer);
  decision->set_approver(by.approver);
  decision->set_proposal_id(by.proposal_id);
  decision->set_job_id(by.job_id);
  *decision->mutable_time() = ToTimestamp(context.now_us);
  return absl::OkStatus();
}

void PutNew(storage::Transaction& txn, const v1::Decision& decision) {
  Put(txn, decision);
  txn.Put(review_rows::DecisionOrderRow(decision.sequence()), decision.decision_id());
}

v1::CaseEvent Event(v1::CaseEvent::Kind kind, const v1::Decision& decision, const std::string& comment) {
  v1::CaseEvent event;
  event.set_kind(kind);
  event.set_decision_id(decision.decision_id());
  event.set_proposal_id(decision.proposal_id());
  event.set_comment(comment);
  event.set_detail(v1::Decision::Verdict_Name(decision.verdict()));
  return event;
}

}  // namespace

absl::StatusOr<int64_t> NextNumber(storage::Transaction& txn, int64_t (stored::ReviewCounters::*get)() const,
                                   void (stored::ReviewCounters::*set)(int64_t)) {
  RELIEF_ASSIGN_OR_RETURN(auto counters,
                          review_rows::ReadOrEmpty<stored::ReviewCounters>(
                              storage::TransactionReader(txn), std::string(review_rows::kCountersRow)));
  const int64_t number = (counters.*get)() + 1;
  (counters.*set)(number);
  txn.Put(review_rows::kCountersRow, counters.SerializeAsString());
  return number;
}

absl::Status SetWorkState(core::WriteContext& context, const std::string& conflict_id,
                          v1::WorkItem::State state, const std::string& proposal_id) {
  auto before = ReadWorkItem(storage::TransactionReader(context.txn), conflict_id);
  if (absl::IsNotFound(before.status())) return absl::OkStatus();
  if (!before.ok()) return before.status();
  v1::WorkItem item = *before;
  item.set_state(state);
  item.set_proposal_id(proposal_id);
  item.clear_claimed_by();
  item.clear_lease_end_time();
  PutWorkItem(context.txn, item, *before);
  return absl::OkStatus();
}

absl::Status RecordOnCase(core::WriteContext& context, const std::string& conflict_id, v1::CaseEvent event,
                          const std::string& actor) {
  event.set_actor(actor);
  return AppendCaseEvent(context.txn, conflict_id, std::move(event), context.now_us).status();
}

absl::Status CheckCurrent(const core::WriteContext& context, const v1::DecideConflictRequest& request) {
  const storage::TransactionReader reader(context.txn);
  auto conflict = ReadConflict(reader, context.resolver.model(), request.conflict_id());
  if (conflict.ok() && conflict->etag() == request.etag()) return absl::OkStatus();
  if (!conflict.ok() && !absl::IsNotFound(conflict.status())) return conflict.status();
  v1::StaleDecision stale;
  if (conflict.ok()) {
    for (std::string& part : ChangedSince(request.etag(), *conflict)) stale.add_changed(std::move(part));
    *stale.mutable_now() = *std::move(conflict);
    return Stale("the conflict changed since it was read: look again", stale);
  }
  RELIEF_ASSIGN_OR_RETURN(auto decisions, DecisionsOnPair(reader, request.conflict_id()));
  for (auto one = decisions.rbegin(); one != decisions.rend() && !stale.has_settled_by(); ++one)
    if (!one->has_undo_time() && one->verdict() != v1::Decision::UNSURE) *stale.mutable_settled_by() = *one;
  return Stale("the conflict is no more: the data or a decision settled it", stale);
}

absl::StatusOr<v1::Decision> DecidePairNow(core::WriteContext& context,
                                           const v1::DecideConflictRequest& request, const Attribution& by) {
  RELIEF_RETURN_IF_ERROR(CheckCurrent(context, request));
  const storage::TransactionReader reader(context.txn);
  const std::string& id = request.conflict_id();
  RELIEF_ASSIGN_OR_RETURN(auto conflict, ReadConflictBriefly(reader, id));
  RELIEF_ASSIGN_OR_RETURN(auto earlier,
                          context.txn.Scan(schema::DecisionRow(PairDecisionPrefix(id)), {}, kMostDecisions));
  v1::Decision decision;
  decision.set_decision_id(PairDecisionId(id, earlier.size() + 1));
  decision.set_operation(v1::Decision::PAIR);
  decision.set_conflict_id(id);
  *decision.mutable_record_a() = conflict.record_a();
  *decision.mutable_record_b() = conflict.record_b();
  decision.set_verdict(request.verdict());
  decision.set_comment(request.comment());
  decision.set_job_id(by.job_id);
  const bool unsure = request.verdict() == v1::Decision::UNSURE;
  if (!unsure) {
    RELIEF_ASSIGN_OR_RETURN(auto stake, StakeOfDecision(reader, context.as_of, decision));
    RELIEF_RETURN_IF_ERROR(Admit(context, by, stake));
    if (absl::Status status = Remember(context, by, decision.decision_id(), stake); !status.ok())
      return status;
  }
  RELIEF_RETURN_IF_ERROR(Sign(context, by, &decision));
  PutNew(context.txn, decision);
  context.Audit({by.officer, "review.decide", id, "", "", v1::Decision::Verdict_Name(request.verdict())});
  if (absl::Status status =
          RecordOnCase(context, id, Event(v1::CaseEvent::DECIDED, decision, request.comment()), by.officer);
      !status.ok())
    return status;
  RELIEF_RETURN_IF_ERROR(SetWorkState(context, id, unsure ? v1::WorkItem::UNSURE : v1::WorkItem::WAITING));
  if (unsure) return decision;
  RELIEF_RETURN_IF_ERROR(Follow(context, id));
  return decision;
}

absl::StatusOr<v1::Decision> DecideManyNow(core::WriteContext& context, v1::Decision decision,
                                           const Attribution& by) {
  RELIEF_ASSIGN_OR_RETURN(auto stake,
                          StakeOfDecision(storage::TransactionReader(context.txn), context.as_of, decision));
  RELIEF_RETURN_IF_ERROR(Admit(context, by, stake));
  RELIEF_RETURN_IF_ERROR(Sign(context, by, &decision));
  decision.set_decision_id(review_rows::Numbered('E', decision.sequence()));
  RELIEF_RETURN_IF_ERROR(Remember(context, by, decision.decision_id(), stake));
  PutNew(context.txn, decision);
  context.Audit({by.officer, "review.cluster", decision.decision_id(), "", "",
                 v1::Decision::Operation_Name(decision.operation()) + " " +
                     std::to_string(decision.constraints_size())});
  for (const v1::Decision::Constraint& constraint : decision.constraints()) {
    const std::string pair = PairId(constraint.record_a(), constraint.record_b());
    context.txn.Put(review_rows::PairRow(pair, decision.sequence()), decision.decision_id());
    if (absl::Status status = Follow(context, pair); !status.ok()) return status;
  }
  return decision;
}

absl::StatusOr<v1::Decision> UndoNow(core::WriteContext& context, const v1::UndoDecisionRequest& request,
                                     const Attribution& by) {
  auto decision = ReadDecision(storage::TransactionReader(context.txn), request.decision_id());
  if (!decision.ok()) return decision.status();
  if (decision->has_undo_time()) return absl::FailedPreconditionError("the decision was taken back already");
  RELIEF_ASSIGN_OR_RETURN(auto own, TakeBackOwn(context, by, request.decision_id()));
  if (!own) {
    RELIEF_ASSIGN_OR_RETURN(
        auto stake, StakeOfUndoing(storage::TransactionReader(context.txn), context.as_of, *decision));
    stake.in_bulk = !by.job_id.empty();
    if (absl::Status status = Admit(context, by, stake); !status.ok()) return status;
  }
  *decision->mutable_undo_time() = ToTimestamp(context.now_us);
  decision->set_undone_by(by.officer);
  decision->set_undo_comment(request.comment());
  Put(context.txn, *decision);
  context.Audit({by.officer, "review.undo", request.decision_id(), "", "", by.approver});
  if (!decision->conflict_id().empty()) {
    const std::string& id = decision->conflict_id();
    if (absl::Status status =
            RecordOnCase(context, id, Event(v1::CaseEvent::UNDONE, *decision, request.comment()), by.officer);
        !status.ok())
      return status;
    if (decision->verdict() == v1::Decision::UNSURE) {
      RELIEF_RETURN_IF_ERROR(SetWorkState(context, id, v1::WorkItem::WAITING));
      return decision;
    }
    if (absl::Status status = Follow(context, id); !status.ok()) return status;
  }
  for (const v1::Decision::Constraint& constraint : decision->constraints())
    RELIEF_RETURN_IF_ERROR(Follow(context, PairId(constraint.record_a(), constraint.record_b())));
  return decision;
}

}  // namespace relief::server::review
