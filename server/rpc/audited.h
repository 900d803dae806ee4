// Looks are written down before they are answered: who, what at, and why.
#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "absl/status/status.h"
#include "relief/v1/registry_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::rpc {

// `subject`: persons, records (RecordToken), findings, referrals, conflicts, separated by blanks; empty for a
// list of many people, which `detail` then describes. An error: it is not written, and must not be answered.
absl::Status WriteAudit(core::Hub& hub, const grpc::ServerContext& context, const std::string& action,
                        const std::string& subject, const v1::Purpose* purpose = nullptr,
                        const std::string& detail = "");

}  // namespace relief::server::rpc
