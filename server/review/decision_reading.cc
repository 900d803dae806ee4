#include "server/review/decision_reading.h"

#include <algorithm>

#include "server/core/schema.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"

namespace relief::server::review {
namespace {

matcher::RecordKey KeyOf(const v1::RecordName& name) {
  return matcher::RecordKey::Of(name.source_id(), name.record_id());
}

}  // namespace

std::string PairId(const v1::RecordName& a, const v1::RecordName& b) {
  const matcher::RecordKey one = KeyOf(a), other = KeyOf(b);
  return "C-" + std::min(one, other).ToString() + std::max(one, other).ToString();
}

v1::Decision::Verdict VerdictOn(const v1::Decision& decision, const std::string& conflict_id) {
  if (decision.constraints().empty()) return decision.verdict();
  for (const v1::Decision::Constraint& constraint : decision.constraints())
    if (PairId(constraint.record_a(), constraint.record_b()) == conflict_id) return constraint.verdict();
  return v1::Decision::UNSURE;
}

std::string PairDecisionPrefix(const std::string& conflict_id) { return "E-" + conflict_id.substr(2) + "."; }

absl::StatusOr<v1::Decision> ReadDecision(const storage::Reader& reader, const std::string& decision_id) {
  return review_rows::ReadRow<v1::Decision>(reader, schema::DecisionRow(decision_id), "decision");
}

absl::StatusOr<std::vector<v1::Decision>> DecisionsOnPair(const storage::Reader& reader,
                                                          const std::string& conflict_id) {
  std::vector<v1::Decision> decisions;
  RELIEF_ASSIGN_OR_RETURN(
      auto rows, reader.Scan(schema::DecisionRow(PairDecisionPrefix(conflict_id)), {}, kMostDecisions));
  for (const storage::KeyRow& row : rows)
    if (!decisions.emplace_back().ParseFromString(row.row.value))
      return absl::DataLossError("the row of a decision is damaged");
  RELIEF_ASSIGN_OR_RETURN(auto clusters,
                          reader.Scan(review_rows::PairPrefix(conflict_id), {}, kMostDecisions));
  for (const storage::KeyRow& row : clusters) {
    RELIEF_ASSIGN_OR_RETURN(auto decision, ReadDecision(reader, row.row.value));
    decisions.push_back(std::move(decision));
  }
  std::stable_sort(decisions.begin(), decisions.end(),
                   [](const v1::Decision& l, const v1::Decision& r) { return l.sequence() < r.sequence(); });
  return decisions;
}

}  // namespace relief::server::review
