// The accesses to a person, looks and changes: the audit chain asked by subject
// (v1::AuditService.ListAccesses says what is found). Pure reading; callable from any thread.
#pragma once

#include "absl/status/statusor.h"
#include "relief/v1/admin_service.pb.h"
#include "storage/store.h"

namespace relief::server::audit {

// INVALID_ARGUMENT names the field.
absl::StatusOr<v1::ListAccessesResponse> ListAccesses(const storage::Reader& reader,
                                                      const v1::ListAccessesRequest& request);

}  // namespace relief::server::audit
