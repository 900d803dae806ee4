#include "server/service/audited.h"

#include "server/security/transport.h"

namespace relief::server {

absl::Status WriteAudit(Hub& hub, const grpc::ServerContext& context, const std::string& action,
                        const std::string& subject, const v1::Purpose* purpose, const std::string& detail) {
  return hub
      .Write([&](WriteContext& write) {
        write.Audit({CallerOf(context), action, subject,
                     purpose ? v1::Purpose::Kind_Name(purpose->kind()) : "",
                     purpose ? purpose->case_number() : "", detail});
        return absl::OkStatus();
      })
      .status();
}

}  // namespace relief::server
