#include "server/access/meaning.h"

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <sstream>
#include <string_view>

namespace relief::server::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kPackage = "relief.v1.";

// ---- Types. ----

// Seen, or not, as rows, and what is in them by itself.
constexpr std::string_view kRows = "Case CaseRecord Notice Person PersonRecord QualityItem Decision";

// Who sees one of these sees all of it: both sides of a case, a finding with its evidence.
constexpr std::string_view kWholeRows =
    "Conflict Finding Proposal RecordName Referral ReviewJob ReviewJobItem Source Subscription WorkItem";

// Seen where all that they name is seen.
constexpr std::string_view kNamesOfRows =
    "Assignment EntitlementSheet.Member Cluster.Group Cluster.Link Decision.Constraint Effect.PersonChange "
    "FeedStatus "
    "HouseholdView.HouseholdTie HouseholdView.Member PersonExplanation.Link QualitySample";

// These say nothing of a row by themselves: values, figures, answers that hold rows, and requests, whose ids are
// judged when they come in.
constexpr std::string_view kPlainTypes =
    "AbortSnapshot AcceptRequest Access AcknowledgeRequest AddCaseCommentRequest AddDispositionRequest "
    "AgeBucket AnswerNeedRequest ApplicantResult ApproveProposalRequest AssignConflictsRequest "
    "AssignConflictsResponse AuditFileChunk Backup Batch BatchAck BatchGetCasesRequest "
    "BatchGetCasesResponse BeginLoadRequest BeginSnapshot Benefit BulkPreview CancelReviewJobRequest "
    "Candidate CaseEvent "
    "CaseSide CharityAnswer CharityProject CharityProject.Conditions CheckApplicantRequest "
    "CheckApplicantResponse CheckRestoreRequest CheckRestoreResponse ClaimConflictRequest Cluster "
    "ClusterDecision ClusterDecision.Group CommitSnapshot CompactStoreRequest ConcludeRequest "
    "ConfirmSnapshotRequest ConflictFilter Consent CoverageRate CreateBackupRequest "
    "CreateReferralRequest CreateSubscriptionRequest Date DecideConflictRequest "
    "DeleteSubscriptionRequest DeliberateRequest Deliberation Disposition DrawQualitySampleRequest "
    "Effect EndLoadRequest Evidence ExplainPairRequest ExplainPersonRequest ExportAuditHeadsRequest "
    "ExportAuditRequest "
    "ExportChunk ExportFindingsRequest ExportReportRequest ExportedFile Fact FieldComparison "
    "FieldComparison.Span FieldError FieldEvidence FindingEvent FindingFilter FollowRequest GapFigures "
    "GapReport GapRow GetCaseRequest GetClusterRequest GetConflictRequest GetFindingRequest "
    "GetGapReportRequest GetHouseholdRequest GetMonthlySummaryRequest GetPersonOfRecordRequest "
    "GetPersonRequest GetProposalRequest GetQualityReportRequest GetQueueSummaryRequest "
    "GetReferralRequest GetReportDefinitionsRequest GetReviewJobRequest GetReviewPolicyRequest "
    "GetSourceRequest GetStatusRequest GetStoreStatsRequest GetSubscriptionRequest Gift HandOverRequest "
    "Household HouseholdView HubStatus JudgeQualityItemRequest JudgeQualityItemResponse Lead "
    "ListAccessesRequest ListAccessesResponse ListBackupsRequest ListBackupsResponse "
    "ListCaseEventsRequest ListCaseEventsResponse ListConflictsRequest ListConflictsResponse "
    "ListDecisionsRequest ListDecisionsResponse ListFindingEventsRequest ListFindingEventsResponse "
    "ListFindingsRequest ListFindingsResponse ListProjectsRequest ListProjectsResponse "
    "ListProposalsRequest ListProposalsResponse ListQualitySamplesRequest ListQualitySamplesResponse "
    "ListReferralEventsRequest ListReferralEventsResponse ListReferralsRequest ListReferralsResponse "
    "ListRejectionsRequest ListRejectionsResponse ListReportSchedulesRequest "
    "ListReportSchedulesResponse ListReviewJobItemsRequest ListReviewJobItemsResponse "
    "ListReviewJobsRequest ListReviewJobsResponse ListSourcesRequest ListSourcesResponse "
    "ListSubscriptionsRequest ListSubscriptionsResponse Load LoadResult LoadedSource MatchExplanation "
    "MatchNeedsRequest "
    "MatchNeedsResponse MatchedNeed Month MonthlySummary Movement NextQualityItemRequest Open Opened "
    "PersonExplanation PersonIdentity PreviewBulkRequest PreviewRulesRequest PreviewRulesRequest.File "
    "PreviewRulesResponse Purpose PushRequest PushResponse QualityReport QualityReport.Pattern "
    "QualityReport.Share QueueSummary QueueSummary.AssigneeCount QueueSummary.KindCount "
    "QueueSummary.SourceCount QueueSummary.StateCount Record RecordConsentRequest ReferralEvent "
    "ReferralFilter RegisterProjectRequest RejectProposalRequest Rejection RejectionCount "
    "ReleaseConflictRequest ReloadRulesRequest ReloadRulesResponse ReportDefinitions "
    "ReportDefinitions.Definition ReportSchedule ResponseTimes ResponseTimes.Bucket ReturnRequest "
    "RevertReviewJobRequest ReviewPolicy ReviewPolicy.DueDays RewrapKeysRequest RewrapKeysResponse "
    "RuleChange RuleOutcomes RulePreview RuleStatus SnapshotBegun SnapshotResult StaleDecision "
    "StartBulkRequest "
    "StoreStats StreamAssignmentsRequest StreamFindingsRequest Target TrendPoint UndoDecisionRequest "
    "UpdateProjectRequest VerifyStoreRequest VerifyStoreResponse VerifyStoreResponse.DamagedFile "
    "WithdrawProposalRequest "
    "AnswerUploadRequest AppendUploadRequest BeginUploadRequest DiscardUploadRequest "
    "DownloadRejectedRowsRequest DownloadTemplateRequest GetUploadRequest ListUploadsRequest "
    "ListUploadsResponse LoadUploadRequest TryUploadRequest Upload UploadAnswers "
    "UploadAnswers.Column UploadCellNote UploadChange UploadColumn UploadColumnCount UploadOutcome "
    "UploadProgress "
    "UploadQuestion UploadRejection UploadSentence UploadSheetLeft UploadTable UploadTarget "
    "UploadUse "
    "CheckApplicantsRequest CheckApplicantsRequest.Row CheckApplicantsResponse CheckApplicantsResponse.Row "
    "Entitlement EntitlementSheet FeedCoverage GetEntitlementsRequest UndecidableCount";

// ---- Texts, by the names of their fields: one name stands for one thing in all of the contract. ----

struct Texts {
  IdKind kind;
  std::string_view names;
};
constexpr Texts kTexts[] = {
    {IdKind::kPerson, "person_id person_a_id person_b_id household_person_ids"},
    {IdKind::kFinding, "finding_id sample_open_finding_ids sample_close_finding_ids"},
    {IdKind::kConflict, "conflict_id conflict_ids gone_conflict_ids conflicts_opened conflicts_closed"},
    {IdKind::kDecision, "decision_id"},
    {IdKind::kProposal, "proposal_id"},
    {IdKind::kJob, "job_id reverts_job_id reverted_by_job_id"},
    {IdKind::kSample, "sample_id"},
    {IdKind::kReferral, "referral_id"},
    {IdKind::kSubscription, "subscription_id"},
    {IdKind::kSource, "source_id source_ids"},
    {IdKind::kOwned, "project_id"},
    {IdKind::kWithin,
     "record_id sample_record_ids mentioned_record_ids household_id snapshot_id open_snapshot_id"},
    {IdKind::kNothing,
     "action action_en action_zh actor address agency approval_number approver assignee case_number cause "
     "changed "
     "channel cipher claimed_by comment content content_digest content_type contract_number county data "
     "decided_by decision_number description_code description_en description_zh detail "
     "domicile_code escalated_to etag event_id failure field figure file file_name form_number "
     "former_names holder house_id html id_number institution invoice_number issuer last_file "
     "legal_basis level lines load_id message record_id_key model_version name newest_key_id next_page_token "
     "nickname_en nickname_zh note notes notes_a notes_b officer organisation owner page_token "
     "participants pattern payee_account paying_region period phones preview_token proposer reading_a "
     "reading_b reason recorded_by region region_code region_name region_path region_prefix "
     "region_prefixes regions registration_number relation rule_id rule_ids school sentence_en sentence_zh "
     "source_region stage stop_reason sub_item taker term text text_en text_zh title title_en "
     "title_zh token undo_comment undone_by value value_a value_b version vetoes "
     // Of uploads, which are their sender's alone (server/intake/desk.h).
     "before heading now samples titles upload_id use"},
};

// Fields that are shown with what they are part of: who may see a case sees both of its sides, whoever judges the
// quality of a link sees its two records, and the source of a case that is counted is known from the case.
constexpr std::string_view kShownFields =
    "Case.conflict CaseSide.person_id CaseSide.record CaseEvent.decision_id CaseEvent.proposal_id "
    "Decision.conflict_id Decision.record_a Decision.record_b Decision.decision_id Decision.proposal_id "
    "Decision.job_id CaseRecord.record CaseRecord.source_id QualityItem.record_a QualityItem.record_b "
    "QualityItem.sample_id PersonRecord.name Person.person_id Notice.finding Notice.subscription_id "
    "Entitlement.finding_id "
    "QueueSummary.SourceCount.source_id";

// What a request brings along of what it makes: there is nothing yet that could be seen.
constexpr std::string_view kMadeHere = "Subscription.subscription_id";

// Belong to the agency that made them.
constexpr std::string_view kOwnedTypes = "Subscription Notice";

std::set<std::string> Words(std::string_view text) {
  std::set<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

class Table {
 public:
  Table() {
    Declare(kRows, TypeKind::kRow);
    Declare(kWholeRows, TypeKind::kWholeRow);
    Declare(kNamesOfRows, TypeKind::kNames);
    Declare(kPlainTypes, TypeKind::kPlain);
    for (const Texts& texts : kTexts)
      for (const std::string& name : Words(texts.names)) texts_.emplace(name, texts.kind);
    for (const auto& [name, kind] : types_)
      if (const Descriptor* type = Find(name); type != nullptr) meanings_[type].kind = kind;
    for (auto& [type, meaning] : meanings_) AddFields(type, &meaning);
    // What is in a type may hold the type again: gone over until nothing changes.
    for (bool changed = true; changed;) {
      changed = false;
      for (auto& [type, meaning] : meanings_) changed = SumUp(type, &meaning) || changed;
    }
  }

  const TypeMeaning* Of(const Descriptor* type) const {
    const auto found = meanings_.find(type);
    return found == meanings_.end() || incomplete_.contains(type) ? nullptr : &found->second;
  }

  void Undeclared(const Descriptor* type, std::set<const Descriptor*>* asked,
                  std::vector<std::string>* names) const {
    if (IsForeign(type) || !asked->insert(type).second) return;
    if (!meanings_.contains(type)) names->push_back(type->full_name());
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->is_map()) continue;
      if (field->message_type() != nullptr) {
        Undeclared(field->message_type(), asked, names);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !texts_.contains(field->name())) {
        names->push_back(field->full_name());
      }
    }
  }

  std::vector<std::string> DeclaredInVain() const {
    std::vector<std::string> names;
    std::set<std::string> used;
    for (const auto& [name, kind] : types_) {
      const Descriptor* type = Find(name);
      if (type == nullptr) names.push_back(name);
      for (int i = 0; type != nullptr && i < type->field_count(); ++i) used.insert(type->field(i)->name());
    }
    for (const auto& [name, kind] : texts_)
      if (!used.contains(name)) names.push_back(name);
    for (const auto* list : {&shown_, &made_here_})
      for (const std::string& name : *list)
        if (google::protobuf::DescriptorPool::generated_pool()->FindFieldByName(std::string(kPackage) +
                                                                                name) == nullptr)
          names.push_back(name);
    return names;
  }

 private:
  void Declare(std::string_view names, TypeKind kind) {
    for (const std::string& name : Words(names)) types_.emplace(name, kind);
  }
  static const Descriptor* Find(const std::string& name) {
    return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(kPackage) +
                                                                                     name);
  }
  // Times and the like: nothing of the contract.
  static bool IsForeign(const Descriptor* type) { return type->full_name().starts_with("google.protobuf."); }
  static std::string Short(const std::string& full_name) {
    return full_name.starts_with(kPackage) ? full_name.substr(kPackage.size()) : full_name;
  }

  void AddFields(const Descriptor* type, TypeMeaning* meaning) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->is_map()) continue;
      FieldMeaning one;
      one.field = field;
      const std::string name = Short(field->full_name());
      one.shown = shown_.contains(name);
      if (field->message_type() != nullptr) {
        if (IsForeign(field->message_type())) continue;
        const auto inner = meanings_.find(field->message_type());
        if (inner == meanings_.end()) {
          incomplete_.insert(type);
          continue;
        }
        one.type = &inner->second;
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const auto text = texts_.find(field->name());
        if (text == texts_.end()) {
          incomplete_.insert(type);
          continue;
        }
        one.id = made_here_.contains(name) ? IdKind::kNothing : text->second;
        if (one.id == IdKind::kNothing) continue;
      } else {
        continue;
      }
      meaning->fields.push_back(one);
    }
  }

  bool SumUp(const Descriptor* type, TypeMeaning* meaning) {
    const bool judged = meaning->holds_judged, owned = meaning->holds_owned, ids = meaning->holds_ids,
               incomplete = incomplete_.contains(type);
    if (meaning->kind != TypeKind::kPlain) meaning->holds_judged = true;
    if (owned_.contains(Short(type->full_name()))) meaning->holds_owned = true;
    for (const FieldMeaning& one : meaning->fields) {
      if (one.type == nullptr) {
        meaning->holds_ids = true;
        if (one.id != IdKind::kWithin && one.id != IdKind::kOwned) meaning->holds_judged = true;
        continue;
      }
      meaning->holds_judged = meaning->holds_judged || one.type->holds_judged;
      meaning->holds_owned = meaning->holds_owned || one.type->holds_owned;
      meaning->holds_ids = meaning->holds_ids || one.type->holds_ids;
      if (incomplete_.contains(one.field->message_type())) incomplete_.insert(type);
    }
    return judged != meaning->holds_judged || owned != meaning->holds_owned || ids != meaning->holds_ids ||
           incomplete != incomplete_.contains(type);
  }

  std::map<std::string, TypeKind> types_;
  std::map<std::string, IdKind> texts_;
  const std::set<std::string> shown_ = Words(kShownFields), made_here_ = Words(kMadeHere),
                              owned_ = Words(kOwnedTypes);
  std::map<const Descriptor*, TypeMeaning> meanings_;
  std::set<const Descriptor*> incomplete_;
};

const Table& TheTable() {
  static const auto* const table = new Table();
  return *table;
}

const TypeMeaning& Foreign() {
  static const auto* const foreign = new TypeMeaning();
  return *foreign;
}

}  // namespace

const TypeMeaning* MeaningOf(const Descriptor* type) {
  if (type->full_name().starts_with("google.protobuf.")) return &Foreign();
  return TheTable().Of(type);
}

std::vector<std::string> Undeclared(const Descriptor* type) {
  std::vector<std::string> names;
  std::set<const Descriptor*> asked;
  TheTable().Undeclared(type, &asked, &names);
  return names;
}

std::vector<std::string> DeclaredInVain() { return TheTable().DeclaredInVain(); }

}  // namespace relief::server::access
