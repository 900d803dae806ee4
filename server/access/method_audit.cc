#include "server/access/method_audit.h"

#include <map>
#include <set>
#include <string_view>

namespace relief::server::access {
namespace {

// Names that entries had before there was one place for them: what is in a chain keeps its meaning.
const std::map<std::string_view, std::string_view>& Names() {
  static const std::map<std::string_view, std::string_view> names = {
      {"RegistryService/CheckApplicant", "registry.check"},
      {"RegistryService/CheckApplicants", "registry.check"},
      {"RegistryService/GetEntitlements", "registry.entitlements"},
      {"RegistryService/GetPerson", "registry.person"},
      {"RegistryService/GetPersonOfRecord", "registry.person"},
      {"RegistryService/GetHousehold", "registry.household"},
      {"RegistryService/StreamAssignments", "registry.export"},
      {"FindingService/ListFindings", "finding.list"},
      {"FindingService/GetFinding", "finding.look"},
      {"FindingService/StreamFindings", "finding.export"},
      {"ReviewService/ListConflicts", "review.list"},
      {"ReviewService/GetConflict", "review.case"},
      {"ReviewService/GetCase", "review.case"},
      {"ReviewService/BatchGetCases", "review.case"},
      {"ReviewService/GetCluster", "review.cluster.look"},
      {"ReviewService/NextQualityItem", "review.sample.look"},
      {"ReviewService/ExplainPair", "review.explain"},
      {"ReviewService/ExplainPerson", "review.explain"},
      {"ReferralService/GetReferral", "referral.look"},
      {"ReferralService/ListReferrals", "referral.list"},
      {"AuditService/ListAccesses", "audit.accesses"},
  };
  return names;
}

// In the commit of the change itself. tests/server/access/accesses_test.cc sees that they are.
const std::set<std::string_view>& WithTheChange() {
  static const std::set<std::string_view> methods = {
      "FindingService/AddDisposition",
      "FindingService/Deliberate",
      "ReviewService/DecideConflict",
      "ReviewService/UndoDecision",
      "ReviewService/DecideCluster",
      "ReviewService/ApproveProposal",
      "ReviewService/RejectProposal",
      "ReviewService/WithdrawProposal",
      "ReviewService/StartBulk",
      "ReviewService/RevertReviewJob",
      "ReviewService/CancelReviewJob",
      "ReviewService/DrawQualitySample",
      "ReferralService/CreateReferral",
      "ReferralService/HandOver",
      "ReferralService/Accept",
      "ReferralService/Return",
      "ReferralService/Conclude",
      "ReferralService/RecordConsent",
      "CharityService/RegisterProject",
      "CharityService/UpdateProject",
      "CharityService/ListProjects",
      "CharityService/MatchNeeds",
      "CharityService/AnswerNeed",
      "NoticeService/CreateSubscription",
      "NoticeService/DeleteSubscription",
      "FeedService/Push",
      "FeedService/BeginLoad",
      "FeedService/EndLoad",
      "FeedService/ConfirmSnapshot",
      "ReportService/ExportReport",
      "ReportService/ExportFindings",
      "ReportService/DownloadReport",
      "ReportService/DownloadFindings",
      "AdminService/ReloadRules",
      "AdminService/CreateBackup",
      "AdminService/CheckRestore",
      "AdminService/CompactStore",
      "AdminService/RewrapKeys",
      "AuditService/ExportAudit",
      "IntakeService/TryUpload",
      "IntakeService/LoadUpload",
      "IntakeService/DiscardUpload",
      "IntakeService/DownloadRejectedRows",
  };
  return methods;
}

// Figures of the hub and of its store, and heads, which name nobody and are asked for again and again.
const std::set<std::string_view>& OnlyFigures() {
  static const std::set<std::string_view> methods = {"AdminService/GetStoreStats", "AdminService/ListBackups",
                                                     "AuditService/ExportAuditHeads",
                                                     "NoticeService/Acknowledge"};
  return methods;
}

}  // namespace

MethodAudit AuditOf(const google::protobuf::MethodDescriptor& method, CallClass call_class) {
  const std::string name = method.service()->name() + "/" + method.name();
  MethodAudit audit;
  audit.with_the_change = WithTheChange().contains(name);
  audit.whole_list = call_class == EXPORT;
  audit.always = !OnlyFigures().contains(name) && (call_class == LOOK_UP || call_class == CHANGE ||
                                                   call_class == EXPORT || call_class == OPERATE);
  if (const auto found = Names().find(name); found != Names().end()) {
    audit.action = found->second;
    audit.always = true;
    audit.whole_list = audit.whole_list || audit.action.ends_with(".export");
    return audit;
  }
  audit.action = (call_class == CHANGE    ? "change."
                  : call_class == EXPORT  ? "export."
                  : call_class == OPERATE ? "operate."
                                          : "look.") +
                 name;
  return audit;
}

}  // namespace relief::server::access
