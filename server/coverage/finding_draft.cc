#include "server/coverage/finding_draft.h"

#include <algorithm>

namespace relief::coverage {

bool operator==(const FindingDraft& a, const FindingDraft& b) {
  const auto same_month = [](const v1::Month& x, const v1::Month& y) {
    return x.year() == y.year() && x.month() == y.month();
  };
  return a.finding_id == b.finding_id && a.rule_id == b.rule_id && a.evidence == b.evidence &&
         a.amount_fen == b.amount_fen && a.amount_is_estimate == b.amount_is_estimate &&
         a.anchor == b.anchor && a.region == b.region && a.period == b.period && a.severity == b.severity &&
         std::equal(a.overlap_months.begin(), a.overlap_months.end(), b.overlap_months.begin(),
                    b.overlap_months.end(), same_month);
}

}  // namespace relief::coverage
