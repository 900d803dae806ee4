#include "relief/v1/admin_service.grpc.pb.h"
#include "server/ingest/identity_mapping.h"
#include "server/log.h"
#include "server/report/gap_report.h"
#include "server/security/transport.h"
#include "server/service/answer.h"
#include "server/service/services.h"

namespace relief::server {
namespace {

class AdminService final : public v1::AdminService::Service {
 public:
  explicit AdminService(const ServiceContext& context) : hub_(context.hub), read_rules_(context.read_rules) {}

  grpc::Status GetStatus(grpc::ServerContext*, const v1::GetStatusRequest*,
                         v1::HubStatus* response) override {
    const auto snapshot = hub_.store().Snapshot();
    auto counters = ReadCounters(*snapshot);
    if (!counters.ok()) return ToGrpc(counters.status());
    response->set_version(RELIEF_VERSION);
    response->set_position(static_cast<int64_t>(snapshot->version()));
    response->set_live_records(counters->live_records());
    response->set_persons(counters->persons());
    response->set_open_findings(counters->open_findings());
    response->set_open_conflicts(counters->open_conflicts());
    *response->mutable_as_of_date() = ToProto(hub_.as_of());
    response->set_model_version(hub_.model().version());
    const auto rules = hub_.rules();
    for (const std::string& id : rules->rule_ids()) {
      v1::Finding described;
      rules->Describe(id, hub_.as_of(), &described);
      v1::RuleStatus& rule = *response->add_rules();
      rule.set_rule_id(id);
      rule.set_version(described.rule_version());
      rule.set_basis_confirmed(described.basis_confirmed());
    }
    return grpc::Status::OK;
  }

  grpc::Status ReloadRules(grpc::ServerContext* context, const v1::ReloadRulesRequest*,
                           v1::ReloadRulesResponse* response) override {
    auto rules = read_rules_();
    if (!rules.ok()) return ToGrpc(rules.status());
    const absl::Status audited =
        hub_.Write([&](WriteContext& write) {
              write.Audit({CallerOf(*context), "admin.reload-rules", "", "", "", (*rules)->fingerprint()});
              return absl::OkStatus();
            })
            .status();
    if (!audited.ok()) return ToGrpc(audited);
    response->set_rules(static_cast<int32_t>((*rules)->rule_ids().size()));
    auto change = hub_.ReplaceRules(*std::move(rules));
    if (!change.ok()) return ToGrpc(change.status());
    response->set_opened(change->opened);
    response->set_closed(change->closed);
    Log(LogLevel::kInfo, "rules.reloaded",
        {{"rules", std::to_string(response->rules())},
         {"opened", std::to_string(change->opened)},
         {"closed", std::to_string(change->closed)}});
    return grpc::Status::OK;
  }

 private:
  Hub& hub_;
  const std::function<absl::StatusOr<std::shared_ptr<const coverage::RuleSet>>()> read_rules_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(const ServiceContext& context) {
  return std::make_unique<AdminService>(context);
}

}  // namespace relief::server
