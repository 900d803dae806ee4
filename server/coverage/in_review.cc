#include "server/coverage/in_review.h"

#include <algorithm>
#include <set>
#include <string>

namespace relief::coverage {
namespace {

std::set<std::string> IdsOf(const std::vector<FindingDraft>& drafts) {
  std::set<std::string> ids;
  for (const FindingDraft& draft : drafts) ids.insert(draft.finding_id);
  return ids;
}

}  // namespace

void LeaveToReview(const Judged& if_same, const std::function<bool(const std::string&)>& claims_absence,
                   Judged* judged) {
  const std::set<std::string> ids = IdsOf(judged->drafts);
  const std::set<std::string> ids_if_same = IdsOf(if_same.drafts);
  // Rules whose gap would be named after another record, or another gap: nothing says that it would be closed.
  std::set<std::string> renamed;
  for (const FindingDraft& draft : if_same.drafts)
    if (!ids.contains(draft.finding_id)) renamed.insert(draft.rule_id);
  const auto closes = [&](const FindingDraft& draft) {
    return claims_absence(draft.rule_id) && !ids_if_same.contains(draft.finding_id) &&
           !renamed.contains(draft.rule_id);
  };
  std::set<std::string> left;
  for (const FindingDraft& draft : judged->drafts)
    if (closes(draft)) left.insert(draft.finding_id);
  if (left.empty()) return;
  std::erase_if(judged->drafts, [&](const FindingDraft& draft) { return left.contains(draft.finding_id); });
  for (RuleAnswer& answer : judged->answers) {
    if (!left.contains(answer.finding_id)) continue;
    answer.state = v1::Entitlement::UNDECIDED;
    answer.lack.reason = v1::Entitlement::PERSON_IN_REVIEW;
    answer.finding_id.clear();
  }
}

}  // namespace relief::coverage
