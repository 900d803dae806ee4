#include "server/review/case_view.h"

#include <set>

#include "server/core/schema.h"
#include "server/review/case_history.h"
#include "server/review/case_records.h"
#include "server/review/conflict_view.h"
#include "server/review/effect.h"
#include "server/review/field_comparison.h"
#include "server/review/review_rows.h"
#include "server/review/stake.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"

namespace relief::server::review {
namespace {

constexpr int kOtherRecords = 50, kEvents = 20;

absl::Status FillSide(const storage::Reader& reader, matcher::RecordKey key, size_t nickname,
                      v1::CaseSide* side) {
  RELIEF_ASSIGN_OR_RETURN(auto person, matcher::PersonOfRecord(reader, key));
  RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
  side->set_person_id(person.ToString());
  side->set_records(static_cast<int32_t>(members.size()));
  SetNickname(nickname, side->mutable_nickname_zh(), side->mutable_nickname_en());
  for (const matcher::RecordKey& member : members) {
    if (member != key && side->other_records_size() >= kOtherRecords) continue;
    RELIEF_ASSIGN_OR_RETURN(auto record, ReadCaseRecord(reader, member));
    if (member == key) {
      *side->mutable_record() = std::move(record);
    } else {
      *side->add_other_records() = std::move(record);
    }
  }
  return absl::OkStatus();
}

absl::Status AddFindings(const storage::Reader& reader, v1::Case* out) {
  std::set<std::string> ids;
  for (const std::string& id : {out->side_a().person_id(), out->side_b().person_id()}) {
    RELIEF_ASSIGN_OR_RETURN(auto list, review_rows::ReadOrEmpty<stored::PersonFindings>(
                                           reader, schema::PersonFindingsRow(*matcher::PersonId::Parse(id))));
    ids.insert(list.finding_ids().begin(), list.finding_ids().end());
  }
  for (const std::string& id : ids) {
    RELIEF_ASSIGN_OR_RETURN(auto finding,
                            review_rows::ReadRow<v1::Finding>(reader, schema::FindingRow(id), "finding"));
    if (finding.state() == v1::Finding::OPEN) *out->add_findings() = std::move(finding);
  }
  return absl::OkStatus();
}

// Of this officer, today.
absl::StatusOr<bool> AsksSecondPerson(const core::Hub& hub, const storage::Reader& reader,
                                      const Officer& officer, const v1::Conflict& conflict,
                                      v1::Decision::Verdict verdict) {
  v1::Decision decision;
  *decision.mutable_record_a() = conflict.record_a();
  *decision.mutable_record_b() = conflict.record_b();
  decision.set_verdict(verdict);
  RELIEF_ASSIGN_OR_RETURN(auto stake, StakeOfDecision(reader, hub.as_of(), decision));
  RELIEF_ASSIGN_OR_RETURN(auto day, DayOf(reader, officer.person, hub.Now()));
  return NeedsSecondPerson(hub.features().Get<ReviewSettings>().policy, day, stake).has_value();
}

absl::StatusOr<v1::Effect> IfDecided(core::Hub& hub, const v1::Conflict& conflict,
                                     v1::Decision::Verdict verdict) {
  v1::Decision::Constraint constraint;
  *constraint.mutable_record_a() = conflict.record_a();
  *constraint.mutable_record_b() = conflict.record_b();
  constraint.set_verdict(verdict);
  return PreviewEffect(hub, {constraint});
}

}  // namespace

absl::StatusOr<v1::Case> ReadCase(core::Hub& hub, const Officer& officer, const std::string& conflict_id) {
  RELIEF_ASSIGN_OR_RETURN(auto conflict, GetConflict({hub, officer}, conflict_id));
  RELIEF_ASSIGN_OR_RETURN(auto pair, PairOf(conflict_id));
  const auto reader = hub.store().Snapshot();
  v1::Case out;
  RELIEF_RETURN_IF_ERROR(FillSide(*reader, pair.first, 0, out.mutable_side_a()));
  RELIEF_RETURN_IF_ERROR(FillSide(*reader, pair.second, 1, out.mutable_side_b()));
  auto record_a = review_rows::ReadRow<stored::Record>(*reader, schema::RecordRow(pair.first), "record");
  auto record_b = review_rows::ReadRow<stored::Record>(*reader, schema::RecordRow(pair.second), "record");
  auto identity_a = matcher::IdentityOf(*reader, pair.first),
       identity_b = matcher::IdentityOf(*reader, pair.second);
  if (!record_a.ok()) return record_a.status();
  if (!record_b.ok()) return record_b.status();
  if (!identity_a.ok()) return identity_a.status();
  if (!identity_b.ok()) return identity_b.status();
  for (v1::FieldComparison& field :
       CompareFields({record_a->record().person(), *identity_a, record_a->record().household()},
                     {record_b->record().person(), *identity_b, record_b->record().household()},
                     conflict.explanation()))
    *out.add_fields() = std::move(field);
  RELIEF_RETURN_IF_ERROR(AddFindings(*reader, &out));
  RELIEF_ASSIGN_OR_RETURN(auto same, IfDecided(hub, conflict, v1::Decision::SAME));
  RELIEF_ASSIGN_OR_RETURN(auto different, IfDecided(hub, conflict, v1::Decision::DIFFERENT));
  *out.mutable_if_same() = std::move(same);
  *out.mutable_if_different() = std::move(different);
  RELIEF_ASSIGN_OR_RETURN(auto events, ReadCaseEvents(*reader, conflict_id));
  const size_t first = events.size() > kEvents ? events.size() - kEvents : 0;
  for (size_t i = first; i < events.size(); ++i) *out.add_events() = std::move(events[i]);
  RELIEF_ASSIGN_OR_RETURN(auto second_if_same,
                          AsksSecondPerson(hub, *reader, officer, conflict, v1::Decision::SAME));
  RELIEF_ASSIGN_OR_RETURN(auto second_if_different,
                          AsksSecondPerson(hub, *reader, officer, conflict, v1::Decision::DIFFERENT));
  out.set_needs_approval_if_same(second_if_same);
  out.set_needs_approval_if_different(second_if_different);
  *out.mutable_conflict() = std::move(conflict);
  return out;
}

}  // namespace relief::server::review
