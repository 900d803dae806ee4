// What agencies say of a finding, and the case conference that settles a dispute.
//
// May be called from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::findings {

// Appends what the agency says. NOT_FOUND, INVALID_ARGUMENT; RESOURCE_EXHAUSTED: it said so very much
// already.
absl::StatusOr<v1::Finding> AddDisposition(core::Hub& hub, const v1::AddDispositionRequest& request,
                                           const std::string& agency);

// 一事一议. FAILED_PRECONDITION: the finding is not disputed. NOT_FOUND, INVALID_ARGUMENT.
absl::StatusOr<v1::Finding> Deliberate(core::Hub& hub, const v1::DeliberateRequest& request,
                                       const std::string& actor);

}  // namespace relief::server::findings
