#include "server/access/row_judge.h"

#include <algorithm>
#include <map>

#include "matcher/resolve/resolver.h"
#include "relief/v1/registry_service.pb.h"
#include "server/core/schema.h"
#include "server/findings/finding_store.h"
#include "server/ingest/feed.h"
#include "server/notices/outbox.h"
#include "server/referrals/referrals.h"
#include "server/review/deciding.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using matcher::RecordKey;
using Seen = RowJudge::Seen;
using Reach = RowJudge::Reach;
namespace review_rows = review::review_rows;

constexpr size_t kPage = 512;

Seen YesOrNo(bool yes) { return yes ? Seen::kYes : Seen::kNo; }

// What several rows are together: seen with any of them, or only with all. Rows that are gone make nothing
// visible, and hide nothing.
class Together {
 public:
  explicit Together(Reach reach) : reach_(reach) {}
  // True: the others do not matter any more.
  bool Add(Seen one) {
    yes_ = yes_ || one == Seen::kYes;
    no_ = no_ || one == Seen::kNo;
    return reach_ == Reach::kAny ? yes_ : no_;
  }
  Seen seen() const {
    if (reach_ == Reach::kAll) return YesOrNo(yes_ && !no_);
    return YesOrNo(yes_);
  }

 private:
  const Reach reach_;
  bool yes_ = false, no_ = false;
};

// A row that is not there is the handler's to tell of.
template <typename Row>
absl::StatusOr<Seen> Absent(const absl::StatusOr<Row>& row) {
  if (absl::IsNotFound(row.status()) || absl::IsInvalidArgument(row.status())) return Seen::kGone;
  return row.status();
}

std::vector<const v1::RecordName*> NamesIn(const v1::Decision& decision) {
  std::vector<const v1::RecordName*> names;
  if (decision.has_record_a()) names = {&decision.record_a(), &decision.record_b()};
  for (const v1::Decision::Constraint& constraint : decision.constraints()) {
    names.push_back(&constraint.record_a());
    names.push_back(&constraint.record_b());
  }
  return names;
}

}  // namespace

// `record` is a Record or a PersonRecord: both have person and the oneof's fields under the same names.
absl::StatusOr<Seen> RowJudge::JudgeContent(const std::string& source_id, const Message& record) const {
  if (sees_all_) return Seen::kYes;
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
    return YesOrNo(permit_.Sees(programme, region));
  }
  if (region.empty()) return Seen::kWithOthers;
  return YesOrNo(permit_.SeesRegion(region));
}

absl::StatusOr<std::vector<Seen>> RowJudge::JudgeKeys(const std::vector<RecordKey>& keys) const {
  if (sees_all_) return std::vector<Seen>(keys.size(), Seen::kYes);
  std::vector<std::string> row_keys;
  row_keys.reserve(keys.size());
  for (const RecordKey& key : keys) row_keys.push_back(schema::RecordRow(key));
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader_.MultiGet(row_keys));
  std::vector<Seen> judged;
  for (const storage::Row& row : rows) {
    if (!row.present()) {
      judged.push_back(Seen::kGone);
      continue;
    }
    stored::Record record;
    if (!record.ParseFromString(row.value)) return absl::DataLossError("the row of a record is damaged");
    RELIEF_ASSIGN_OR_RETURN(auto one, JudgeContent(record.source_id(), record.record()));
    judged.push_back(one);
  }
  return judged;
}

absl::StatusOr<Seen> RowJudge::JudgeRecordNamed(const v1::RecordName& name) const {
  RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeKeys({RecordKey::Of(name.source_id(), name.record_id())}));
  return judged[0];
}

absl::StatusOr<Seen> RowJudge::JudgeNames(const std::vector<const v1::RecordName*>& names,
                                          Reach reach) const {
  std::vector<RecordKey> keys;
  for (const v1::RecordName* name : names)
    keys.push_back(RecordKey::Of(name->source_id(), name->record_id()));
  RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeKeys(keys));
  Together together(reach);
  for (const Seen one : judged)
    if (together.Add(one)) break;
  return together.seen();
}

absl::StatusOr<Seen> RowJudge::JudgePerson(const std::string& person_id) const {
  const auto id = matcher::PersonId::Parse(person_id);
  if (!id) return Seen::kGone;
  auto person = matcher::FollowPersonId(reader_, *id);
  if (!person.ok()) return Absent(person);
  auto members = matcher::MembersOf(reader_, *person);
  if (!members.ok()) return Absent(members);
  RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeKeys(*members));
  return YesOrNo(std::find(judged.begin(), judged.end(), Seen::kYes) != judged.end());
}

// Of many, as long as it matters; `decided`: the others do not matter any more.
absl::StatusOr<Seen> RowJudge::JudgeConflicts(const std::vector<std::string>& ids, Reach reach,
                                              bool* decided) const {
  std::vector<RecordKey> keys;
  for (const std::string& id : ids) {
    const auto pair = matcher::MatchConflict::Parse(id);
    if (!pair) continue;
    keys.push_back(pair->first);
    keys.push_back(pair->second);
  }
  RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeKeys(keys));
  Together together(reach);
  bool any = false;
  for (size_t i = 0; i + 1 < judged.size(); i += 2) {
    const Seen a = judged[i], b = judged[i + 1];
    const bool yes = a == Seen::kYes || b == Seen::kYes, gone = a == Seen::kGone || b == Seen::kGone;
    any = any || yes || !gone;
    *decided = together.Add(yes ? Seen::kYes : gone ? Seen::kGone : Seen::kNo);
    if (*decided) return together.seen();
  }
  return any ? together.seen() : Seen::kGone;
}

absl::StatusOr<Seen> RowJudge::JudgeConflict(const std::string& conflict_id) const {
  bool decided = false;
  return JudgeConflicts({conflict_id}, Reach::kAny, &decided);
}

absl::StatusOr<Seen> RowJudge::JudgeWorkItem(const v1::WorkItem& item) const {
  if (sees_all_) return Seen::kYes;
  bool everywhere = !item.regions().empty();
  for (const std::string& region : item.regions()) {
    if (item.programmes().empty()) everywhere = everywhere && permit_.SeesRegion(region);
    for (const int programme : item.programmes())
      everywhere = everywhere && permit_.Sees(static_cast<v1::Programme>(programme), region);
  }
  // Its programmes and regions are those of two records: which goes with which, only these say.
  return everywhere ? absl::StatusOr<Seen>(Seen::kYes) : JudgeConflict(item.conflict_id());
}

absl::StatusOr<Seen> RowJudge::JudgeFinding(const v1::Finding& finding) const {
  std::vector<v1::Programme> programmes;
  for (const int programme : finding.notify()) programmes.push_back(static_cast<v1::Programme>(programme));
  for (const v1::Evidence& evidence : finding.evidence())
    if (evidence.programme() != v1::PROGRAMME_UNSPECIFIED) programmes.push_back(evidence.programme());
  return YesOrNo(permit_.SeesAny(programmes, finding.regions()));
}

absl::StatusOr<Seen> RowJudge::JudgeDecision(const v1::Decision& decision, Reach reach) const {
  // What one decided one may take back, as long as any of it is still one's own.
  if (decision.officer() == asker_.caller) reach = Reach::kAny;
  // Between two records: whoever sees either side may decide, and so take back.
  if (decision.has_record_a()) reach = Reach::kAny;
  if (const auto names = NamesIn(decision); !names.empty()) return JudgeNames(names, reach);
  if (!decision.conflict_id().empty()) return JudgeConflict(decision.conflict_id());
  // Proposed, and not decided yet.
  return JudgeId(IdKind::kProposal, decision.proposal_id(), reach);
}

absl::StatusOr<Seen> RowJudge::JudgeProposal(const v1::Proposal& proposal, Reach reach) const {
  if (proposal.proposer() == asker_.caller) return Seen::kYes;
  switch (proposal.what_case()) {
    case v1::Proposal::kDecide:
      return JudgeConflict(proposal.decide().conflict_id());
    case v1::Proposal::kUndo:
      return JudgeId(IdKind::kDecision, proposal.undo().decision_id(), reach);
    case v1::Proposal::kCluster: {
      std::vector<const v1::RecordName*> names;
      for (const v1::ClusterDecision::Group& group : proposal.cluster().groups())
        for (const v1::RecordName& name : group.records()) names.push_back(&name);
      return JudgeNames(names, reach);
    }
    case v1::Proposal::kBulk:
    case v1::Proposal::kRevert:
      return JudgeJob(proposal.job_id(), reach);
    default:
      return Seen::kNo;  // of a kind that nobody has judged
  }
}

absl::StatusOr<Seen> RowJudge::JudgeJob(const std::string& job_id, Reach reach) const {
  if (sees_all_) return Seen::kYes;
  auto job = review_rows::ReadRow<stored::ReviewJob>(reader_, review_rows::JobRow(job_id), "job");
  if (!job.ok()) return Absent(job);
  if (reach == Reach::kAny && job->job().officer() == asker_.caller) return Seen::kYes;
  Together together(reach);
  for (std::string from;;) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader_.Scan(review_rows::JobItemPrefix(job_id), from, kPage));
    std::vector<std::string> ids;
    for (const storage::KeyRow& row : rows) {
      stored::ReviewJobItem item;
      if (!item.ParseFromString(row.row.value)) return absl::DataLossError("an item of a job is damaged");
      ids.push_back(item.item().conflict_id());
    }
    bool decided = false;
    RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeConflicts(ids, reach, &decided));
    if (together.Add(judged) || decided || rows.size() < kPage) return together.seen();
    from = rows.back().key + std::string(1, '\0');
  }
}

absl::StatusOr<Seen> RowJudge::JudgeSample(const std::string& sample_id) const {
  if (sees_all_) return Seen::kYes;
  auto sample = review_rows::ReadRow<v1::QualitySample>(reader_, review_rows::SampleRow(sample_id), "sample");
  if (!sample.ok()) return Absent(sample);
  if (sample->officer() == asker_.caller) return Seen::kYes;
  for (std::string from;;) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader_.Scan(review_rows::SampleItemPrefix(sample_id), from, kPage));
    std::vector<RecordKey> keys;
    for (const storage::KeyRow& row : rows) {
      stored::QualityItem item;
      if (!item.ParseFromString(row.row.value)) return absl::DataLossError("an item of a sample is damaged");
      keys.push_back(RecordKey::FromBytes(item.record_a().data()));
      keys.push_back(RecordKey::FromBytes(item.record_b().data()));
    }
    RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeKeys(keys));
    if (std::find(judged.begin(), judged.end(), Seen::kYes) != judged.end()) return Seen::kYes;
    if (rows.size() < kPage) return Seen::kNo;
    from = rows.back().key + std::string(1, '\0');
  }
}

absl::StatusOr<Seen> RowJudge::JudgeSampleItem(const std::string& sample_id, int64_t number) const {
  if (sees_all_) return Seen::kYes;
  auto item = review_rows::ReadRow<stored::QualityItem>(
      reader_, review_rows::SampleItemRow(sample_id, number), "item");
  if (!item.ok()) return Absent(item);
  RELIEF_ASSIGN_OR_RETURN(auto judged, JudgeKeys({RecordKey::FromBytes(item->record_a().data()),
                                                  RecordKey::FromBytes(item->record_b().data())}));
  return YesOrNo(judged[0] == Seen::kYes || judged[1] == Seen::kYes);
}

absl::StatusOr<Seen> RowJudge::JudgeReferral(const v1::Referral& referral) const {
  const bool to_us = referral.target().programme() != v1::PROGRAMME_UNSPECIFIED &&
                     permit_.Sees(referral.target().programme(), referral.target().region());
  if (to_us) return Seen::kYes;
  return JudgeId(IdKind::kFinding, referral.finding_id(), Reach::kAny);
}

// One that was made before agencies were written down is whose scope holds all of it.
absl::StatusOr<Seen> RowJudge::JudgeSubscription(const v1::Subscription& subscription) const {
  if (!subscription.owner().empty() && subscription.owner() == asker_.agency) return Seen::kYes;
  if (!subscription.owner().empty() && !permit_.roles.contains(ADMINISTRATOR)) return Seen::kNo;
  return YesOrNo(std::any_of(permit_.scopes.begin(), permit_.scopes.end(), [&](const Scope& scope) {
    if (!scope.HasRegion(subscription.region_prefix())) return false;
    if (subscription.programmes().empty()) return scope.all_programmes;
    return std::all_of(subscription.programmes().begin(), subscription.programmes().end(),
                       [&](int one) { return scope.HasProgramme(static_cast<v1::Programme>(one)); });
  }));
}

absl::StatusOr<Seen> RowJudge::Judge(const Message& row) const {
  using Type = const google::protobuf::Descriptor*;
  using Judgement = absl::StatusOr<Seen> (*)(const RowJudge&, const Message&);
  static const std::map<Type, Judgement> judgements = {
      {v1::Finding::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeFinding(static_cast<const v1::Finding&>(m));
       }},
      {v1::Notice::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeFinding(static_cast<const v1::Notice&>(m).finding());
       }},
      {v1::PersonRecord::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeContent(static_cast<const v1::PersonRecord&>(m).name().source_id(), m);
       }},
      {v1::CaseRecord::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.Judge(static_cast<const v1::CaseRecord&>(m).record());
       }},
      {v1::Person::descriptor(),
       [](const RowJudge& judge, const Message& m) -> absl::StatusOr<Seen> {
         if (judge.sees_all_) return Seen::kYes;
         for (const v1::PersonRecord& record : static_cast<const v1::Person&>(m).records()) {
           auto judged = judge.Judge(record);
           if (!judged.ok() || *judged == Seen::kYes) return judged;
         }
         return Seen::kNo;
       }},
      {v1::RecordName::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeRecordNamed(static_cast<const v1::RecordName&>(m));
       }},
      {v1::Source::descriptor(),
       [](const RowJudge& judge, const Message& m) -> absl::StatusOr<Seen> {
         const auto& source = static_cast<const v1::Source&>(m);
         std::vector<v1::Programme> programmes;
         if (source.programme() != v1::PROGRAMME_UNSPECIFIED) programmes.push_back(source.programme());
         std::vector<std::string> regions;
         if (!source.region_prefix().empty()) regions.push_back(source.region_prefix());
         return YesOrNo(judge.permit_.SeesAny(programmes, regions));
       }},
      {v1::Subscription::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeSubscription(static_cast<const v1::Subscription&>(m));
       }},
      {v1::WorkItem::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeWorkItem(static_cast<const v1::WorkItem&>(m));
       }},
      {v1::Conflict::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         const auto& conflict = static_cast<const v1::Conflict&>(m);
         return judge.JudgeNames({&conflict.record_a(), &conflict.record_b()}, Reach::kAny);
       }},
      {v1::Case::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.Judge(static_cast<const v1::Case&>(m).conflict());
       }},
      {v1::Decision::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeDecision(static_cast<const v1::Decision&>(m), Reach::kAny);
       }},
      {v1::Proposal::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeProposal(static_cast<const v1::Proposal&>(m), Reach::kAny);
       }},
      {v1::ReviewJob::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeJob(static_cast<const v1::ReviewJob&>(m).job_id(), Reach::kAny);
       }},
      {v1::ReviewJobItem::descriptor(),
       [](const RowJudge& judge, const Message& m) -> absl::StatusOr<Seen> {
         auto judged = judge.JudgeConflict(static_cast<const v1::ReviewJobItem&>(m).conflict_id());
         if (!judged.ok()) return judged;
         return YesOrNo(judge.sees_all_ || *judged == Seen::kYes);
       }},
      {v1::QualityItem::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         const auto& item = static_cast<const v1::QualityItem&>(m);
         return judge.JudgeNames({&item.record_a().record().name(), &item.record_b().record().name()},
                                 Reach::kAny);
       }},
      {v1::Referral::descriptor(),
       [](const RowJudge& judge, const Message& m) {
         return judge.JudgeReferral(static_cast<const v1::Referral&>(m));
       }},
  };
  const auto found = judgements.find(row.GetDescriptor());
  if (found == judgements.end())
    return absl::InternalError(row.GetDescriptor()->full_name() + ": nobody has said by what it is seen");
  return found->second(*this, row);
}

absl::StatusOr<Seen> RowJudge::JudgeId(IdKind kind, const std::string& id, Reach reach) const {
  if (id.empty()) return Seen::kGone;
  const auto of_row = [&](const auto& row) -> absl::StatusOr<Seen> {
    return row.ok() ? Judge(*row) : Absent(row);
  };
  // An agency's own is its own in the whole country too.
  if (sees_all_ && kind != IdKind::kSubscription) return Seen::kYes;
  switch (kind) {
    case IdKind::kNothing:
    case IdKind::kWithin:
    case IdKind::kOwned:
      return Seen::kGone;
    case IdKind::kPerson:
      return JudgePerson(id);
    case IdKind::kFinding:
      return of_row(findings::GetFinding(reader_, id));
    case IdKind::kConflict:
      return JudgeConflict(id);
    case IdKind::kDecision: {
      auto decision = review::ReadDecision(reader_, id);
      return decision.ok() ? JudgeDecision(*decision, reach) : Absent(decision);
    }
    case IdKind::kProposal: {
      auto proposal =
          review_rows::ReadRow<stored::Proposal>(reader_, review_rows::ProposalRow(id), "proposal");
      return proposal.ok() ? JudgeProposal(proposal->proposal(), reach) : Absent(proposal);
    }
    case IdKind::kJob:
      return JudgeJob(id, reach);
    case IdKind::kSample:
      return JudgeSample(id);
    case IdKind::kReferral:
      return of_row(referrals::GetReferral(reader_, id));
    case IdKind::kSubscription:
      return of_row(notices::GetSubscription(reader_, id));
    case IdKind::kSource:
      return of_row(ingest::GetSource(reader_, id));
  }
  return absl::InternalError("an id of a kind that nobody has judged");
}

}  // namespace relief::server::access
