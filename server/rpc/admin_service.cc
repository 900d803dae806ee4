#include "relief/v1/admin_service.grpc.pb.h"
#include "server/base/log.h"
#include "server/core/counters.h"
#include "server/findings/feed_rows.h"
#include "server/findings/rule_preview.h"
#include "server/network/transport.h"
#include "server/records/identity_mapping.h"
#include "server/rpc/answer.h"
#include "server/rpc/audited.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class AdminService final : public v1::AdminService::Service {
 public:
  explicit AdminService(const ServiceContext& context)
      : hub_(context.hub),
        read_rules_(context.read_rules),
        backups_(context.backups),
        keeper_(context.hub, backups_) {}

  grpc::Status GetStatus(grpc::ServerContext*, const v1::GetStatusRequest*,
                         v1::HubStatus* response) override {
    const auto snapshot = hub_.store().Snapshot();
    auto counters = core::ReadCounters(*snapshot);
    if (!counters.ok()) return network::ToGrpc(counters.status());
    response->set_version(RELIEF_VERSION);
    response->set_position(static_cast<int64_t>(snapshot->version()));
    response->set_live_records(counters->live_records());
    response->set_persons(counters->persons());
    response->set_open_findings(counters->open_findings());
    response->set_open_conflicts(counters->open_conflicts());
    *response->mutable_as_of_date() = records::ToProto(hub_.as_of());
    response->set_model_version(hub_.model().version());
    const auto rules = hub_.rules();
    for (const coverage::RuleInfo& info : rules->rules_in_force(hub_.as_of())) {
      v1::RuleStatus& rule = *response->add_rules();
      rule.set_rule_id(info.id);
      rule.set_version(info.version);
      rule.set_basis_confirmed(info.basis_confirmed);
      rule.set_title_zh(info.title_zh);
      rule.set_title_en(info.title_en);
      rule.set_legal_basis(info.legal_basis);
      rule.set_kind(info.kind);
      rule.set_severity(info.severity);
      rule.set_of_household(info.of_household);
      *rule.mutable_effective_from() = records::ToProto(info.effective_from);
      if (info.effective_to) *rule.mutable_effective_to() = records::ToProto(*info.effective_to);
    }
    return grpc::Status::OK;
  }

  grpc::Status PreviewRules(grpc::ServerContext* context, const v1::PreviewRulesRequest* request,
                            v1::PreviewRulesResponse* response) override {
    std::vector<coverage::RuleSet::File> files;
    for (const v1::PreviewRulesRequest::File& file : request->files())
      files.push_back({file.name(), file.text()});
    auto rules = files.empty() ? read_rules_() : coverage::RuleSet::ParseFiles(files);
    if (!rules.ok()) return network::ToGrpc(rules.status());
    const auto snapshot = hub_.store().Snapshot();
    auto feeds = findings::ReadFeeds(*snapshot, hub_.features(), hub_.as_of());
    if (!feeds.ok()) return network::ToGrpc(feeds.status());
    return Answer(server::findings::PreviewRules(
                      *snapshot, *hub_.rules(), **rules, hub_.as_of(),
                      [&] { return !context->IsCancelled(); }, feeds->get()),
                  response);
  }

  grpc::Status ReloadRules(grpc::ServerContext* context, const v1::ReloadRulesRequest*,
                           v1::ReloadRulesResponse* response) override {
    auto rules = read_rules_();
    if (!rules.ok()) return network::ToGrpc(rules.status());
    const absl::Status audited = hub_.Write([&](core::WriteContext& write) {
                                       write.Audit({network::CallerOf(*context), "admin.reload-rules", "", "",
                                                    "", (*rules)->fingerprint()});
                                       return absl::OkStatus();
                                     })
                                     .status();
    if (!audited.ok()) return network::ToGrpc(audited);
    response->set_rules(static_cast<int32_t>((*rules)->rule_ids().size()));
    auto change = hub_.ReplaceRules(*std::move(rules));
    if (!change.ok()) return network::ToGrpc(change.status());
    response->set_opened(change->opened);
    response->set_closed(change->closed);
    Log(LogLevel::kInfo, "rules.reloaded",
        {{"rules", std::to_string(response->rules())},
         {"opened", std::to_string(change->opened)},
         {"closed", std::to_string(change->closed)}});
    return grpc::Status::OK;
  }

  grpc::Status GetStoreStats(grpc::ServerContext*, const v1::GetStoreStatsRequest*,
                             v1::StoreStats* response) override {
    return Answer(keeper_.Stats(), response);
  }

  grpc::Status CreateBackup(grpc::ServerContext* context, const v1::CreateBackupRequest*,
                            v1::Backup* response) override {
    if (absl::Status status = WriteAudit(hub_, *context, "admin.backup", ""); !status.ok())
      return network::ToGrpc(status);
    auto backup = keeper_.CreateBackup();
    if (backup.ok())
      Log(LogLevel::kInfo, "store.backup",
          {{"backup", std::to_string(backup->backup_id())},
           {"position", std::to_string(backup->position())},
           {"copied_bytes", std::to_string(backup->copied_bytes())}});
    return Answer(std::move(backup), response);
  }

  grpc::Status ListBackups(grpc::ServerContext*, const v1::ListBackupsRequest*,
                           v1::ListBackupsResponse* response) override {
    return Answer(keeper_.ListBackups(), response);
  }

  grpc::Status CheckRestore(grpc::ServerContext* context, const v1::CheckRestoreRequest* request,
                            v1::CheckRestoreResponse* response) override {
    if (request->backup_id() < 0)
      return network::ToGrpc(absl::InvalidArgumentError("backup_id: not negative"));
    if (absl::Status status = WriteAudit(hub_, *context, "admin.restore-check", ""); !status.ok())
      return network::ToGrpc(status);
    return Answer(keeper_.CheckRestore(static_cast<uint32_t>(request->backup_id())), response);
  }

  // Not audited: it must work on a store that takes no writes.
  grpc::Status VerifyStore(grpc::ServerContext*, const v1::VerifyStoreRequest* request,
                           v1::VerifyStoreResponse* response) override {
    auto report = keeper_.Verify(request->backups());
    if (report.ok())
      for (const auto& damaged : report->damaged_files())
        Log(LogLevel::kError, "store.damaged", {{"file", damaged.file()}, {"reason", damaged.reason()}});
    return Answer(std::move(report), response);
  }

  grpc::Status CompactStore(grpc::ServerContext* context, const v1::CompactStoreRequest*,
                            v1::StoreStats* response) override {
    if (absl::Status status = WriteAudit(hub_, *context, "admin.compact", ""); !status.ok())
      return network::ToGrpc(status);
    return Answer(keeper_.Compact(), response);
  }

  grpc::Status RewrapKeys(grpc::ServerContext* context, const v1::RewrapKeysRequest*,
                          v1::RewrapKeysResponse* response) override {
    if (absl::Status status = WriteAudit(hub_, *context, "admin.rewrap-keys", ""); !status.ok())
      return network::ToGrpc(status);
    return Answer(keeper_.RewrapKeys(), response);
  }

 private:
  core::Hub& hub_;
  const std::function<absl::StatusOr<std::shared_ptr<const coverage::RuleSet>>()> read_rules_;
  const admin::BackupPlan backups_;
  const admin::StoreKeeper keeper_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(const ServiceContext& context) {
  return std::make_unique<AdminService>(context);
}

}  // namespace relief::server::rpc
