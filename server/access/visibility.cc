#include "server/access/visibility.h"

#include <algorithm>
#include <functional>
#include <set>

#include "relief/v1/charity_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "relief/v1/referral_service.pb.h"
#include "relief/v1/registry_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/access/type_question.h"
#include "server/core/schema.h"
#include "server/findings/finding_store.h"
#include "server/ingest/feed.h"
#include "server/notices/outbox.h"
#include "server/referrals/referrals.h"
#include "server/registry/person_view.h"
#include "server/review/deciding.h"
#include "server/review/review_rows.h"

namespace relief::server::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const std::set<const Descriptor*>& RowTypes() {
  static const std::set<const Descriptor*> types = {
      v1::Finding::descriptor(),      v1::Notice::descriptor(),   v1::Person::descriptor(),
      v1::PersonRecord::descriptor(), v1::Source::descriptor(),   v1::Subscription::descriptor(),
      v1::Conflict::descriptor(),     v1::WorkItem::descriptor(), v1::Case::descriptor(),
      v1::Decision::descriptor(),     v1::Proposal::descriptor(), v1::ReviewJobItem::descriptor(),
      v1::Referral::descriptor()};
  return types;
}

void ForEachString(const Message& message, const FieldDescriptor* field,
                   const std::function<void(const std::string&)>& take) {
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) return take(reflection->GetString(message, field));
  for (int i = 0; i < reflection->FieldSize(message, field); ++i)
    take(reflection->GetRepeatedString(message, field, i));
}

}  // namespace

bool HoldsRows(const Descriptor* type) {
  static TypeQuestion holds([](const Descriptor* inner) { return RowTypes().contains(inner); });
  return holds(type);
}

// `record` is a Record or a PersonRecord: both have person and the oneof's fields under the same names.
absl::StatusOr<Visibility::Seen> Visibility::JudgeRecord(const std::string& source_id,
                                                         const Message& record) const {
  std::string region;
  v1::Programme programme = v1::PROGRAMME_UNSPECIFIED;
  const auto read = [&](const auto& row) {
    if (row.has_benefit()) {
      programme = row.benefit().programme();
      region = row.benefit().paying_region();
    }
    if (region.empty()) region = row.person().region_code();
  };
  if (record.GetDescriptor() == v1::Record::descriptor()) {
    read(static_cast<const v1::Record&>(record));
  } else {
    read(static_cast<const v1::PersonRecord&>(record));
  }
  if (region.empty()) {
    auto source = ingest::GetSource(reader_, source_id);
    if (!source.ok() && !absl::IsNotFound(source.status())) return source.status();
    if (source.ok()) region = source->region_prefix();
  }
  if (programme != v1::PROGRAMME_UNSPECIFIED) {
    if (region.empty()) return permit_.SeesProgramme(programme) ? Seen::kWithOthers : Seen::kNo;
    return permit_.Sees(programme, region) ? Seen::kYes : Seen::kNo;
  }
  if (region.empty()) return Seen::kWithOthers;
  return permit_.SeesRegion(region) ? Seen::kYes : Seen::kNo;
}

absl::StatusOr<Visibility::Seen> Visibility::JudgeRecordNamed(const std::string& source_id,
                                                              const std::string& record_id) const {
  const std::string key = schema::RecordRow(matcher::RecordKey::Of(source_id, record_id));
  auto rows = reader_.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return Seen::kWithOthers;
  stored::Record record;
  if (!record.ParseFromString((*rows)[0].value)) return absl::DataLossError("the row of a record is damaged");
  return JudgeRecord(source_id, record.record());
}

absl::StatusOr<Visibility::Seen> Visibility::Judge(const Message& row) const {
  const Descriptor* type = row.GetDescriptor();
  const auto seen = [](bool yes) { return yes ? Seen::kYes : Seen::kNo; };
  const auto finding_seen = [&](const v1::Finding& finding) {
    std::vector<v1::Programme> programmes;
    for (const int programme : finding.notify()) programmes.push_back(static_cast<v1::Programme>(programme));
    for (const v1::Evidence& evidence : finding.evidence())
      if (evidence.programme() != v1::PROGRAMME_UNSPECIFIED) programmes.push_back(evidence.programme());
    return seen(permit_.SeesAny(programmes, finding.regions()));
  };
  const auto in_scope = [&](v1::Programme programme, const std::string& region) {
    std::vector<v1::Programme> programmes;
    if (programme != v1::PROGRAMME_UNSPECIFIED) programmes.push_back(programme);
    std::vector<std::string> regions;
    if (!region.empty()) regions.push_back(region);
    return seen(permit_.SeesAny(programmes, regions));
  };
  if (type == v1::Finding::descriptor()) return finding_seen(static_cast<const v1::Finding&>(row));
  if (type == v1::Notice::descriptor()) return finding_seen(static_cast<const v1::Notice&>(row).finding());
  if (type == v1::PersonRecord::descriptor()) {
    const auto& record = static_cast<const v1::PersonRecord&>(row);
    return JudgeRecord(record.name().source_id(), record);
  }
  if (type == v1::Person::descriptor()) {
    for (const v1::PersonRecord& record : static_cast<const v1::Person&>(row).records()) {
      auto judged = JudgeRecord(record.name().source_id(), record);
      if (!judged.ok() || *judged == Seen::kYes) return judged;
    }
    return Seen::kNo;
  }
  if (type == v1::Source::descriptor()) {
    const auto& source = static_cast<const v1::Source&>(row);
    return in_scope(source.programme(), source.region_prefix());
  }
  if (type == v1::Subscription::descriptor()) {
    const auto& subscription = static_cast<const v1::Subscription&>(row);
    std::vector<std::string> regions;
    if (!subscription.region_prefix().empty()) regions.push_back(subscription.region_prefix());
    return seen(permit_.SeesAny(subscription.programmes(), regions));
  }
  if (type == v1::WorkItem::descriptor()) {
    const auto& item = static_cast<const v1::WorkItem&>(row);
    return seen(permit_.SeesAny(item.programmes(), item.regions()));
  }
  if (type == v1::Case::descriptor()) return Judge(static_cast<const v1::Case&>(row).conflict());
  if (type == v1::Conflict::descriptor()) {
    const auto& conflict = static_cast<const v1::Conflict&>(row);
    return JudgeAnyOf({&conflict.record_a(), &conflict.record_b()});
  }
  if (type == v1::Decision::descriptor()) {
    const auto& decision = static_cast<const v1::Decision&>(row);
    std::vector<const v1::RecordName*> names;
    if (decision.has_record_a()) names = {&decision.record_a(), &decision.record_b()};
    for (const v1::Decision::Constraint& constraint : decision.constraints()) {
      names.push_back(&constraint.record_a());
      names.push_back(&constraint.record_b());
    }
    return JudgeAnyOf(names);
  }
  const auto named = [&](const std::string& field, const std::string& id) -> absl::StatusOr<Seen> {
    auto sees = SeesId(field, id);
    if (!sees.ok()) return sees.status();
    return seen(*sees);
  };
  if (type == v1::ReviewJobItem::descriptor())
    return named("conflict_id", static_cast<const v1::ReviewJobItem&>(row).conflict_id());
  if (type == v1::Proposal::descriptor()) {
    const auto& proposal = static_cast<const v1::Proposal&>(row);
    if (proposal.has_decide()) return named("conflict_id", proposal.decide().conflict_id());
    if (proposal.has_undo()) return named("decision_id", proposal.undo().decision_id());
    if (proposal.has_cluster()) {
      std::vector<const v1::RecordName*> names;
      for (const v1::ClusterDecision::Group& group : proposal.cluster().groups())
        for (const v1::RecordName& name : group.records()) names.push_back(&name);
      return JudgeAnyOf(names);
    }
    return Seen::kYes;  // a bulk decision names no row: its items are judged one by one
  }
  if (type == v1::Referral::descriptor()) {
    const auto& referral = static_cast<const v1::Referral&>(row);
    const bool to_us = referral.target().programme() != v1::PROGRAMME_UNSPECIFIED &&
                       permit_.Sees(referral.target().programme(), referral.target().region());
    return to_us ? Seen::kYes : named("finding_id", referral.finding_id());
  }
  return Seen::kYes;
}

// Seen with any of its records; records that are gone make nothing visible.
absl::StatusOr<Visibility::Seen> Visibility::JudgeAnyOf(
    const std::vector<const v1::RecordName*>& names) const {
  for (const v1::RecordName* name : names) {
    auto judged = JudgeRecordNamed(name->source_id(), name->record_id());
    if (!judged.ok() || *judged == Seen::kYes) return judged;
  }
  return Seen::kNo;
}

absl::StatusOr<bool> Visibility::Cut(Message* answer) const {
  if (!HoldsRows(answer->GetDescriptor())) return true;
  if (auto judged = Judge(*answer); !judged.ok()) {
    return judged.status();
  } else if (*judged == Seen::kNo) {
    return false;
  }
  // Whoever has a case to decide sees both of its sides.
  if (answer->GetDescriptor() == v1::Case::descriptor()) return true;
  const auto* reflection = answer->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*answer, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() == nullptr || !HoldsRows(field->message_type())) continue;
    if (!field->is_repeated()) {
      auto kept = Cut(reflection->MutableMessage(answer, field));
      if (!kept.ok()) return kept.status();
      if (!*kept) reflection->ClearField(answer, field);
      continue;
    }
    int kept_count = 0;
    const int size = reflection->FieldSize(*answer, field);
    for (int i = 0; i < size; ++i) {
      auto kept = Cut(reflection->MutableRepeatedMessage(answer, field, i));
      if (!kept.ok()) return kept.status();
      if (!*kept) continue;
      if (kept_count != i) reflection->SwapElements(answer, field, kept_count, i);
      ++kept_count;
    }
    for (int i = kept_count; i < size; ++i) reflection->RemoveLast(answer, field);
  }
  return true;
}

absl::StatusOr<bool> Visibility::SeesId(const std::string& field, const std::string& id) const {
  if (id.empty()) return true;
  const auto see = [&](const auto& row) -> absl::StatusOr<bool> {
    if (!row.ok())
      return absl::IsDataLoss(row.status()) || absl::IsUnavailable(row.status())
                 ? absl::StatusOr<bool>(row.status())
                 : absl::StatusOr<bool>(true);
    auto judged = Judge(*row);
    if (!judged.ok()) return judged.status();
    return *judged != Seen::kNo;
  };
  if (field.starts_with("finding_id")) return see(findings::GetFinding(reader_, id));
  if (field.starts_with("person_id")) return see(registry::ReadPerson(reader_, id));
  if (field.starts_with("source_id")) return see(ingest::GetSource(reader_, id));
  if (field.starts_with("subscription_id")) return see(notices::GetSubscription(reader_, id));
  if (field == "referral_id") return see(referrals::GetReferral(reader_, id));
  if (field == "decision_id") return see(review::ReadDecision(reader_, id));
  if (field == "proposal_id") {
    const auto stored = review::review_rows::ReadRow<stored::Proposal>(
        reader_, review::review_rows::ProposalRow(id), "proposal");
    return see(stored.ok() ? absl::StatusOr<v1::Proposal>(stored->proposal()) : stored.status());
  }
  if (field.starts_with("conflict_id")) {
    const auto conflict = matcher::MatchConflict::Parse(id);
    if (!conflict) return true;
    for (const matcher::RecordKey key : {conflict->first, conflict->second}) {
      const std::string row_key = schema::RecordRow(key);
      auto rows = reader_.MultiGet({&row_key, 1});
      if (!rows.ok()) return rows.status();
      stored::Record record;
      if (!(*rows)[0].present() || !record.ParseFromString((*rows)[0].value)) return true;
      auto judged = JudgeRecord(record.source_id(), record.record());
      if (!judged.ok()) return judged.status();
      if (*judged == Seen::kYes) return true;
    }
    return false;
  }
  return true;
}

absl::StatusOr<bool> Visibility::SeesRowsNamed(const Message& request) const {
  if (request.GetDescriptor() == v1::RecordName::descriptor()) {
    const auto& name = static_cast<const v1::RecordName&>(request);
    auto judged = JudgeRecordNamed(name.source_id(), name.record_id());
    if (!judged.ok()) return judged.status();
    return *judged != Seen::kNo;
  }
  const auto* reflection = request.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(request, &fields);
  absl::StatusOr<bool> all = true;
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() != nullptr) {
      const int size = field->is_repeated() ? reflection->FieldSize(request, field) : 1;
      for (int i = 0; i < size; ++i) {
        all = SeesRowsNamed(field->is_repeated() ? reflection->GetRepeatedMessage(request, field, i)
                                                 : reflection->GetMessage(request, field));
        if (!all.ok() || !*all) return all;
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      ForEachString(request, field, [&](const std::string& id) {
        if (all.ok() && *all) all = SeesId(field->name(), id);
      });
      if (!all.ok() || !*all) return all;
    }
  }
  return true;
}

}  // namespace relief::server::access
