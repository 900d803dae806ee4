#include "server/registry/person_view.h"

#include <algorithm>
#include <set>

#include "server/core/schema.h"
#include "server/findings/finding_store.h"
#include "server/findings/judging.h"
#include "server/records/identity_mapping.h"
#include "server/registry/person_rows.h"
#include "storage/status_macros.h"

namespace relief::server::registry {
namespace {

constexpr size_t kMaxCaseNumber = 64;
constexpr size_t kAssignmentPage = 2000;

absl::Status AddFindings(const storage::Reader& reader, matcher::PersonId person, v1::Person* out) {
  const std::string key = schema::PersonFindingsRow(person);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  stored::PersonFindings list;
  if (!list.ParseFromString(rows[0].value))
    return absl::DataLossError("the row of a person's findings is damaged");
  for (const auto* ids : {&list.finding_ids(), &list.household_finding_ids()}) {
    for (const std::string& id : *ids) {
      RELIEF_ASSIGN_OR_RETURN(auto finding, findings::GetFinding(reader, id));
      if (finding.state() == v1::Finding::OPEN) *out->add_findings() = std::move(finding);
    }
  }
  return absl::OkStatus();
}

bool Blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

}  // namespace

absl::StatusOr<PersonRows> ReadRows(const storage::Reader& reader, matcher::PersonId person) {
  RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
  PersonRows records;
  records.keys = std::move(members);
  std::vector<std::string> rows;
  for (const matcher::RecordKey& key : records.keys) rows.push_back(schema::RecordRow(key));
  auto stored = reader.MultiGet(rows);
  if (!stored.ok()) return stored.status();
  for (const storage::Row& row : *stored) {
    stored::Record& record = records.rows.emplace_back();
    if (!row.present() || !record.ParseFromString(row.value))
      return absl::DataLossError("the row of a record is damaged");
    *record.mutable_record() = records::EffectiveRecord(record);
  }
  return records;
}

void ShowRecords(const std::vector<stored::Record>& rows, v1::Person* person) {
  for (const stored::Record& stored : rows) {
    v1::PersonRecord& record = *person->add_records();
    record.mutable_name()->set_source_id(stored.source_id());
    record.mutable_name()->set_record_id(stored.record().record_id());
    *record.mutable_person() = stored.record().person();
    *record.mutable_household() = stored.record().household();
    if (stored.record().has_benefit()) *record.mutable_benefit() = stored.record().benefit();
    if (stored.record().has_fact()) *record.mutable_fact() = stored.record().fact();
    if (stored.record().has_lead()) *record.mutable_lead() = stored.record().lead();
    if (stored.record().has_gift()) *record.mutable_gift() = stored.record().gift();
  }
  std::sort(person->mutable_records()->begin(), person->mutable_records()->end(),
            [](const v1::PersonRecord& l, const v1::PersonRecord& r) {
              return std::pair(l.name().source_id(), l.name().record_id()) <
                     std::pair(r.name().source_id(), r.name().record_id());
            });
}

absl::StatusOr<v1::Person> ShowPerson(const storage::Reader& reader, matcher::PersonId person) {
  RELIEF_ASSIGN_OR_RETURN(auto records, ReadRows(reader, person));
  v1::Person out;
  out.set_person_id(person.ToString());
  ShowRecords(records.rows, &out);
  RELIEF_ASSIGN_OR_RETURN(auto conflicts, matcher::ConflictsOfRecords(reader, records.keys));
  for (const matcher::MatchConflict& conflict : conflicts) out.add_conflict_ids(conflict.ToString());
  RELIEF_RETURN_IF_ERROR(AddFindings(reader, person, &out));
  return out;
}

absl::StatusOr<v1::HouseholdView> ReadHouseholdOf(const storage::Reader& reader,
                                                  const std::string& person_id) {
  const auto id = matcher::PersonId::Parse(person_id);
  if (!id) return absl::InvalidArgumentError("person_id: not a person id");
  RELIEF_ASSIGN_OR_RETURN(auto person, matcher::FollowPersonId(reader, *id));
  RELIEF_ASSIGN_OR_RETURN(auto household, findings::ReadHousehold(reader, person));
  v1::HouseholdView view;
  v1::Person of_members;  // gathers their findings
  for (const auto& [member, keys] : household.members) {
    v1::HouseholdView::Member& shown = *view.add_members();
    shown.set_person_id(member.ToString());
    for (const matcher::RecordKey& key : keys) {
      const stored::Record& record = household.records.at(key);
      if (record.record().household().household_id().empty()) continue;
      v1::HouseholdView::HouseholdTie& tie = *shown.add_ties();
      tie.mutable_record()->set_source_id(record.source_id());
      tie.mutable_record()->set_record_id(record.record().record_id());
      tie.set_household_id(record.record().household().household_id());
      tie.set_relation(record.record().household().relation());
    }
    if (absl::Status status = AddFindings(reader, member, &of_members); !status.ok()) return status;
  }
  for (v1::Finding& finding : *of_members.mutable_findings())
    if (finding.household_person_ids_size() > 0) *view.add_findings() = std::move(finding);
  return view;
}

absl::Status CheckPurpose(const v1::Purpose& purpose) {
  if (purpose.kind() == v1::Purpose::KIND_UNSPECIFIED || !v1::Purpose::Kind_IsValid(purpose.kind()))
    return absl::InvalidArgumentError("purpose.kind: required");
  const bool needs_case = purpose.kind() == v1::Purpose::APPLICATION ||
                          purpose.kind() == v1::Purpose::REVIEW || purpose.kind() == v1::Purpose::FINDING;
  if (needs_case && Blank(purpose.case_number()))
    return absl::InvalidArgumentError("purpose.case_number: required for this purpose");
  if (purpose.case_number().size() > kMaxCaseNumber)
    return absl::InvalidArgumentError("purpose.case_number: at most 64 bytes");
  return absl::OkStatus();
}

absl::StatusOr<v1::Person> ReadPerson(const storage::Reader& reader, const std::string& person_id) {
  const auto id = matcher::PersonId::Parse(person_id);
  if (!id) return absl::InvalidArgumentError("person_id: not a person id");
  RELIEF_ASSIGN_OR_RETURN(auto person, matcher::FollowPersonId(reader, *id));
  return ShowPerson(reader, person);
}

absl::StatusOr<v1::Person> ReadPersonOfRecord(const storage::Reader& reader, const v1::RecordName& record) {
  auto person =
      matcher::PersonOfRecord(reader, matcher::RecordKey::Of(record.source_id(), record.record_id()));
  if (!person.ok()) return person.status();
  return ShowPerson(reader, *person);
}

absl::Status ForEachAssignment(const storage::Reader& reader,
                               const std::function<bool(const v1::Assignment&)>& take) {
  std::string from;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(schema::kAllSourceRecordsPrefix, from, kAssignmentPage));
    if (rows.empty()) return absl::OkStatus();
    from = rows.back().key + std::string(1, '\0');
    std::vector<matcher::RecordKey> keys;
    std::vector<std::string> record_rows;
    for (const storage::KeyRow& row : rows) {
      const auto decoded = schema::DecodeSourceRecord(row.row.value);
      if (!decoded) return absl::DataLossError("the row of a source's record is damaged");
      keys.push_back(decoded->key);
      record_rows.push_back(schema::RecordRow(decoded->key));
    }
    auto records = reader.MultiGet(record_rows);
    if (!records.ok()) return records.status();
    for (size_t i = 0; i < keys.size(); ++i) {
      stored::Record record;
      if (!record.ParseFromString((*records)[i].value))
        return absl::DataLossError("the row of a record is damaged");
      if (!records::IsLive(record)) continue;
      RELIEF_ASSIGN_OR_RETURN(auto person, matcher::PersonOfRecord(reader, keys[i]));
      v1::Assignment assignment;
      assignment.mutable_record()->set_source_id(record.source_id());
      assignment.mutable_record()->set_record_id(record.record().record_id());
      assignment.set_programme(record.record().benefit().programme());
      assignment.set_person_id(person.ToString());
      if (!take(assignment)) return absl::OkStatus();
    }
  }
}

}  // namespace relief::server::registry
