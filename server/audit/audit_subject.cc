#include "server/audit/audit_subject.h"

#include <algorithm>

#include "relief/v1/finding_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/schema.h"
#include "server/referrals/referral.pb.h"
#include "server/referrals/referral_keys.h"

namespace relief::server::audit {
namespace {

using Keys = std::vector<matcher::RecordKey>;

void AddRecord(const v1::RecordName& name, Keys* keys) {
  if (!name.record_id().empty()) keys->push_back(matcher::RecordKey::Of(name.source_id(), name.record_id()));
}

void AddPerson(std::string_view person_id, Keys* keys) {
  if (const auto person = matcher::PersonId::Parse(person_id)) keys->push_back(person->anchor);
}

// The row with this key, if it is there and of this kind.
template <typename Message>
absl::StatusOr<Message> RowOf(const storage::Reader& reader, const std::string& key) {
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  Message message;
  if ((*rows)[0].present() && !message.ParseFromString((*rows)[0].value))
    return absl::DataLossError("a row that the audit chain names is damaged");
  return message;
}

// Records that an id leads to: of each person that it stands for, at least one.
absl::Status AddId(const storage::Reader& reader, std::string_view action, std::string_view id, Keys* keys) {
  if (const auto pair = matcher::MatchConflict::Parse(id)) {
    keys->push_back(pair->first);
    keys->push_back(pair->second);
  } else if (id.starts_with("P-")) {
    AddPerson(id, keys);
  } else if (action.starts_with("finding.")) {
    auto finding = RowOf<v1::Finding>(reader, schema::FindingRow(id));
    if (!finding.ok()) return finding.status();
    AddPerson(finding->person_id(), keys);
    for (const std::string& person : finding->household_person_ids()) AddPerson(person, keys);
    for (const v1::Evidence& evidence : finding->evidence()) AddRecord(evidence.record(), keys);
  } else if (action.starts_with("referral.") || action.starts_with("charity.")) {
    auto referral = RowOf<stored::Referral>(reader, referrals::referral_keys::ReferralRow(id));
    if (!referral.ok()) return referral.status();
    AddPerson(referral->referral().person_id(), keys);
  } else if (action.starts_with("review.") && id.starts_with("E-")) {
    auto decision = RowOf<v1::Decision>(reader, schema::DecisionRow(id));
    if (!decision.ok()) return decision.status();
    AddRecord(decision->record_a(), keys);
    AddRecord(decision->record_b(), keys);
    for (const v1::Decision::Constraint& constraint : decision->constraints()) {
      AddRecord(constraint.record_a(), keys);
      AddRecord(constraint.record_b(), keys);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<matcher::RecordKey>> RecordsConcerned(const storage::Reader& reader,
                                                                 core::AuditEvent* event) {
  Keys all, named;
  std::string others;
  for (std::string_view rest = event->subject; !rest.empty();) {
    const std::string_view id = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), id.size() + 1));
    const auto record = id.starts_with("K-") ? matcher::RecordKey::Parse(id.substr(2)) : std::nullopt;
    if (record) {
      all.push_back(*record);
      continue;
    }
    if (absl::Status status = AddId(reader, event->action, id, &named); !status.ok()) return status;
    others.append(others.empty() ? "" : " ").append(id);
  }
  if (!all.empty()) event->subject = std::move(others);
  if (!named.empty()) {
    auto persons = matcher::PersonsOfRecords(reader, named);
    if (!persons.ok()) return persons.status();
    std::vector<matcher::PersonId> found;
    for (const auto& person : *persons)
      if (person) found.push_back(*person);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    auto members = matcher::MembersOfPersons(reader, found);
    if (!members.ok()) return members.status();
    for (const Keys& one : *members) all.insert(all.end(), one.begin(), one.end());
    all.insert(all.end(), named.begin(), named.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool IsWholeList(std::string_view action) {
  return action.starts_with("export.") || action == "registry.export" || action == "report.export" ||
         action == "finding.export" || action == "intake.rejected-rows";
}

}  // namespace relief::server::audit
