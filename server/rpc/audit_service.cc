#include "relief/v1/admin_service.grpc.pb.h"
#include "server/audit/audit_access.h"
#include "server/audit/audit_export.h"
#include "server/audit/audit_keeper.h"
#include "server/network/transport.h"
#include "server/registry/person_view.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class AuditService final : public v1::AuditService::Service {
 public:
  explicit AuditService(const ServiceContext& context) : hub_(context.hub), keeper_(context.audit) {}

  grpc::Status ExportAudit(grpc::ServerContext* context, const v1::ExportAuditRequest*,
                           grpc::ServerWriter<v1::AuditFileChunk>* writer) override {
    if (absl::Status status = Write({network::CallerOf(*context), "audit.export", "", "AUDIT", "", ""});
        !status.ok())
      return network::ToGrpc(status);
    if (absl::Status status = SignNow(); !status.ok()) return network::ToGrpc(status);
    return network::ToGrpc(audit::ExportAuditChain(*hub_.store().Snapshot(), To(writer)));
  }

  // Not in the chain: heads name nobody, and who keeps them asks often.
  grpc::Status ExportAuditHeads(grpc::ServerContext*, const v1::ExportAuditHeadsRequest* request,
                                grpc::ServerWriter<v1::AuditFileChunk>* writer) override {
    if (request->after_sequence() < 0)
      return network::ToGrpc(absl::InvalidArgumentError("after_sequence: not negative"));
    if (absl::Status status = SignNow(); !status.ok()) return network::ToGrpc(status);
    return network::ToGrpc(
        server::audit::ExportAuditHeads(*hub_.store().Snapshot(), request->after_sequence(), To(writer)));
  }

  grpc::Status ListAccesses(grpc::ServerContext*, const v1::ListAccessesRequest* request,
                            v1::ListAccessesResponse* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return Answer(server::audit::ListAccesses(*hub_.store().Snapshot(), *request), response);
  }

 private:
  static audit::TakeAuditLines To(grpc::ServerWriter<v1::AuditFileChunk>* writer) {
    return [writer](std::string lines) {
      v1::AuditFileChunk chunk;
      chunk.set_lines(std::move(lines));
      return writer->Write(chunk);
    };
  }

  absl::Status SignNow() { return keeper_ == nullptr ? absl::OkStatus() : keeper_->SignNow(); }

  absl::Status Write(const core::AuditEvent& event) {
    return hub_
        .Write([&](core::WriteContext& write) {
          write.Audit(event);
          return absl::OkStatus();
        })
        .status();
  }

  core::Hub& hub_;
  audit::AuditKeeper* const keeper_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuditService(const ServiceContext& context) {
  return std::make_unique<AuditService>(context);
}

}  // namespace relief::server::rpc
