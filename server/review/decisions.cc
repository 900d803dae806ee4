#include "server/review/decisions.h"

#include <algorithm>

#include "matcher/normalize/normalizer.h"
#include "server/review/explanation.h"
#include "server/schema.h"
#include "storage/transaction_reader.h"

namespace relief::server {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kMaxComment = 1500;  // bytes: 500 Chinese characters

v1::Conflict::Kind ToProto(matcher::ConflictKind kind) {
  switch (kind) {
    case matcher::ConflictKind::kUncertainMatch:
      return v1::Conflict::UNCERTAIN_MATCH;
    case matcher::ConflictKind::kSharedId:
      return v1::Conflict::SHARED_ID;
    case matcher::ConflictKind::kTwoIds:
      return v1::Conflict::TWO_IDS;
    case matcher::ConflictKind::kAmbiguousRecord:
      return v1::Conflict::AMBIGUOUS_RECORD;
  }
  return v1::Conflict::KIND_UNSPECIFIED;
}

absl::StatusOr<v1::Conflict> ToProto(const storage::Reader& reader, const matcher::Model& model,
                                     const matcher::Conflict& conflict) {
  auto a = matcher::IdentityOf(reader, conflict.a);
  auto b = matcher::IdentityOf(reader, conflict.b);
  if (!a.ok()) return a.status();
  if (!b.ok()) return b.status();
  auto name_a = NameOf(reader, conflict.a);
  auto name_b = NameOf(reader, conflict.b);
  if (!name_a.ok()) return name_a.status();
  if (!name_b.ok()) return name_b.status();
  auto person_a = matcher::PersonOfRecord(reader, conflict.a);
  auto person_b = matcher::PersonOfRecord(reader, conflict.b);
  if (!person_a.ok()) return person_a.status();
  if (!person_b.ok()) return person_b.status();
  v1::Conflict out;
  out.set_conflict_id(conflict.ToString());
  out.set_kind(ToProto(conflict.kind));
  *out.mutable_record_a() = *std::move(name_a);
  *out.mutable_record_b() = *std::move(name_b);
  out.set_person_a_id(person_a->ToString());
  out.set_person_b_id(person_b->ToString());
  *out.mutable_explanation() = Explain(model, *a, *b, v1::MatchExplanation::IN_REVIEW);
  // What the officer saw: kind, score, and both identities.
  out.set_etag(matcher::RecordKey::Of(out.SerializeAsString(),
                                      matcher::EncodeIdentity(*a) + matcher::EncodeIdentity(*b))
                   .ToString());
  return out;
}

int PageSize(int asked) { return asked == 0 ? kDefaultPage : std::min(asked, kMaxPage); }

absl::StatusOr<std::optional<v1::Decision>> ReadDecision(storage::Transaction& txn, const std::string& id) {
  auto value = txn.Get(schema::DecisionRow(id));
  if (!value.ok()) return value.status();
  if (!*value) return std::optional<v1::Decision>();
  v1::Decision decision;
  if (!decision.ParseFromString(**value)) return absl::DataLossError("the row of a decision is damaged");
  return std::optional(std::move(decision));
}

// Decisions on one pair stand beside each other: "E-" and the conflict's text, a dot, and their number.
std::string DecisionId(const std::string& conflict_id, size_t number) {
  std::string digits = std::to_string(number);
  return "E-" + conflict_id.substr(2) + "." + std::string(6 - std::min<size_t>(6, digits.size()), '0') +
         digits;
}

absl::StatusOr<std::vector<v1::Decision>> DecisionsOn(storage::Transaction& txn,
                                                      const std::string& conflict_id) {
  auto rows = txn.Scan(schema::DecisionRow("E-" + conflict_id.substr(2) + "."), {}, 100'000);
  if (!rows.ok()) return rows.status();
  std::vector<v1::Decision> decisions;
  for (const storage::KeyRow& row : *rows)
    if (!decisions.emplace_back().ParseFromString(row.row.value))
      return absl::DataLossError("the row of a decision is damaged");
  return decisions;
}

// The constraint that the newest standing decision asks for.
std::optional<matcher::Verdict> Standing(const std::vector<v1::Decision>& decisions) {
  for (auto decision = decisions.rbegin(); decision != decisions.rend(); ++decision) {
    if (decision->has_undo_time() || decision->verdict() == v1::Decision::UNSURE) continue;
    return decision->verdict() == v1::Decision::SAME ? matcher::Verdict::kSame : matcher::Verdict::kDifferent;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<v1::Conflict> GetConflict(const storage::Reader& reader, const matcher::Model& model,
                                         const std::string& conflict_id) {
  const auto pair = matcher::Conflict::Parse(conflict_id);
  if (!pair) return absl::InvalidArgumentError("conflict_id: not a conflict id");
  auto conflict = matcher::ConflictBetween(reader, pair->first, pair->second);
  if (!conflict.ok()) return conflict.status();
  return ToProto(reader, model, *conflict);
}

absl::StatusOr<v1::ListConflictsResponse> ListConflicts(const storage::Reader& reader,
                                                        const matcher::Model& model,
                                                        const v1::ListConflictsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = PageSize(request.page_size());
  v1::ListConflictsResponse response;
  std::string after = request.page_token();
  if (!after.empty() && !matcher::Conflict::Parse(after))
    return absl::InvalidArgumentError("page_token: not of this query");
  while (true) {
    auto page = matcher::ListConflicts(reader, after, static_cast<size_t>(size) + 1);
    if (!page.ok()) return page.status();
    for (const matcher::Conflict& conflict : *page) {
      after = conflict.ToString();
      const auto kind = ToProto(conflict.kind);
      if (request.kinds_size() > 0 &&
          std::find(request.kinds().begin(), request.kinds().end(), kind) == request.kinds().end())
        continue;
      if (response.conflicts_size() == size) {
        response.set_next_page_token(response.conflicts(size - 1).conflict_id());
        return response;
      }
      auto out = ToProto(reader, model, conflict);
      if (!out.ok()) return out.status();
      *response.add_conflicts() = *std::move(out);
    }
    if (page->size() <= static_cast<size_t>(size)) return response;
  }
}

absl::StatusOr<v1::Decision> DecideConflict(Hub& hub, const v1::DecideConflictRequest& request,
                                            const std::string& officer) {
  if (request.verdict() == v1::Decision::VERDICT_UNSPECIFIED ||
      !v1::Decision::Verdict_IsValid(request.verdict()))
    return absl::InvalidArgumentError("verdict: required");
  if (request.comment().size() > kMaxComment)
    return absl::InvalidArgumentError("comment: at most 500 characters");
  if (request.etag().empty()) return absl::InvalidArgumentError("etag: required, as the conflict was read");
  const auto pair = matcher::Conflict::Parse(request.conflict_id());
  if (!pair) return absl::InvalidArgumentError("conflict_id: not a conflict id");
  v1::Decision decision;
  auto done = hub.Write([&](WriteContext& context) -> absl::Status {
    const storage::TransactionReader reader(context.txn);
    auto conflict = GetConflict(reader, hub.model(), request.conflict_id());
    if (absl::IsNotFound(conflict.status()))
      return absl::AbortedError("the conflict is no more: the data or a decision settled it");
    if (!conflict.ok()) return conflict.status();
    if (conflict->etag() != request.etag())
      return absl::AbortedError("the conflict changed since it was read: look again");
    auto earlier = DecisionsOn(context.txn, request.conflict_id());
    if (!earlier.ok()) return earlier.status();
    decision.Clear();
    decision.set_decision_id(DecisionId(request.conflict_id(), earlier->size() + 1));
    decision.set_conflict_id(request.conflict_id());
    *decision.mutable_record_a() = conflict->record_a();
    *decision.mutable_record_b() = conflict->record_b();
    decision.set_verdict(request.verdict());
    decision.set_officer(officer);
    decision.set_comment(request.comment());
    decision.mutable_time()->set_seconds(context.now_us / 1'000'000);
    context.txn.Put(schema::DecisionRow(decision.decision_id()), decision.SerializeAsString());
    context.Audit({officer, "review.decide", request.conflict_id(), "", "",
                   v1::Decision::Verdict_Name(request.verdict())});
    if (request.verdict() == v1::Decision::UNSURE) return absl::OkStatus();
    return context.Constrain(
        pair->first, pair->second,
        request.verdict() == v1::Decision::SAME ? matcher::Verdict::kSame : matcher::Verdict::kDifferent);
  });
  if (!done.ok()) return done.status();
  return decision;
}

absl::StatusOr<v1::Decision> UndoDecision(Hub& hub, const v1::UndoDecisionRequest& request,
                                          const std::string& officer) {
  if (request.comment().size() > kMaxComment)
    return absl::InvalidArgumentError("comment: at most 500 characters");
  v1::Decision undone;
  auto done = hub.Write([&](WriteContext& context) -> absl::Status {
    auto decision = ReadDecision(context.txn, request.decision_id());
    if (!decision.ok()) return decision.status();
    if (!*decision) return absl::NotFoundError("no such decision");
    if ((*decision)->has_undo_time())
      return absl::FailedPreconditionError("the decision was taken back already");
    (*decision)->mutable_undo_time()->set_seconds(context.now_us / 1'000'000);
    context.txn.Put(schema::DecisionRow(request.decision_id()), (*decision)->SerializeAsString());
    context.Audit({officer, "review.undo", request.decision_id(), "", "", request.comment()});
    undone = **decision;
    const auto pair = matcher::Conflict::Parse(undone.conflict_id());
    if (!pair) return absl::DataLossError("the row of a decision is damaged");
    auto decisions = DecisionsOn(context.txn, undone.conflict_id());
    if (!decisions.ok()) return decisions.status();
    return context.Constrain(pair->first, pair->second, Standing(*decisions));
  });
  if (!done.ok()) return done.status();
  return undone;
}

absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(const storage::Reader& reader,
                                                        const v1::ListDecisionsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = PageSize(request.page_size());
  std::string from;
  if (!request.page_token().empty()) from = schema::DecisionRow(request.page_token()) + std::string(1, '\0');
  auto rows = reader.Scan(schema::kDecisionPrefix, from, static_cast<size_t>(size) + 1);
  if (!rows.ok()) return rows.status();
  v1::ListDecisionsResponse response;
  for (const storage::KeyRow& row : *rows) {
    if (response.decisions_size() == size) {
      response.set_next_page_token(response.decisions(size - 1).decision_id());
      break;
    }
    if (!response.add_decisions()->ParseFromString(row.row.value))
      return absl::DataLossError("the row of a decision is damaged");
  }
  return response;
}

}  // namespace relief::server
