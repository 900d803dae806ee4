// What a finding says: the part of it that follows from the rule and the records, and the sentence that says
// what is to be done, by whom and by which day. Pure; callable from any thread.
#pragma once

#include <functional>
#include <string>

#include "server/core/features.h"
#include "server/coverage/coverage.h"
#include "server/findings/judging.h"

namespace relief::server::findings {

// In core::Features: the first working day from a day on. None: Monday to Friday are worked.
struct DueDays {
  std::function<matcher::CivilDate(matcher::CivilDate)> working_day_from;
};

// What the data and the rule say of a finding; state, times and dispositions are left alone.
void DescribeFinding(const Judgement& judgement, const JudgedPerson& person,
                     const coverage::FindingDraft& draft, const coverage::RuleSet& rules,
                     matcher::CivilDate opened, v1::Finding* finding);

// A record as evidence.
v1::Evidence EvidenceOf(const std::string& source_id, const v1::Record& record);

// A due date that is no working day becomes the next one.
void MoveToWorkingDay(const core::Features& features, v1::Finding* finding);

// One sentence in both languages; the due date is the finding's.
void SayWhatToDo(const Judgement& judgement, const coverage::FindingDraft& draft,
                 const coverage::RuleSet& rules, matcher::CivilDate as_of, v1::Finding* finding);
// The same for a finding without records at hand.
void SayWhatToDo(const std::string& invoice, const coverage::RuleSet& rules, matcher::CivilDate as_of,
                 v1::Finding* finding);

}  // namespace relief::server::findings
