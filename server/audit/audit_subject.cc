#include "server/audit/audit_subject.h"

#include <algorithm>

#include "relief/v1/finding_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/schema.h"
#include "server/referrals/referral.pb.h"
#include "server/referrals/referral_keys.h"
#include "storage/status_macros.h"

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
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  Message message;
  if (rows[0].present() && !message.ParseFromString(rows[0].value))
    return absl::DataLossError("a row that the audit chain names is damaged");
  return message;
}

// The records that an id leads to: at least one of each person that it names.
absl::Status AddId(const storage::Reader& reader, std::string_view action, std::string_view id, Keys* keys) {
  if (const auto pair = matcher::MatchConflict::Parse(id)) {
    keys->push_back(pair->first);
    keys->push_back(pair->second);
  } else if (id.starts_with("P-")) {
    AddPerson(id, keys);
  } else if (action.starts_with("finding.")) {
    RELIEF_ASSIGN_OR_RETURN(auto finding, RowOf<v1::Finding>(reader, schema::FindingRow(id)));
    AddPerson(finding.person_id(), keys);
    for (const std::string& person : finding.household_person_ids()) AddPerson(person, keys);
    for (const v1::Evidence& evidence : finding.evidence()) AddRecord(evidence.record(), keys);
  } else if (action.starts_with("referral.") || action.starts_with("charity.")) {
    RELIEF_ASSIGN_OR_RETURN(auto referral,
                            RowOf<stored::Referral>(reader, referrals::referral_keys::ReferralRow(id)));
    AddPerson(referral.referral().person_id(), keys);
  } else if (action.starts_with("review.") && id.starts_with("E-")) {
    RELIEF_ASSIGN_OR_RETURN(auto decision, RowOf<v1::Decision>(reader, schema::DecisionRow(id)));
    AddRecord(decision.record_a(), keys);
    AddRecord(decision.record_b(), keys);
    for (const v1::Decision::Constraint& constraint : decision.constraints()) {
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
    RELIEF_RETURN_IF_ERROR(AddId(reader, event->action, id, &named));
    others.append(others.empty() ? "" : " ").append(id);
  }
  if (!all.empty()) event->subject = std::move(others);
  if (!named.empty()) {
    RELIEF_ASSIGN_OR_RETURN(auto persons, matcher::PersonsOfRecords(reader, named));
    std::vector<matcher::PersonId> found;
    for (const auto& person : persons)
      if (person) found.push_back(*person);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOfPersons(reader, found));
    for (const Keys& one : members) all.insert(all.end(), one.begin(), one.end());
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
