#include "server/findings/closing_cause.h"

#include <algorithm>
#include <vector>

#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/coverage/timeline.h"
#include "storage/message_row.h"
#include "storage/status_macros.h"

namespace relief::server::findings {
namespace {

// The rule is gone, of another version, or off where the finding is.
bool RuleChanged(const v1::Finding& before, const coverage::RuleSet& rules, matcher::CivilDate as_of) {
  for (const coverage::RuleInfo& rule : rules.rules_in_force(as_of)) {
    if (rule.id != before.rule_id()) continue;
    if (rule.version != before.rule_version()) return true;
    return !before.regions().empty() &&
           std::all_of(before.regions().begin(), before.regions().end(), [&](const std::string& region) {
             return rules.OffIn(before.rule_id(), as_of, region);
           });
  }
  return true;
}

// What came to its end: its months or days, or a snapshot no longer holds it.
bool HasEnded(const stored::Record& record) {
  return record.state() == stored::Record::ENDED || record.record().benefit().has_end_month() ||
         record.record().fact().has_end_date() || record.record().lead().has_closed_date();
}

bool IsHelpedNow(const v1::Finding& before, const JudgedPerson& judged) {
  for (const auto* answers : {&judged.answers, &judged.household_answers})
    for (const coverage::RuleAnswer& answer : *answers)
      if (answer.rule_id == before.rule_id()) return answer.state == v1::Entitlement::HELPED;
  return false;
}

bool IsDead(const Judgement& judgement, const JudgedPerson& judged) {
  return std::any_of(judged.records.begin(), judged.records.end(), [&](const matcher::RecordKey& key) {
    const v1::Record& record = judgement.records.at(key).record();
    return !record.deleted() && record.fact().type() == v1::DEATH;
  });
}

// Who has all these records now; null: nobody.
const JudgedPerson* HolderOf(const std::vector<matcher::RecordKey>& keys, const Judgement& judgement) {
  for (const JudgedPerson& person : judgement.persons)
    if (std::all_of(keys.begin(), keys.end(), [&](const matcher::RecordKey& key) {
          return std::find(person.records.begin(), person.records.end(), key) != person.records.end();
        }))
      return &person;
  return nullptr;
}

// Whether the year or term of a gap is over.
bool IsOver(const std::string& period, matcher::CivilDate as_of) {
  if (period.empty()) return false;
  const coverage::MonthIndex now = coverage::MonthIndex::Of(as_of);
  return period.size() == 4 ? period != std::to_string(as_of.year) : period != coverage::TermOf(now);
}

}  // namespace

absl::StatusOr<v1::Finding::ClosingCause> ClosingCauseOf(core::WriteContext& context,
                                                         const v1::Finding& before,
                                                         const Judgement& judgement,
                                                         const JudgedPerson& closed_for) {
  if (RuleChanged(before, context.rules, context.as_of)) return v1::Finding::RULE_CHANGED;
  const int64_t seen_us = ToMicros(before.update_time());
  bool ended = false, corrected = false;
  std::vector<matcher::RecordKey> keys;
  for (const v1::Evidence& evidence : before.evidence()) {
    const matcher::RecordKey key =
        matcher::RecordKey::Of(evidence.record().source_id(), evidence.record().record_id());
    RELIEF_ASSIGN_OR_RETURN(const auto record,
                            storage::FindMessage<stored::Record>(context.txn, schema::RecordRow(key)));
    if (!record || record->state() == stored::Record::DELETED) return v1::Finding::RECORD_WITHDRAWN;
    keys.push_back(key);
    if (record->commit_time_us() <= seen_us) continue;
    (HasEnded(*record) ? ended : corrected) = true;
  }
  // A person may have got another id; evidence of these kinds is of others than the person too.
  const bool of_many = before.kind() == v1::IDENTITY || before.household_person_ids_size() > 0 ||
                       before.kind() == v1::SPLIT || before.kind() == v1::WARNING;
  const JudgedPerson* whose = of_many ? &closed_for : HolderOf(keys, judgement);
  if (whose == nullptr) return v1::Finding::PERSON_CHANGED;
  const JudgedPerson& judged = *whose;
  if (before.kind() == v1::MISSING && IsHelpedNow(before, judged)) return v1::Finding::HELP_GIVEN;
  if (ended) return v1::Finding::BENEFIT_ENDED;
  if (corrected) return v1::Finding::RECORD_CORRECTED;
  if (before.kind() == v1::MISSING && IsDead(judgement, judged)) return v1::Finding::PERSON_DIED;
  if (before.kind() == v1::MISSING && IsOver(before.period(), context.as_of)) return v1::Finding::PERIOD_OVER;
  return v1::Finding::NO_LONGER_APPLIES;
}

}  // namespace relief::server::findings
