#include "server/report/person_view.h"

#include <algorithm>
#include <set>

#include "matcher/normalize/normalizer.h"
#include "server/ingest/identity_mapping.h"
#include "server/notice/finding_store.h"
#include "server/review/explanation.h"
#include "server/schema.h"
#include "server/security/mask.h"

namespace relief::server {
namespace {

constexpr int kMaxPersons = 50;
constexpr size_t kMaxCandidates = 5;
constexpr size_t kMaxCaseNumber = 64;
constexpr size_t kAssignmentPage = 2000;
// Names a record that does not exist yet: the award that is applied for.
constexpr char kIntendedSource[] = "applied-for";

struct Records {
  std::vector<matcher::RecordKey> keys;
  std::vector<stored::Record> rows;  // effective ones
};

absl::StatusOr<Records> ReadRecords(const storage::Reader& reader, matcher::PersonId person) {
  auto members = matcher::MembersOf(reader, person);
  if (!members.ok()) return members.status();
  Records records;
  records.keys = *std::move(members);
  std::vector<std::string> rows;
  for (const matcher::RecordKey& key : records.keys) rows.push_back(schema::RecordRow(key));
  auto stored = reader.MultiGet(rows);
  if (!stored.ok()) return stored.status();
  for (const storage::Row& row : *stored) {
    stored::Record& record = records.rows.emplace_back();
    if (!row.present() || !record.ParseFromString(row.value))
      return absl::DataLossError("the row of a record is damaged");
    *record.mutable_record() = EffectiveRecord(record);
  }
  return records;
}

absl::Status AddFindings(const storage::Reader& reader, matcher::PersonId person, v1::Person* out) {
  const std::string key = schema::PersonFindingsRow(person);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  stored::PersonFindings list;
  if (!list.ParseFromString((*rows)[0].value))
    return absl::DataLossError("the row of a person's findings is damaged");
  for (const std::string& id : list.finding_ids()) {
    auto finding = GetFinding(reader, id);
    if (!finding.ok()) return finding.status();
    if (finding->state() == v1::Finding::OPEN) *out->add_findings() = *std::move(finding);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Person> View(const storage::Reader& reader, matcher::PersonId person) {
  auto records = ReadRecords(reader, person);
  if (!records.ok()) return records.status();
  v1::Person out;
  out.set_person_id(person.ToString());
  std::set<std::string> conflicts;
  for (size_t i = 0; i < records->keys.size(); ++i) {
    const stored::Record& stored = records->rows[i];
    v1::PersonRecord& record = *out.add_records();
    record.mutable_name()->set_source_id(stored.source_id());
    record.mutable_name()->set_record_id(stored.record().record_id());
    *record.mutable_person() = MaskIdentity(stored.record().person());
    *record.mutable_household() = stored.record().household();
    if (stored.record().has_benefit()) *record.mutable_benefit() = stored.record().benefit();
    if (stored.record().has_fact()) *record.mutable_fact() = stored.record().fact();
    if (stored.record().has_lead()) *record.mutable_lead() = stored.record().lead();
    if (stored.record().has_gift()) *record.mutable_gift() = stored.record().gift();
    auto of_record = matcher::ConflictsOfRecord(reader, records->keys[i]);
    if (!of_record.ok()) return of_record.status();
    for (const matcher::Conflict& conflict : *of_record) conflicts.insert(conflict.ToString());
  }
  std::sort(out.mutable_records()->begin(), out.mutable_records()->end(),
            [](const v1::PersonRecord& l, const v1::PersonRecord& r) {
              return std::pair(l.name().source_id(), l.name().record_id()) <
                     std::pair(r.name().source_id(), r.name().record_id());
            });
  for (const std::string& conflict : conflicts) out.add_conflict_ids(conflict);
  if (absl::Status status = AddFindings(reader, person, &out); !status.ok()) return status;
  return out;
}

// The duplicates that the intended award would make: what the rules say with it and do not say without it.
absl::Status WouldOpen(const storage::Reader& reader, const coverage::RuleSet& rules,
                       matcher::CivilDate as_of, matcher::PersonId person, const v1::Benefit& intended,
                       v1::ApplicantResult* result) {
  auto records = ReadRecords(reader, person);
  if (!records.ok()) return records.status();
  v1::Record award;
  award.set_record_id("1");
  *award.mutable_benefit() = intended;
  const matcher::RecordKey award_key = matcher::RecordKey::Of(kIntendedSource, award.record_id());
  std::vector<coverage::CoverageRecord> with;
  for (size_t i = 0; i < records->keys.size(); ++i)
    with.push_back({records->keys[i], &records->rows[i].record()});
  with.push_back({award_key, &award});
  for (const coverage::FindingDraft& draft : rules.Evaluate(with, as_of)) {
    if (std::find(draft.evidence.begin(), draft.evidence.end(), award_key) == draft.evidence.end()) continue;
    v1::Finding finding;
    rules.Describe(draft.rule_id, as_of, &finding);
    finding.set_rule_id(draft.rule_id);
    if (finding.kind() == v1::MISSING) continue;
    finding.set_person_id(person.ToString());
    finding.set_amount_fen(draft.amount_fen);
    for (const v1::Month& month : draft.overlap_months) *finding.add_overlap_months() = month;
    for (const matcher::RecordKey& key : draft.evidence) {
      const auto at = std::find(records->keys.begin(), records->keys.end(), key);
      if (at == records->keys.end()) continue;
      const stored::Record& record = records->rows[static_cast<size_t>(at - records->keys.begin())];
      v1::Evidence& evidence = *finding.add_evidence();
      evidence.mutable_record()->set_source_id(record.source_id());
      evidence.mutable_record()->set_record_id(record.record().record_id());
      evidence.set_programme(record.record().benefit().programme());
    }
    *result->add_would_open() = std::move(finding);
  }
  return absl::OkStatus();
}

bool Blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

}  // namespace

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
  auto person = matcher::FollowPersonId(reader, *id);
  if (!person.ok()) return person.status();
  return View(reader, *person);
}

absl::StatusOr<v1::Person> ReadPersonOfRecord(const storage::Reader& reader, const v1::RecordName& record) {
  auto person =
      matcher::PersonOfRecord(reader, matcher::RecordKey::Of(record.source_id(), record.record_id()));
  if (!person.ok()) return person.status();
  return View(reader, *person);
}

absl::StatusOr<v1::CheckApplicantResponse> CheckApplicant(const storage::Reader& reader,
                                                          const matcher::Model& model,
                                                          const coverage::RuleSet& rules,
                                                          matcher::CivilDate as_of,
                                                          const v1::CheckApplicantRequest& request) {
  if (request.persons().empty() || request.persons_size() > kMaxPersons)
    return absl::InvalidArgumentError("persons: 1 to 50");
  for (int i = 0; i < request.persons_size(); ++i)
    if (Blank(request.persons(i).name()) && Blank(request.persons(i).id_number()))
      return absl::InvalidArgumentError("persons[" + std::to_string(i) +
                                        "].name: a name or a document number is required");
  v1::CheckApplicantResponse response;
  for (const v1::PersonIdentity& asked : request.persons()) {
    v1::ApplicantResult& result = *response.add_results();
    const matcher::Identity identity = matcher::Normalize(ToRawIdentity(asked, "", v1::Household()));
    auto found = matcher::FindPersons(reader, model, identity, kMaxCandidates);
    if (!found.ok()) return found.status();
    bool judged = false;
    for (const matcher::PersonCandidate& candidate : *found) {
      const bool certain =
          candidate.score.vetoes == matcher::kNoVeto && candidate.score.bits >= model.link_threshold();
      auto person = View(reader, candidate.person);
      if (!person.ok()) return person.status();
      auto best = matcher::IdentityOf(reader, candidate.best_record);
      if (!best.ok()) return best.status();
      v1::Candidate& out = *result.add_candidates();
      *out.mutable_person() = *std::move(person);
      out.set_band(certain ? v1::Candidate::CERTAIN : v1::Candidate::POSSIBLE);
      *out.mutable_explanation() = Explain(model, identity, *best);
      if (!certain || judged || !request.has_intended()) continue;
      judged = true;
      if (absl::Status status =
              WouldOpen(reader, rules, as_of, candidate.person, request.intended(), &result);
          !status.ok())
        return status;
    }
  }
  return response;
}

absl::Status ForEachAssignment(const storage::Reader& reader,
                               const std::function<bool(const v1::Assignment&)>& take) {
  std::string from;
  while (true) {
    auto rows = reader.Scan(schema::kAllSourceRecordsPrefix, from, kAssignmentPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    from = rows->back().key + std::string(1, '\0');
    std::vector<matcher::RecordKey> keys;
    std::vector<std::string> record_rows;
    for (const storage::KeyRow& row : *rows) {
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
      if (!IsLive(record)) continue;
      auto person = matcher::PersonOfRecord(reader, keys[i]);
      if (!person.ok()) return person.status();
      v1::Assignment assignment;
      assignment.mutable_record()->set_source_id(record.source_id());
      assignment.mutable_record()->set_record_id(record.record().record_id());
      assignment.set_programme(record.record().benefit().programme());
      assignment.set_person_id(person->ToString());
      if (!take(assignment)) return absl::OkStatus();
    }
  }
}

}  // namespace relief::server
