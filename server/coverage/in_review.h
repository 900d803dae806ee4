// Gaps that an officer's decision on who a record belongs to may close: they are not claimed before it.
#pragma once

#include <functional>

#include "server/coverage/rule_answer.h"

namespace relief::coverage {

// Takes out of `judged` each draft of a rule that claims the absence of something (`claims_absence` of a rule's id) and that is not
// there in `if_same`, which judges the same persons as if all records in review with theirs were their own. Its answer
// becomes UNDECIDED for PERSON_IN_REVIEW.
void LeaveToReview(const Judged& if_same, const std::function<bool(const std::string&)>& claims_absence,
                   Judged* judged);

}  // namespace relief::coverage
