// A person as it was known on an earlier day.
#include <algorithm>

#include "server/core/schema.h"
#include "server/findings/finding_life.h"
#include "server/records/identity_mapping.h"
#include "server/registry/person_rows.h"
#include "server/registry/person_view.h"
#include "storage/status_macros.h"

namespace relief::server::registry {
namespace {

constexpr size_t kMostVersions = 10'000;  // of one record: far beyond anything real

// The records that the person had at that instant: what they were before the first change after it, or else
// what they are.
absl::StatusOr<std::vector<matcher::RecordKey>> MembersAt(const storage::Reader& reader,
                                                          matcher::PersonId person, int64_t time_us) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(schema::PersonPastPrefix(person),
                                                 schema::PersonPastRow(person, time_us + 1), 1));
  if (rows.empty()) return matcher::MembersOf(reader, person);
  stored::PersonPast past;
  if (!past.ParseFromString(rows[0].row.value))
    return absl::DataLossError("the row of a person's past is damaged");
  std::vector<matcher::RecordKey> members;
  for (size_t at = 0; at + matcher::RecordKey::kSize <= past.records().size();
       at += matcher::RecordKey::kSize)
    members.push_back(matcher::RecordKey::FromBytes(past.records().data() + at));
  return members;
}

// The version of a record that was the newest at that instant; nothing if there was none, or it was
// withdrawn.
absl::StatusOr<std::optional<stored::Record>> VersionAt(const storage::Reader& reader, matcher::RecordKey key,
                                                        int64_t time_us) {
  const std::string row = schema::RecordRow(key);
  RELIEF_ASSIGN_OR_RETURN(auto current, reader.MultiGet({&row, 1}));
  RELIEF_ASSIGN_OR_RETURN(auto past, reader.Scan(schema::RecordHistoryPrefix(key), "", kMostVersions));
  std::vector<std::string> values;
  for (storage::KeyRow& version : past) values.push_back(std::move(version.row.value));
  if (current[0].present()) values.push_back(std::move(current[0].value));
  std::optional<stored::Record> newest;
  for (const std::string& value : values) {
    stored::Record record;
    if (!record.ParseFromString(value)) return absl::DataLossError("the row of a record is damaged");
    if (record.commit_time_us() <= time_us) newest = std::move(record);
  }
  if (newest && !records::IsLive(*newest)) return std::optional<stored::Record>();
  if (newest) *newest->mutable_record() = records::EffectiveRecord(*newest);
  return newest;
}

}  // namespace

absl::StatusOr<v1::Person> ReadPersonAsKnownAt(const storage::Reader& reader, const std::string& person_id,
                                               int64_t time_us) {
  const auto id = matcher::PersonId::Parse(person_id);
  if (!id) return absl::InvalidArgumentError("person_id: not a person id");
  auto members = MembersAt(reader, *id, time_us);
  if (absl::IsNotFound(members.status())) return absl::NotFoundError("no such person then");
  if (!members.ok()) return members.status();
  std::vector<stored::Record> rows;
  for (const matcher::RecordKey& key : *members) {
    RELIEF_ASSIGN_OR_RETURN(auto version, VersionAt(reader, key, time_us));
    if (version) rows.push_back(*std::move(version));
  }
  if (rows.empty()) return absl::NotFoundError("no such person then");
  v1::Person person;
  person.set_person_id(id->ToString());
  ShowRecords(rows, &person);

  const std::string key = schema::PersonFindingsRow(*id);
  RELIEF_ASSIGN_OR_RETURN(auto list_row, reader.MultiGet({&key, 1}));
  stored::PersonFindings list;
  if (!list.ParseFromString(list_row[0].value))
    return absl::DataLossError("the row of a person's findings is damaged");
  for (const auto* ids : {&list.finding_ids(), &list.household_finding_ids(), &list.past_finding_ids()}) {
    for (const std::string& finding_id : *ids) {
      auto finding = findings::FindingAsKnownAt(reader, finding_id, time_us);
      if (absl::IsNotFound(finding.status())) continue;
      if (!finding.ok()) return finding.status();
      if (finding->state() == v1::Finding::OPEN && finding->person_id() == person.person_id())
        *person.add_findings() = *std::move(finding);
    }
  }
  return person;
}

}  // namespace relief::server::registry
