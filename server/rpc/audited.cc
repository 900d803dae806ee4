#include "server/rpc/audited.h"

#include "server/network/transport.h"

namespace relief::server::rpc {

absl::Status WriteAudit(core::Hub& hub, const grpc::ServerContext& context, const std::string& action,
                        const std::string& subject, const v1::Purpose* purpose, const std::string& detail) {
  return hub
      .Write([&](core::WriteContext& write) {
        write.Audit({network::CallerOf(context), action, subject,
                     purpose ? v1::Purpose::Kind_Name(purpose->kind()) : "",
                     purpose ? purpose->case_number() : "", detail});
        return absl::OkStatus();
      })
      .status();
}

}  // namespace relief::server::rpc
